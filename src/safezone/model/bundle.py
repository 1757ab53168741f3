"""A model bundle: a folder of plain files that is verified before a byte of it is used.

    manifest.json            what the bundle is, what it fits, and the digest of every file
    parameters.safetensors   all arrays
    vocabulary.txt           the terms of the lexical view, one a line, in column order
    metrics.json             how the model did on rows its heads had not seen
    card.md                  the model card
    encoder.onnx             the adapted encoder's weights and graph, and
    tokenizer.json           its vocabulary; absent where the heads stand on an encoder as it comes
    precedents.json          the labelled examples that answers point to, if any
    reliability.png, learning_curve.png    pictures in the card, the second if it was asked for

Nothing in it is executed or unpickled. A missing, altered or foreign file is refused.
"""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from safezone.errors import BundleCorrupt, BundleError, BundleMismatch, BundleNotFound
from safezone.model.digests import sha256
from safezone.model.ports import EncoderInfo
from safezone.model.precedents import PRECEDENTS, Precedent

FORMAT = 2
_MANIFEST = "manifest.json"
_PARAMETERS = "parameters.safetensors"
_VOCABULARY = "vocabulary.txt"
_METRICS = "metrics.json"
_CARD = "card.md"
_PRECEDENTS = "precedents.json"
ENCODER = "encoder.onnx"
TOKENIZER = "tokenizer.json"
LEARNING_CURVE = "learning_curve.png"
RELIABILITY = "reliability.png"
_FILES = frozenset({_PARAMETERS, _VOCABULARY, _METRICS, _CARD})
_PICTURES = frozenset({LEARNING_CURVE, RELIABILITY})
_ENCODER_FILES = frozenset({ENCODER, TOKENIZER})
_OPTIONAL = _PICTURES | {_PRECEDENTS}


class SelfCheck(BaseModel):
    """A text whose levels are known: what a freshly loaded model must answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    abstract: str
    levels: dict[str, str]


class Manifest(BaseModel):
    """What a bundle is and what it fits.

    `version` names what the model computes: equal versions give equal answers. `coverage` is the
    stated coverage of its prediction sets, between 0 and 1.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int
    name: str
    version: str
    encoder: str
    encoder_digest: str
    encoder_dimension: int
    taxonomy_version: str
    text_version: str
    calibration_version: str
    coverage: float = Field(gt=0, lt=1)
    areas: tuple[str, ...]
    training: dict[str, Any]
    self_check: SelfCheck

    @property
    def encoder_info(self) -> EncoderInfo:
        return EncoderInfo(self.encoder, self.encoder_digest, self.encoder_dimension)


@dataclass(frozen=True)
class Bundle:
    """A bundle in memory, just made or verified.

    `encoder` holds the files of an encoder of its own, if any; `precedents` the examples whose
    vectors are the array of that name; `pictures` what the card shows.
    """

    manifest: Manifest
    arrays: Mapping[str, NDArray[Any]]
    vocabulary: tuple[str, ...]
    metrics: Mapping[str, Any]
    card: str
    encoder: Mapping[str, bytes] = field(default_factory=dict)
    precedents: tuple[Precedent, ...] = ()
    pictures: Mapping[str, bytes] = field(default_factory=dict)


def canonical_json(value: object) -> bytes:
    """JSON that is the same for the same value: sorted keys, fixed layout, a final newline."""
    return (json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False) + "\n").encode()


def parameter_bytes(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Arrays as safetensors, the same bytes for the same arrays."""
    return save_tensors({key: np.ascontiguousarray(arrays[key]) for key in sorted(arrays)})


def save_bundle(bundle: Bundle, path: Path) -> None:
    """Write a bundle's folder; one that stands there is replaced only by a complete one.

    The same bundle gives the same bytes. Raises BundleError when something else stands at the path.
    """
    empty = path.is_dir() and not any(path.iterdir())
    if path.exists() and not empty and not is_bundle(path):
        raise BundleError(f"{path} exists and is no model bundle. Name a new folder.")
    contents = {
        _PARAMETERS: parameter_bytes(bundle.arrays),
        _VOCABULARY: "".join(f"{term}\n" for term in bundle.vocabulary).encode(),
        _METRICS: canonical_json(bundle.metrics),
        _CARD: bundle.card.encode(),
        **bundle.encoder,
        **bundle.pictures,
    }
    if bundle.precedents:
        contents[_PRECEDENTS] = canonical_json(
            PRECEDENTS.dump_python(bundle.precedents, mode="json")
        )
    fields = bundle.manifest.model_dump(mode="json")
    files = {name: sha256(data) for name, data in contents.items()}
    contents[_MANIFEST] = _sealed({**fields, "files": files})
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}-") as scratch:
        fresh = Path(scratch) / "bundle"
        fresh.mkdir()
        for name, data in contents.items():
            (fresh / name).write_bytes(data)
        replaced = Path(scratch) / "replaced"
        if path.exists():
            path.rename(replaced)
        try:
            fresh.rename(path)
        except BaseException:
            if replaced.exists():
                replaced.rename(path)
            raise


def _sealed(fields: Mapping[str, Any]) -> bytes:
    """The bytes of a manifest: its fields and the digest over them."""
    return canonical_json({**fields, "digest": sha256(canonical_json(fields))})


def is_bundle(path: Path) -> bool:
    """Whether the folder claims to be a bundle (nothing is verified)."""
    return (path / _MANIFEST).is_file()


def load_bundle(path: Path, *, taxonomy_version: str, text_version: str) -> Bundle:
    """Read and verify a bundle.

    Raises BundleNotFound, BundleCorrupt (with the file at fault) or BundleMismatch (with what the
    bundle was made for).
    """
    if not is_bundle(path):
        raise BundleNotFound(
            f"There is no model bundle at {path} (no {_MANIFEST}). Name another with "
            "SAFEZONE_MODEL, or make one with 'safezone train'."
        )
    manifest, files = _read_manifest(path / _MANIFEST)
    for what, made_for, here in (
        ("taxonomy version", manifest.taxonomy_version, taxonomy_version),
        ("text version", manifest.text_version, text_version),
    ):
        if made_for != here:
            raise BundleMismatch(
                f"The bundle at {path} was made for {what} {made_for}, this program has {here}. "
                "Use the bundle that came with this version, or train it again."
            )
    contents = _verified_contents(path, files)
    try:
        return Bundle(
            manifest=manifest,
            arrays=load_tensors(contents[_PARAMETERS]),
            vocabulary=tuple(contents[_VOCABULARY].decode().splitlines()),
            metrics=_json_object(contents[_METRICS]),
            card=contents[_CARD].decode(),
            encoder={name: contents[name] for name in sorted(_ENCODER_FILES & contents.keys())},
            precedents=PRECEDENTS.validate_json(contents.get(_PRECEDENTS, b"[]")),
            pictures={name: contents[name] for name in sorted(_PICTURES & contents.keys())},
        )
    # KeyError, AttributeError: a type of numbers that safetensors knows and numpy does not
    except (SafetensorError, ValueError, KeyError, AttributeError) as error:
        raise BundleCorrupt(f"The bundle at {path} cannot be read.") from error


def _json_object(data: bytes) -> dict[str, Any]:
    """ValueError where the data are not one JSON object, or are nested beyond reading."""
    try:
        value = json.loads(data)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def _read_manifest(path: Path) -> tuple[Manifest, dict[str, str]]:
    broken = BundleCorrupt(
        f"{path} is not an intact manifest. Fetch the bundle again, or train it again."
    )
    try:
        data = path.read_bytes()
        fields = _json_object(data)
        fields.pop("digest", None)
        sealed = _sealed(fields)
    except (OSError, ValueError) as error:
        raise broken from error
    # Whole bytes are compared, so that no edit passes, not even one that JSON would not notice.
    if data != sealed:
        raise broken
    if fields.get("format") != FORMAT:
        raise BundleMismatch(
            f"{path} has bundle format {fields.get('format')}, this program reads {FORMAT}."
        )
    files = fields.pop("files", None)
    try:
        return Manifest.model_validate(fields), dict(files)
    except (ValidationError, TypeError, ValueError) as error:
        raise broken from error


def _verified_contents(path: Path, files: Mapping[str, str]) -> dict[str, bytes]:
    # One of the encoder's files is of no use without the other.
    required = _FILES | (_ENCODER_FILES if _ENCODER_FILES & files.keys() else frozenset())
    present = {entry.relative_to(path).as_posix() for entry in path.rglob("*")} - {_MANIFEST}
    for problem, names in (
        ("has a manifest that does not list", required - files.keys()),
        ("has a manifest that lists what it must not", files.keys() - required - _OPTIONAL),
        ("holds what does not belong to it", present - files.keys()),
        ("lacks", files.keys() - present),
    ):
        if names:
            raise BundleCorrupt(f"The bundle at {path} {problem}: {', '.join(sorted(names))}.")
    contents = {}
    for name in sorted(files):
        try:
            contents[name] = (path / name).read_bytes()
        except OSError as error:
            raise BundleCorrupt(f"{path / name} cannot be read.") from error
        if sha256(contents[name]) != files[name]:
            raise BundleCorrupt(
                f"{path / name} is not the file in the manifest: its SHA-256 differs. Fetch the "
                "bundle again, or train it again."
            )
    return contents
