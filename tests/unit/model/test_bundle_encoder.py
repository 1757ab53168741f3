"""An encoder of a bundle's own: two files that are kept as they are, or refused."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from safezone.errors import BundleCorrupt
from safezone.model.bundle import LEARNING_CURVE, save_bundle
from tiny_bundles import ENCODER_FILES, FILES, load, reseal, tiny_bundle


@pytest.fixture
def with_encoder(tmp_path: Path) -> Path:
    path = tmp_path / "model-with-encoder"
    save_bundle(tiny_bundle(with_encoder=True), path)
    return path


def test_an_encoder_of_its_own_is_kept_byte_by_byte(tmp_path: Path) -> None:
    save_bundle(tiny_bundle(with_encoder=True), tmp_path / "model")
    assert {entry.name for entry in (tmp_path / "model").iterdir()} == {*FILES, *ENCODER_FILES}
    assert load(tmp_path / "model").encoder == ENCODER_FILES


def test_a_bundle_on_an_encoder_as_it_comes_replaces_one_with_its_own(tmp_path: Path) -> None:
    save_bundle(tiny_bundle(with_encoder=True), tmp_path / "model")
    save_bundle(tiny_bundle(), tmp_path / "model")
    assert load(tmp_path / "model").encoder == {}
    assert {entry.name for entry in (tmp_path / "model").iterdir()} == set(FILES)


def test_pictures_are_kept_apart_from_the_encoder(tmp_path: Path) -> None:
    picture = {LEARNING_CURVE: b"\x89PNG..."}
    save_bundle(replace(tiny_bundle(with_encoder=True), pictures=picture), tmp_path / "model")
    loaded = load(tmp_path / "model")
    assert (loaded.encoder, loaded.pictures) == (ENCODER_FILES, picture)


@pytest.mark.parametrize("name", ENCODER_FILES)
def test_any_flipped_bit_of_an_encoder_is_refused(with_encoder: Path, name: str) -> None:
    original = (with_encoder / name).read_bytes()
    for position in range(len(original)):
        altered = bytearray(original)
        altered[position] ^= 1 << position % 8
        (with_encoder / name).write_bytes(altered)
        with pytest.raises(BundleCorrupt, match=name.replace(".", r"\.")):
            load(with_encoder)


@pytest.mark.parametrize("name", ENCODER_FILES)
def test_one_of_an_encoders_files_without_the_other_is_refused(
    with_encoder: Path, name: str
) -> None:
    (with_encoder / name).unlink()
    with pytest.raises(BundleCorrupt, match=rf"lacks: {name}"):
        load(with_encoder)
    reseal(with_encoder)
    with pytest.raises(BundleCorrupt, match=rf"does not list: {name}"):
        load(with_encoder)


def test_an_encoder_that_the_manifest_does_not_list_is_refused(
    tmp_path: Path, with_encoder: Path
) -> None:
    saved = tmp_path / "without"
    save_bundle(tiny_bundle(), saved)
    for name in ENCODER_FILES:
        shutil.copy(with_encoder / name, saved / name)
    with pytest.raises(BundleCorrupt, match=r"does not belong to it: encoder\.onnx, tokenizer"):
        load(saved)
