"""The pictures of a report, one file each; drawn by matplotlib, coloured by the page."""
