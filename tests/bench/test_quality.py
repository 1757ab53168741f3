"""The comparison with peers: its file protocol, its keyword matcher, and a small whole run."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from bench.quality.peers.keywords import Matcher, Terms, read_terms
from bench.quality.peers.protocol import (
    Answer,
    Result,
    Row,
    Task,
    majority_level,
    read_result,
    read_task,
    write_result,
    write_task,
)
from bench.quality.systems import PEERS, REQUIREMENTS, requirements_of
from hypothesis import given
from hypothesis import strategies as st

from safezone.taxonomy import Taxonomy

REPOSITORY = Path(__file__).resolve().parents[2]
ABSTRACTS = REPOSITORY / "tests" / "fixtures" / "abstracts.jsonl"
AXES = {"sensitivity": ("safe", "boundary", "sensitive")}

levels = st.integers(0, 2)
shares = st.lists(st.floats(0.01, 1), min_size=3, max_size=3).map(
    lambda parts: [part / sum(parts) for part in parts]
)


def task(folder: Path, *texts: str) -> Task:
    rows = [Row(f"row-{n}", text, {"sensitivity": n % 3}) for n, text in enumerate(texts)]
    return Task(folder, AXES, rows, rows)


@given(st.lists(st.text(), max_size=5))
def test_a_peer_reads_the_texts_and_levels_that_were_written_whatever_characters_they_hold(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    written = task(tmp_path_factory.mktemp("task"), *texts)
    write_task(written)

    read = read_task(written.folder)

    assert list(read.train) == list(written.train)
    assert [(row.id, row.text) for row in read.test] == [(r.id, r.text) for r in written.test]


def test_a_peer_is_not_told_the_levels_of_the_test_rows(tmp_path: Path) -> None:
    write_task(task(tmp_path, "one", "two"))

    assert all(not row.levels for row in read_task(tmp_path).test)


@given(st.lists(levels | shares, min_size=1, max_size=5))
def test_levels_and_probabilities_come_back_as_the_peer_gave_them(
    tmp_path_factory: pytest.TempPathFactory, answers: list[Answer]
) -> None:
    asked = task(tmp_path_factory.mktemp("task"), *("text" for _ in answers))
    write_task(asked)
    write_result(asked, Result({"sensitivity": answers}, "a note"))

    result = read_result(asked)

    assert result.note == "a note"
    for given_, read in zip(answers, result.axes["sensitivity"], strict=True):
        assert read == (given_ if isinstance(given_, int) else pytest.approx(given_))


@pytest.mark.parametrize(
    "answer", [3, -1, "safe", None, [0.5, 0.5], [0.5, 0.2, 0.2], [1.5, -0.5, 0], [float("nan")] * 3]
)
def test_an_answer_that_is_neither_a_level_nor_probabilities_is_refused(
    tmp_path: Path, answer: Answer
) -> None:
    asked = task(tmp_path, "text")
    write_result(asked, Result({"sensitivity": [answer]}))

    with pytest.raises(ValueError, match="neither a level nor 3 probabilities"):
        read_result(asked)


def test_answers_for_other_rows_are_refused(tmp_path: Path) -> None:
    write_result(task(tmp_path, "one"), Result({"sensitivity": [0]}))

    with pytest.raises(ValueError, match="not those of the test rows"):
        read_result(task(tmp_path, "one", "two"))


def test_the_majority_level_is_the_lower_one_of_two_that_are_equally_frequent(
    tmp_path: Path,
) -> None:
    assert majority_level(task(tmp_path, "0", "1", "2", "0", "1"), "sensitivity") == 0


@pytest.mark.parametrize("peer", ["keywords", "base_rates"])
def test_a_peer_answers_every_row_without_safezone_or_any_package(
    tmp_path: Path, peer: str, taxonomy: Taxonomy
) -> None:
    axes = {axis.id: axis.level_ids for axis in taxonomy.axes}
    train = [Row("a", "Quantum radar", dict.fromkeys(axes, 2))]
    test = [Row("b", "A radar for missiles and drones.", {}), Row("c", "Sonnets of love", {})]
    asked = Task(tmp_path, axes, train, test)
    write_task(asked)

    # -S: no site-packages, as in an environment that has nothing.
    command = [sys.executable, "-S", "-m", f"bench.quality.peers.{peer}"]
    subprocess.run([*command, tmp_path], cwd=REPOSITORY, check=True)

    answers = read_result(asked).axes
    assert set(answers) == set(axes)
    if peer == "keywords":
        assert answers["sensitivity"] == [2, 0]
        assert answers["instrumentation"] == [2, 0]
    else:
        assert answers["benefit"] == [[0, 0, 1], [0, 0, 1]]


@pytest.fixture(scope="module")
def counts() -> Callable[[str], tuple[int, int]]:
    """How many core and broad terms of a small list a text holds."""
    terms = Terms(frozenset({"focal plane array", "army", "GPU"}), frozenset({"laser"}))
    matcher = Matcher({"technology": terms})
    return lambda text: matcher.counts(text)["technology"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Focal-plane arrays, and a FOCAL PLANE\narray", (1, 0)),
        ("armies of ants", (1, 0)),
        ("GPUs and lasers", (1, 1)),
        ("a laser", (0, 1)),
        ("lasered blaser", (0, 0)),
        ("", (0, 0)),
    ],
)
def test_terms_are_whole_words_in_any_case_number_and_hyphenation_counted_once(
    counts: Callable[[str], tuple[int, int]], text: str, expected: tuple[int, int]
) -> None:
    assert counts(text) == expected


@given(st.text(), st.text())
def test_more_text_never_has_fewer_terms(
    counts: Callable[[str], tuple[int, int]], before: str, after: str
) -> None:
    core, broad = counts(f"{before} a laser for a GPU {after}")

    assert core >= 1
    assert broad >= 1


def test_the_list_has_terms_of_every_kind_and_no_term_is_both_core_and_broad() -> None:
    terms = read_terms()

    assert all(of.core and of.broad and not of.core & of.broad for of in terms.values())
    assert len({term for of in terms.values() for term in of.core | of.broad}) >= 250
    assert terms["tool"].core < terms["technology"].core


def test_every_peer_has_a_script_and_every_file_of_requirements_a_peer_and_pins() -> None:
    peers = REPOSITORY / "bench" / "quality" / "peers"
    assert all((peers / f"{name}.py").exists() for name in PEERS)
    for path in REQUIREMENTS.iterdir():
        assert path == requirements_of(path.stem)
        assert path.stem in PEERS
        pins = [line for line in path.read_text().splitlines() if line and line[0] != "#"]
        assert pins
        assert all("==" in pin for pin in pins)


def compare(tmp_path: Path, *options: str | Path) -> subprocess.CompletedProcess[str]:
    """A run on our own abstracts: two thirds teach, one third is asked."""
    lines = ABSTRACTS.read_text(encoding="utf-8").splitlines(keepends=True)
    train, test = tmp_path / "train.jsonl", tmp_path / "test.jsonl"
    train.write_text("".join(line for n, line in enumerate(lines) if n % 3), encoding="utf-8")
    test.write_text("".join(lines[::3]), encoding="utf-8")
    fixed = ("--train", train, "--test", test, "--work", tmp_path / "work", "--resamples", "5")
    return subprocess.run(
        [sys.executable, "-m", "bench.quality", *fixed, *options],
        cwd=REPOSITORY,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_a_run_prints_a_line_for_each_system_and_keeps_answers_for_the_next(
    tmp_path: Path, debug_bundle_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAFEZONE_ENCODER", "debug")
    names = ("safezone", "base_rates", "keywords", "tfidf_logistic")
    options = ("--model", debug_bundle_path, "--report", tmp_path / "report.json", "--peers")

    first, second = (compare(tmp_path, *options, *names) for _ in range(2))

    assert first.returncode == second.returncode == 0, first.stderr
    assert first.stderr.count("training and answering") == 3
    assert "training and answering" not in second.stderr
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    systems = report["tests"]["test.jsonl"]["systems"]
    assert len(systems) == len(names)
    assert systems["base rates"]["axes"]["sensitivity"]["quadratic_weighted_kappa"]["value"] == 0
    assert "brier_score" not in systems["keyword lists"]["axes"]["benefit"]
    for system in systems:
        assert f"| {system} |" in first.stdout


def test_a_model_that_cannot_be_loaded_is_left_out_with_the_reason(tmp_path: Path) -> None:
    run = compare(tmp_path, "--model", tmp_path / "none", "--peers", "safezone", "base_rates")

    assert run.returncode == 1
    assert "left out: safezone: " in run.stderr
    assert "| base rates |" in run.stdout


def test_test_records_among_the_training_records_are_refused(tmp_path: Path) -> None:
    run = compare(tmp_path, "--supplement", ABSTRACTS, "--peers", "base_rates")

    assert run.returncode == 1
    assert "are among the training records" in run.stderr
