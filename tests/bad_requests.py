"""Requests that must be refused, shared by the tests of the problems and of the log."""

import json
from typing import Any

# Stands in every bad body; must stand in no answer and in no line of the log.
CANARY = "xylophonequasar"
JSON = {"content-type": "application/json"}


def body(**members: Any) -> bytes:
    return json.dumps(members).encode()


BAD_REQUESTS: dict[str, tuple[int, str, bytes, dict[str, str]]] = {
    "nothing": (422, "not_an_object", b"", JSON),
    "no member": (422, "missing", b"{}", JSON),
    "abstract missing": (422, "missing", body(title=CANARY), JSON),
    "abstract empty": (422, "string_too_short", body(title=CANARY, abstract=""), JSON),
    "abstract blank": (422, "empty", body(title=CANARY, abstract=" \n\t "), JSON),
    "abstract null": (422, "string_type", body(title=CANARY, abstract=None), JSON),
    "abstract a number": (422, "string_type", body(title=CANARY, abstract=7), JSON),
    "abstract a list": (422, "string_type", body(abstract=[CANARY]), JSON),
    "id a number": (422, "string_type", body(abstract=CANARY, id=7), JSON),
    "abstract too long": (422, "string_too_long", body(abstract=CANARY * 1400), JSON),
    "title too long": (422, "string_too_long", body(abstract="a", title=CANARY * 140), JSON),
    "unknown member": (422, "unknown_member", body(abstract="a", **{CANARY: CANARY}), JSON),
    "a list": (422, "not_an_object", json.dumps([CANARY]).encode(), JSON),
    "a string": (422, "not_an_object", json.dumps(CANARY).encode(), JSON),
    "lone surrogate": (
        422,
        "string_unicode",
        b'{"abstract": "' + CANARY.encode() + b'\\ud800"}',
        JSON,
    ),
    "NUL": (422, "nul_character", b'{"abstract": "' + CANARY.encode() + b'\\u0000"}', JSON),
    "NUL in the title": (422, "nul_character", body(abstract="a", title=CANARY + "\0"), JSON),
    "broken JSON": (400, "malformed-json", b'{"abstract": "' + CANARY.encode(), JSON),
    "no UTF-8": (400, "malformed-json", b'{"abstract": "\xff\xfe' + CANARY.encode(), JSON),
    "deep nesting": (400, "malformed-json", b"[" * 200_000, JSON),
    "plain text": (
        415,
        "unsupported-media-type",
        body(abstract=CANARY),
        {"content-type": "text/plain"},
    ),
    "no content type": (415, "unsupported-media-type", body(abstract=CANARY), {}),
    "form": (
        415,
        "unsupported-media-type",
        f"abstract={CANARY}".encode(),
        {"content-type": "application/x-www-form-urlencoded"},
    ),
    "over 1 MiB": (413, "body-too-large", CANARY.encode() * 80_000, JSON),
}
