"""The text of an API key: `sz_<id>_<secret><checksum>`.

All three are written in Crockford's base 32, lower case, which has no i, l, o and u: no two of its
characters look alike. The id has 12 of them, the secret 32 (160 bits from the system's generator),
the checksum 7 (CRC-32 of all before it), so that a slip of the pen is told from a wrong key without
a database, and scanners for secrets can match keys by `PATTERN` and be sure by the checksum.
"""

import re
import secrets
import zlib
from dataclasses import dataclass, field
from hashlib import sha256

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_ID, _SECRET, _CHECKSUM = 12, 32, 7

PATTERN = re.compile(r"sz_([0-9a-hjkmnp-tv-z]{12})_([0-9a-hjkmnp-tv-z]{32})([0-9a-hjkmnp-tv-z]{7})")


@dataclass(frozen=True, slots=True)
class KeyText:
    """A key in its two parts."""

    id: str
    secret: str = field(repr=False)

    @property
    def whole(self) -> str:
        """What its holder sends. Never log or store it."""
        start = f"sz_{self.id}_{self.secret}"
        return start + _checksum(start)

    @property
    def digest(self) -> bytes:
        """SHA-256 of the secret, 32 bytes. A random secret of 160 bits needs no slower hash."""
        return sha256(self.secret.encode()).digest()


def new_key_text() -> KeyText:
    """A random key."""
    return KeyText(_random(_ID), _random(_SECRET))


def parse_key_text(text: str) -> KeyText | None:
    """The key that stands in a text, or None where it is no key or has a slip of the pen."""
    match = PATTERN.fullmatch(text)
    if match is None or _checksum(text[:-_CHECKSUM]) != match[3]:
        return None
    return KeyText(match[1], match[2])


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def _checksum(text: str) -> str:
    number = zlib.crc32(text.encode())
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(_CHECKSUM)))
