"""Policies: where a funder draws the line, as data, and the decision that follows from it."""
