"""The bodies of the API."""
