"""Learning from windows of logged episodes."""
