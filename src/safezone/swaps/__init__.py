"""Texts with other countries, people and institutions in the place of their own."""
