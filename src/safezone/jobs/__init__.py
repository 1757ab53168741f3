"""Files assessed in the background: submitted, worked on, told of, and forgotten in time."""
