"""The behavioural suite: what must not move a score, and what must."""
