"""Run folders as one HTML file that loads nothing from outside."""
