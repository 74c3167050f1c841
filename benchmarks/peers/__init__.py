"""What the library is compared with: other libraries' parts, and the papers' loops restated."""
