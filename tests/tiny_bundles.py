"""A bundle so small that every one of its bytes can be tried, and the means to forge one."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from safezone.model.bundle import (
    ENCODER,
    TOKENIZER,
    Bundle,
    Manifest,
    SelfCheck,
    canonical_json,
    load_bundle,
)
from safezone.model.digests import sha256

TAXONOMY_VERSION = "taxonomy-7"
TEXT_VERSION = "text-5"
CONTENT_FILES = ("card.md", "metrics.json", "parameters.safetensors", "vocabulary.txt")
FILES = ("manifest.json", *CONTENT_FILES)
# A bundle passes an encoder of its own on as it is: here, any bytes will do.
ENCODER_FILES = {ENCODER: b"\x08\x0a weights", TOKENIZER: b'{"vocabulary": ["[CLS]"]}\n'}


def tiny_bundle(name: str = "tiny", *, with_encoder: bool = False) -> Bundle:
    return Bundle(
        manifest=Manifest(
            format=2,
            name=name,
            version=f"{name}+0",
            encoder="debug",
            encoder_digest="ab" * 32,
            encoder_dimension=2,
            taxonomy_version=TAXONOMY_VERSION,
            text_version=TEXT_VERSION,
            calibration_version="0",
            coverage=0.9,
            areas=("chemistry", "quantum-technology"),
            training={"records": 3, "note": "naïve"},
            self_check=SelfCheck(title="T", abstract="A", levels={"sensitivity": "safe"}),
        ),
        arrays={
            "dense": np.array([[0.5, -1.0], [2.0, 0.25]], dtype=np.float32),
            "offset": np.array([1.5, -3.0]),
        },
        vocabulary=("soil", "soil carbon", "größe"),
        metrics={"kappa": 0.5, "rows": [1, 2], "none": None},
        card="# Card\n\nSays « what » it is.\n",
        encoder=ENCODER_FILES if with_encoder else {},
    )


def load(path: Path) -> Bundle:
    """Load with the versions that the tiny bundle was made for."""
    return load_bundle(path, taxonomy_version=TAXONOMY_VERSION, text_version=TEXT_VERSION)


def seal(path: Path, fields: dict[str, Any]) -> None:
    """Write a manifest with these fields and the right digest over them."""
    digest = sha256(canonical_json(fields))
    (path / "manifest.json").write_bytes(canonical_json({**fields, "digest": digest}))


def reseal(path: Path, **changes: Any) -> None:
    """Make the manifest fit the files as they now are, as a forger would, with other fields."""
    fields = json.loads((path / "manifest.json").read_bytes())
    del fields["digest"]
    names = sorted({entry.name for entry in path.iterdir()} - {"manifest.json"})
    fields["files"] = {name: sha256((path / name).read_bytes()) for name in names}
    seal(path, {**fields, **changes})
