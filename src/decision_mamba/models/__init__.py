"""Policies that read a trajectory as a sequence, assembled from parts."""
