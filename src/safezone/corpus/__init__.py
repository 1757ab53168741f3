"""Labelled texts: reading and checking them, and finding public ones again without keeping them."""
