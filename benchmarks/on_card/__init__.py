"""The rows of `make bench-gpu`, one file per group."""
