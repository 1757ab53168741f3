"""Digests by which files and content are named."""

import hashlib


def sha256(data: bytes) -> str:
    """SHA-256, hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def content_version(*parts: bytes) -> str:
    """A short id of content: the same bytes have the same id."""
    return sha256(b"".join(sha256(part).encode() for part in parts))[:12]
