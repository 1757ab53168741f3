"""Whatever is done to a bundle's folder, it is refused, and says what is wrong."""

import json
import os
import pickle
import random
import shutil
import struct
from pathlib import Path
from typing import Any

import pytest

from safezone.errors import BundleCorrupt, BundleMismatch
from safezone.model.bundle import load_bundle, save_bundle
from safezone.model.digests import sha256
from tiny_bundles import CONTENT_FILES, FILES, load, reseal, tiny_bundle


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "model"
    save_bundle(tiny_bundle(), path)
    return path


def test_untouched_or_resealed_without_a_change_it_loads(saved: Path) -> None:
    before = (saved / "manifest.json").read_bytes()
    assert load(saved).manifest.name == "tiny"
    reseal(saved)
    assert (saved / "manifest.json").read_bytes() == before
    assert load(saved).manifest.name == "tiny"


@pytest.mark.parametrize("name", FILES)
def test_any_flipped_bit_of_any_byte_is_refused(saved: Path, name: str) -> None:
    original = (saved / name).read_bytes()
    bits = random.Random(name)
    passed = []
    for position in range(len(original)):
        altered = bytearray(original)
        altered[position] ^= 1 << bits.randrange(8)
        (saved / name).write_bytes(altered)
        try:
            load(saved)
        except BundleCorrupt as refusal:
            if name in str(refusal):
                continue
        passed.append(position)
    assert passed == []
    (saved / name).write_bytes(original)
    assert load(saved).manifest.name == "tiny"


@pytest.mark.parametrize("name", FILES)
def test_any_flipped_byte_of_a_trained_bundle_is_refused(
    debug_bundle_path: Path, tmp_path: Path, name: str
) -> None:
    path = tmp_path / "model"
    shutil.copytree(debug_bundle_path, path)
    fields = json.loads((path / "manifest.json").read_bytes())
    versions = {key: fields[key] for key in ("taxonomy_version", "text_version")}
    assert load_bundle(path, **versions).manifest.name == "debug"
    size = (path / name).stat().st_size
    for position in [0, size - 1, *random.Random(name).sample(range(size), 12)]:
        with (path / name).open("r+b") as file:
            file.seek(position)
            [byte] = file.read(1)
            file.seek(position)
            file.write(bytes([byte ^ 0xFF]))
        with pytest.raises(BundleCorrupt, match=name.replace(".", r"\.")):
            load_bundle(path, **versions)
        with (path / name).open("r+b") as file:
            file.seek(position)
            file.write(bytes([byte]))
    assert load_bundle(path, **versions).manifest.name == "debug"


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("cut", ["shorter", "longer", "empty"])
def test_a_file_of_another_length_is_refused(saved: Path, name: str, cut: str) -> None:
    data = (saved / name).read_bytes()
    (saved / name).write_bytes({"shorter": data[:-1], "longer": data + b"\n", "empty": b""}[cut])
    with pytest.raises(BundleCorrupt, match=name.replace(".", r"\.")):
        load(saved)


@pytest.mark.parametrize("name", CONTENT_FILES)
def test_a_missing_file_is_refused(saved: Path, name: str) -> None:
    (saved / name).unlink()
    with pytest.raises(BundleCorrupt, match=rf"lacks: {name}"):
        load(saved)


@pytest.mark.parametrize("name", CONTENT_FILES)
def test_a_folder_in_the_place_of_a_file_is_refused(saved: Path, name: str) -> None:
    (saved / name).unlink()
    (saved / name).mkdir()
    with pytest.raises(BundleCorrupt, match=name.replace(".", r"\.")):
        load(saved)


@pytest.mark.parametrize("foreign", ["model.pkl", ".hidden", "code/hook.py", "empty/"])
def test_a_foreign_file_or_folder_is_refused(saved: Path, foreign: str) -> None:
    if foreign.endswith("/"):
        (saved / foreign).mkdir()
    else:
        (saved / foreign).parent.mkdir(exist_ok=True)
        (saved / foreign).write_text("print('hello')")
    with pytest.raises(BundleCorrupt, match=foreign.rstrip("/").replace(".", r"\.")):
        load(saved)


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"[]",
        b"null",
        b"7",
        b'"text"',
        b"{}",
        b"{",
        b"\xff\xfe",
        b'{"format": 2}',
        b'{"name": "\\ud800"}',
        b'{"format": ' + b"1" * 5_000 + b"}",
        b"[" * 100_000,
        b'{"a":' * 100_000,
    ],
    ids=lambda data: repr(data[:20]),
)
def test_a_manifest_that_is_none_is_refused(saved: Path, manifest: bytes) -> None:
    (saved / "manifest.json").write_bytes(manifest)
    with pytest.raises(BundleCorrupt, match=r"manifest\.json"):
        load(saved)


def test_a_manifest_laid_out_otherwise_is_refused(saved: Path) -> None:
    fields = json.loads((saved / "manifest.json").read_bytes())
    (saved / "manifest.json").write_text(json.dumps(fields))
    with pytest.raises(BundleCorrupt, match=r"manifest\.json"):
        load(saved)


@pytest.mark.parametrize("change", [{"trusted": True}, {"areas": "chemistry"}, {"name": None}])
def test_a_sealed_manifest_with_foreign_or_wrong_fields_is_refused(
    saved: Path, change: dict[str, Any]
) -> None:
    reseal(saved, **change)
    with pytest.raises(BundleCorrupt, match=r"manifest\.json"):
        load(saved)


def _files(path: Path) -> dict[str, str]:
    return {name: sha256((path / name).read_bytes()) for name in CONTENT_FILES}


@pytest.mark.parametrize("name", ["../secret.txt", "/etc/hostname", "..", "sub/../card.md"])
def test_a_manifest_that_lists_paths_elsewhere_is_refused(saved: Path, name: str) -> None:
    (saved.parent / "secret.txt").write_text("secret")
    digest = sha256(b"secret")
    reseal(saved, files={**_files(saved), name: digest})
    with pytest.raises(BundleCorrupt):
        load(saved)
    instead = {key: value for key, value in _files(saved).items() if key != "card.md"}
    reseal(saved, files={**instead, name: digest})
    with pytest.raises(BundleCorrupt, match=r"card\.md"):
        load(saved)


@pytest.mark.parametrize("files", [None, [], 3, "card.md", {"card.md": 3}, [["card.md", "x"]]])
def test_a_sealed_list_of_files_that_is_none_is_refused(saved: Path, files: object) -> None:
    reseal(saved, files=files)
    with pytest.raises(BundleCorrupt):
        load(saved)


class _Exploit:
    def __init__(self, flag: Path) -> None:
        self.flag = flag

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.mkdir, (str(self.flag),)


@pytest.mark.parametrize("name", CONTENT_FILES)
def test_a_pickle_in_the_place_of_a_file_is_not_executed(
    saved: Path, tmp_path: Path, name: str
) -> None:
    flag = tmp_path / "executed"
    payload = pickle.dumps(_Exploit(flag))
    pickle.loads(payload)
    assert flag.exists(), "the pickle would do nothing"
    flag.rmdir()

    (saved / name).write_bytes(payload)
    reseal(saved)
    with pytest.raises(BundleCorrupt):
        load(saved)
    assert not flag.exists()


def _safetensors(dtype: str, size: int) -> bytes:
    header = {"dense": {"dtype": dtype, "shape": [1], "data_offsets": [0, size]}}
    encoded = json.dumps(header).encode()
    return struct.pack("<Q", len(encoded)) + encoded + bytes(size)


@pytest.mark.parametrize(
    "parameters",
    [
        b"",
        b"\xff" * 64,
        struct.pack("<Q", 1 << 60) + b"{}",
        _safetensors("F64", 8)[:-1],
        _safetensors("BF16", 2),  # known to safetensors, not to numpy
        _safetensors("F8_E4M3", 1),
        _safetensors("nonsense", 8),
    ],
    ids=["empty", "noise", "huge header", "cut", "bfloat16", "float8", "no type"],
)
def test_sealed_parameters_that_cannot_be_read_are_refused(saved: Path, parameters: bytes) -> None:
    (saved / "parameters.safetensors").write_bytes(parameters)
    reseal(saved)
    with pytest.raises(BundleCorrupt):
        load(saved)


@pytest.mark.parametrize("metrics", [b"[1]", b"not json", b"\xff", b"[" * 100_000])
def test_sealed_metrics_that_are_no_object_are_refused(saved: Path, metrics: bytes) -> None:
    (saved / "metrics.json").write_bytes(metrics)
    reseal(saved)
    with pytest.raises(BundleCorrupt):
        load(saved)


def test_a_bundle_for_something_else_is_told_apart_from_a_corrupt_one(saved: Path) -> None:
    reseal(saved, taxonomy_version="9")
    with pytest.raises(BundleMismatch):
        load(saved)
    with (saved / "manifest.json").open("ab") as file:
        file.write(b" ")
    with pytest.raises(BundleCorrupt):
        load(saved)
