"""Recorded episodes: where they come from, how they are kept, how windows are drawn from them.

Nothing is imported here, so that looking at data does not wait for torch.
"""
