"""Which processors are taken for fast at 8-bit products."""

from pathlib import Path

import pytest

from safezone.model.encoders.processor import multiplies_int8

X86 = "processor\t: 0\nflags\t\t: fpu vme sse2 avx2 fma {}\nbugs\t\t: spectre_v1\n"


@pytest.mark.parametrize("flag", ["avx512_vnni", "avx_vnni", "amx_int8"])
def test_any_kind_of_integer_products_will_do(tmp_path: Path, flag: str) -> None:
    (tmp_path / "cpuinfo").write_text(X86.format(flag))
    assert multiplies_int8(tmp_path / "cpuinfo")


@pytest.mark.parametrize(
    "text",
    [
        X86.format("avx512f"),
        # Not the instruction, only a word that holds its name.
        X86.format("no_avx_vnni_here"),
        "processor\t: 0\nFeatures\t: fp asimd asimddp i8mm\n",
        "",
    ],
)
def test_other_processors_are_not(tmp_path: Path, text: str) -> None:
    (tmp_path / "cpuinfo").write_text(text)
    assert not multiplies_int8(tmp_path / "cpuinfo")


def test_nothing_is_known_where_there_is_no_such_file(tmp_path: Path) -> None:
    assert not multiplies_int8(tmp_path / "cpuinfo")
