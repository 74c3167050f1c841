"""Experiments from data to result, and their presets."""
