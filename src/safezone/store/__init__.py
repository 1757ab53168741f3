"""What outlives a request: API keys, jobs with their rows, idempotency keys, webhook deliveries."""
