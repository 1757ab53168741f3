"""What the running service tells its operator: log lines, metrics and traces; never any text."""
