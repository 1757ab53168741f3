"""The `safezone` command, run as a process of its own."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from cli_run import run
from safezone.corpus.records import Record


def test_json_gives_one_object_a_proposal_in_order(
    debug: list[str], fixture_records: Sequence[Record], tmp_path: Path
) -> None:
    records = fixture_records[:3]
    file = tmp_path / "proposals.jsonl"
    rows = [{"id": r.id, "title": r.title, "abstract": r.abstract} for r in records]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    result = run("assess", str(file), "--json", *debug)
    assert result.returncode == 0, result.stderr
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == [record.id for record in records]
    assert {tuple(answer["evidence"]) for answer in answers} == {
        ("sensitivity", "instrumentation", "data_use", "benefit")
    }
    assert result.stderr == ""


def test_every_way_in_gives_the_same_answer(
    debug: list[str], fixture_records: Sequence[Record], tmp_path: Path
) -> None:
    record = fixture_records[0]
    text = f"{record.title}\n\n{record.abstract}\n"
    plain = tmp_path / "proposal.txt"
    plain.write_text("\ufeff" + text, encoding="utf-8")
    as_object = tmp_path / "proposal.json"
    as_object.write_text(json.dumps({"title": record.title, "abstract": record.abstract}, indent=1))
    as_list = tmp_path / "proposals.json"
    as_list.write_text(json.dumps([{"title": record.title, "abstract": record.abstract}]))
    outputs = {
        run("assess", str(plain), "--json", *debug).stdout,
        run("assess", str(as_object), "--json", *debug).stdout,
        run("assess", str(as_list), "--json", *debug).stdout,
        run("assess", "-", "--json", *debug, stdin=text).stdout,
        run("assess", "--text", record.abstract, "--title", record.title, "--json", *debug).stdout,
    }
    assert len(outputs) == 1
    assert json.loads(outputs.pop())["abstained"] is False


def test_the_table_shows_axes_signal_and_mode(debug: list[str], abstract: str) -> None:
    result = run("assess", "--text", abstract, *debug)
    assert result.returncode == 0
    for words in (
        *(
            "Topic sensitivity",
            "Instrumentation risk",
            "Data-use risk",
            "The most telling sentence",
        ),
        *("Signal:", "mode:"),
    ):
        assert words in result.stdout
    assert "\x1b" not in result.stdout  # no colours in a pipe


def test_readings_of_sentences_stand_in_json_where_they_are_asked_for(
    debug: list[str], abstract: str
) -> None:
    plain, asked = (
        json.loads(run("assess", "--text", abstract, "--json", *option, *debug).stdout)
        for option in ([], ["--explain"])
    )
    for axis, evidence in asked["evidence"].items():
        assert all(sentence["occlusion"] is not None for sentence in evidence["sentences"])
        assert {s["occlusion"] for s in plain["evidence"][axis]["sentences"]} == {None}


def test_the_table_shows_why_the_model_abstained(debug: list[str]) -> None:
    result = run("assess", "--text", "Too short to say anything.", *debug)
    assert result.returncode == 0
    assert "at least 30 are needed" in result.stdout


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b'{"title": "no abstract"}', "abstract"),
        (b'{"abstract": 5}', "string"),
        (b'[{"abstract": "fine"}, {"abstract": ""}]', "item 2"),
        (b'{"abstract": "fine"}\n{"abstract": broken\n', "line 2"),
        (b'{"abstract": "' + b"a" * 20_001 + b'"}', "20,000"),
    ],
)
def test_bad_files_are_named_with_what_is_wrong(
    debug: list[str], tmp_path: Path, content: bytes, words: str
) -> None:
    file = tmp_path / "bad"
    file.write_bytes(content)
    result = run("assess", str(file), *debug)
    assert result.returncode == 3
    assert words in result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


def test_exit_codes(debug: list[str], abstract: str, tmp_path: Path) -> None:
    assert run("assess").returncode == 2
    assert run("assess", "file", "--text", "both").returncode == 2
    assert run("assess", str(tmp_path / "missing.txt"), *debug).returncode == 3
    assert run("assess", "--text", abstract, "--model", str(tmp_path)).returncode == 4
    assert run("assess", "--text", abstract, *debug, "--policy", "nobodys").returncode == 2
    bad_port = run("serve", *debug, environment={"SAFEZONE_PORT": "many"})
    assert bad_port.returncode == 2
    assert "SAFEZONE_PORT" in bad_port.stderr
    no_encoder = run("assess", "--text", abstract, "--encoder", str(tmp_path / "none"))
    assert no_encoder.returncode == 4


def test_a_bundle_for_another_encoder_is_refused(debug_bundle_path: Path, abstract: str) -> None:
    result = run("assess", "--text", abstract, "--model", str(debug_bundle_path))
    assert result.returncode == 4
    assert "trained on the encoder debug" in result.stderr


def test_model_show(debug_bundle_path: Path) -> None:
    card = run("model", "show", "--model", str(debug_bundle_path))
    assert card.returncode == 0
    assert card.stdout.startswith("# Model card")
    plain = json.loads(run("model", "show", "--json", "--model", str(debug_bundle_path)).stdout)
    assert plain["manifest"]["encoder"] == "debug"
    assert set(plain["metrics"]["axes"]) == {
        "sensitivity",
        "instrumentation",
        "data_use",
        "benefit",
    }


def test_train_then_evaluate(tmp_path: Path) -> None:
    data = Path(__file__).parents[1] / "fixtures" / "abstracts.jsonl"
    bundle, report = tmp_path / "tiny", tmp_path / "report"
    trained = run("train", "--data", str(data), "--out", str(bundle), "--encoder", "debug")
    assert trained.returncode == 0, trained.stderr
    assert "tiny+" in trained.stdout
    assert trained.stderr == ""  # no progress bar in a pipe
    evaluated = run(
        "evaluate", "--data", str(data), "--model", str(bundle), "--encoder", "debug",
        "--swaps", "2", "--resamples", "20", "--out", str(report),
    )  # fmt: skip
    assert evaluated.returncode == 0, evaluated.stderr
    assert "quadratic-weighted kappa" in evaluated.stdout
    written = json.loads((report / "report.json").read_text())
    assert written["rows"] == 96
    assert written["identity_swap"]["largest_change"] == 0
    assert (report / "reliability.png").read_bytes().startswith(b"\x89PNG")


def test_an_encoder_without_a_folder_cannot_be_adapted(tmp_path: Path) -> None:
    data = Path(__file__).parents[1] / "fixtures" / "abstracts.jsonl"
    result = run(
        "train", "--adapt", "--data", str(data), "--out", str(tmp_path / "x"), "--encoder", "debug"
    )
    assert result.returncode == 1
    assert "sentence-transformers folder" in result.stderr
    assert not (tmp_path / "x").exists()


def test_training_data_with_a_bad_row_is_named(tmp_path: Path) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text('{"id": "1", "title": "", "abstract": "secret words", "labels": {}}\n')
    result = run("train", "--data", str(file), "--out", str(tmp_path / "x"), "--encoder", "debug")
    assert result.returncode == 3
    assert "line 1" in result.stderr
    assert "secret" not in result.stderr


def test_a_reader_that_has_had_enough_is_no_failure(debug: list[str], tmp_path: Path) -> None:
    file = tmp_path / "many.jsonl"
    file.write_text('{"abstract": "too short"}\n' * 3000)
    command = f"{sys.executable} -m safezone assess {file} --json {' '.join(debug)} | head -n 1"
    result = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert len(result.stdout.splitlines()) == 1
    assert "Traceback" not in result.stderr
    assert "BrokenPipe" not in result.stderr


def test_a_missing_training_library_is_named(tmp_path: Path) -> None:
    """The service's installation leaves out what only training needs."""
    (tmp_path / "mapie.py").write_text("raise ModuleNotFoundError(name='mapie')")
    data = Path(__file__).parents[1] / "fixtures" / "abstracts.jsonl"
    result = run(
        "train", "--data", str(data), "--out", str(tmp_path / "x"), "--encoder", "debug",
        environment={"PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    assert result.returncode == 1
    assert "mapie is not installed" in result.stderr
    assert "Traceback" not in result.stderr
