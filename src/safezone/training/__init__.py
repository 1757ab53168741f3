"""Fitting and measuring models. Never imported by serving."""
