"""The load on a live service: its clients, its figures, its requests, and small whole runs."""

import asyncio
import itertools
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bench.service.comparison import same_answer
from bench.service.load import BROKEN, Asked, Exchange, closed_loop, post
from bench.service.overload import CALM, PATIENT
from bench.service.processes import usage
from bench.service.running import NotRunning, Running, running
from bench.service.slices import Slice, figures, percentiles
from bench.service.soak import Soaked, bad_requests, soak_requests
from bench.service.systems import PLAIN, SYSTEMS, Text
from bench.service.tables import level_table, overload_table
from hypothesis import given
from hypothesis import strategies as st

from bad_requests import BAD_REQUESTS

REPOSITORY = Path(__file__).resolve().parents[2]
ASKED = Asked(post("/", b'{"a": 1}'))
MEGABYTE = 1_000_000
Bench = Callable[..., tuple[subprocess.CompletedProcess[str], Any]]


class FakeServer:
    """Answers requests with the statuses given, one after another; where one is BROKEN, it closes
    the connection instead.
    """

    def __init__(self, statuses: Sequence[int], header: str = "") -> None:
        self._statuses = iter(statuses)
        self._header = header
        self.bodies: list[bytes] = []
        self.connections = 0

    def load(self, load: Callable[[int], Awaitable[list[Exchange]]]) -> list[Exchange]:
        """What `load` exchanges with this server at the port that it is given."""

        async def run() -> list[Exchange]:
            server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
            async with server:
                return await load(server.sockets[0].getsockname()[1])

        return asyncio.run(run())

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(asyncio.IncompleteReadError):
            while status := await self._status(reader):
                head = f"HTTP/1.1 {status} Known\r\nContent-Length: 2\r\n{self._header}\r\n"
                writer.write(head.encode() + b"{}")
                if "close" in self._header:
                    break
        writer.close()

    async def _status(self, reader: asyncio.StreamReader) -> int:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.partition(b"content-length: ")[2].split()[0])
        self.bodies.append(await reader.readexactly(length))
        return next(self._statuses)


@given(
    st.lists(st.sampled_from([200, 422, 503, BROKEN]), min_size=1, max_size=30), st.integers(1, 5)
)
def test_every_request_is_sent_once_and_its_status_counted(
    statuses: list[int], clients: int
) -> None:
    server = FakeServer(statuses)
    requests = [Asked(post("/", str(n).encode()), str(n)) for n in range(len(statuses))]

    exchanges = server.load(lambda port: closed_loop(port, iter(requests), clients))

    assert Counter(exchange.status for exchange in exchanges) == Counter(statuses)
    assert sorted(exchange.asked.kind for exchange in exchanges) == sorted(
        body.decode() for body in server.bodies
    )
    assert server.connections <= clients + statuses.count(BROKEN)
    assert all(exchange.took >= 0 for exchange in exchanges)


def test_a_connection_that_the_server_closes_is_opened_anew() -> None:
    server = FakeServer([200] * 6, "Connection: close\r\n")

    exchanges = server.load(lambda port: closed_loop(port, iter([ASKED] * 6), 2))

    assert [exchange.status for exchange in exchanges] == [200] * 6
    assert server.connections == 6


def test_a_load_ends_with_its_time_and_waits_for_what_is_under_way() -> None:
    server = FakeServer([200] * 1_000_000)

    exchanges = server.load(lambda port: closed_loop(port, itertools.repeat(ASKED), 3, 0.2))

    assert len(exchanges) == len(server.bodies) > 3
    assert {exchange.status for exchange in exchanges} == {200}


@pytest.mark.parametrize(("patient", "asked_again"), [(True, False), (False, True)])
def test_only_an_impatient_client_asks_again_at_once(patient: bool, asked_again: bool) -> None:
    server = FakeServer([503] * 1_000_000, "Retry-After: 30\r\n")

    exchanges = server.load(
        lambda port: closed_loop(port, itertools.repeat(ASKED), 1, 0.2, patient=patient)
    )

    assert exchanges[0].retry_after == 30
    assert (len(exchanges) > 1) is asked_again


@given(st.lists(st.floats(0, 1e3), min_size=1))
def test_percentiles_are_those_of_numpy(times: list[float]) -> None:
    assert percentiles(times) == pytest.approx(np.percentile(times, [50, 95, 99]).tolist())


def test_there_are_no_percentiles_of_nothing() -> None:
    assert percentiles([]) is None


def slice_of(*exchanges: tuple[float, float, int], memory: int = MEGABYTE) -> Slice:
    """A slice from 10 to 20 seconds with exchanges of (began, ended, status)."""
    made = [Exchange(ASKED, *exchange) for exchange in exchanges]
    return Slice(10, 10, made, memory, server_cpu=5, client_cpu=1, other_cpu=2)


def test_the_rate_is_of_what_was_answered_in_the_slice_and_times_of_what_was_asked_in_it() -> None:
    early, inside, late, refused = (9, 11, 200), (12, 15, 200), (18, 25, 200), (12, 12.5, 503)

    found = figures([slice_of(early, inside, late, refused)])

    assert found.rate == 2 / 10
    assert found.times == pytest.approx(percentiles([3, 7]))
    assert found.refusals == (0.5, 0.5, 0.5)
    assert found.longest == 7
    assert found.statuses == {200: 3, 503: 1}
    assert found.refused == 1 / 4
    assert (found.server, found.client, found.other) == (0.5, 0.1, 0.2)


def test_figures_of_several_slices_are_those_of_all_their_requests() -> None:
    found = figures([slice_of((12, 13, 200)), slice_of((12, 15, 200), memory=2 * MEGABYTE)])

    assert found.rate == 2 / 20
    assert found.times == pytest.approx(percentiles([1, 3]))
    assert found.memory == 2 * MEGABYTE
    assert found.server == 0.5


def test_what_a_session_uses_counts_all_its_processes() -> None:
    child = "import subprocess, sys; print('up', flush=True); sys.stdin.read()"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    with subprocess.Popen(
        [sys.executable, "-c", parent],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        used = usage(process.pid)
        process.communicate()

    assert used.threads == 2
    assert used.memory > MEGABYTE
    assert used.files >= 6
    assert usage(process.pid).threads == 0


@given(st.integers(1, 500))
def test_one_in_20_requests_of_a_soak_is_a_bad_one_of_each_kind_in_turn(number: int) -> None:
    asked = list(soak_requests([Text("Title", "Abstract."), Text("", "Other.")], number))

    bad = [one.kind for one in asked if one.kind != "proposal"]
    assert len(asked) == number
    assert number // 20 <= len(bad) <= -(-number // 20)
    assert bad == list(itertools.islice(itertools.cycle(BAD_REQUESTS), len(bad)))


def test_bad_requests_are_those_that_the_tests_of_the_api_send() -> None:
    for asked, (kind, (status, _, body, headers)) in zip(
        bad_requests(), BAD_REQUESTS.items(), strict=True
    ):
        head, _, sent = asked.message.partition(b"\r\n\r\n")
        assert (asked.kind, asked.expected, sent) == (kind, status, body)
        assert (b"content-type" in head) is ("content-type" in headers)


def test_a_soak_is_exact_only_where_each_kind_has_its_status_each_time() -> None:
    asked = {("proposal", 200): 19, ("nothing", 422): 1}
    swapped = {("proposal", 200): 18, ("proposal", 422): 1, ("nothing", 200): 1}

    assert Soaked(asked, dict(asked), [], 1).exact
    assert not Soaked(asked, swapped, [], 1).exact


def test_growth_is_in_bytes_a_request_and_leaves_out_the_first_stage() -> None:
    used = usage(os.getsid(0))
    samples = [
        (number, replace(used, memory=memory)) for number, memory in [(0, 0), (10, 500), (30, 600)]
    ]

    assert Soaked({}, {}, samples, 1).growth == pytest.approx(5)


def test_a_level_has_a_line_for_each_system_with_ratios_to_the_reference_in_each_round() -> None:
    one, two = (12.0, 13.0, 200), (12.0, 14.0, 200)
    slices = {
        "plain": [slice_of(one, one), slice_of(one, one)],
        "other": [slice_of(two), slice_of(two, two, two)],
    }

    lines = level_table(slices, "plain").splitlines()

    assert len({line.count("|") for line in lines}) == 1
    assert "| plain | 0.2 (1.00) | 1.00 to 1.00 | 1,000 (1.00) |" in lines[2]
    assert "| other | 0.2 (1.00) | 0.50 to 1.50 | 2,000 (2.00) |" in lines[3]


def test_a_system_that_answered_nothing_has_a_line_too() -> None:
    slices = {"plain": [slice_of((12, 13, 200))], "other": [slice_of((12, 13, 500))]}

    assert "| other | 0.0 (0.00) | 0.00 to 0.00 | – | – | – | 0.0% | 500: 1 |" in level_table(
        slices, "plain"
    )
    assert "| plain | 0.1 | – | 1,000 | 1,000 | 1,000 |" in level_table(slices, "other")


def test_an_overload_has_its_rate_in_capacity_and_its_longest_time_beside_the_deadline() -> None:
    calm, hurried = slice_of((12, 13, 200), (12, 13, 200)), slice_of((12, 18, 200), (12, 12.5, 503))

    lines = overload_table({CALM: figures([calm]), PATIENT: figures([hurried])}).splitlines()

    assert "| within capacity | 0.2 (1.00) |" in lines[2]
    assert "| 1.00 (-4.00) | 200: 2 |" in lines[2]
    assert "| patient | 0.1 (0.50) | 6,000 | 6,000 | 6,000 | 500.0 | 500.0 | 500.0 |" in lines[3]
    assert "| 6.00 (+1.00) | 200: 1, 503: 1 |" in lines[3]


def test_every_open_version_of_a_peer_is_pinned() -> None:
    for system in SYSTEMS.values():
        if system.requirements is None:
            continue
        lines = system.requirements.read_text(encoding="utf-8").splitlines()
        pins = [line for line in lines if line and line[0] != "#" and line != "--editable ."]
        assert pins
        assert all("==" in pin for pin in pins)
        assert ("--editable ." in lines) is (system.constraints is not None)


def test_the_same_answer_is_one_with_the_same_levels_and_route() -> None:
    answer: dict[str, Any] = dict.fromkeys(
        ("sensitivity", "instrumentation", "data_use", "benefit", "route"), "one"
    )
    one = Running("one", 1, 1, {**answer, "id": None})

    assert same_answer(one, replace(one, answer=answer))
    assert not same_answer(one, replace(one, answer={**answer, "route": "other"}))
    assert not same_answer(replace(one, answer={"detail": "other"}), one)


def test_a_server_that_does_not_start_is_told_with_its_log(tmp_path: Path) -> None:
    broken = replace(PLAIN, command=lambda python, port: (python, "-c", "raise ValueError('why')"))

    with (
        pytest.raises(NotRunning, match=r"plain: .*log\.txt"),
        running(broken, ASKED, tmp_path),
    ):
        pass

    assert "why" in (tmp_path / "plain" / "log.txt").read_text(encoding="utf-8")


@pytest.fixture
def bench(tmp_path: Path, debug_bundle_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A run on the debug model: the process, and what it reports."""
    monkeypatch.setenv("SAFEZONE_ENCODER", "debug")
    monkeypatch.setenv("SAFEZONE_MODEL", str(debug_bundle_path))
    report = tmp_path / "report.json"

    def run(*options: str) -> tuple[subprocess.CompletedProcess[str], Any]:
        fixed = ("--work", tmp_path / "work", "--report", report, "--seconds", "1")
        done = subprocess.run(
            [sys.executable, "-m", "bench.service", *fixed, *options],
            cwd=REPOSITORY,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        return done, json.loads(report.read_text(encoding="utf-8"))

    return run


def test_a_comparison_measures_every_system_at_every_level_and_leaves_no_process(
    bench: Bench,
) -> None:
    done, report = bench("--systems", "safezone", "--clients", "1,4", "--rounds", "1")

    assert done.returncode == 0, done.stderr
    for clients in ("1", "4"):
        level = report["comparison"]["levels"][clients]
        assert level.keys() == {"plain", "safezone"}
        assert all(set(one["statuses"]) == {"200"} for one in level.values())
        assert all(one["rate"] > 0 for one in level.values())
    assert all(memory > MEGABYTE for memory in report["comparison"]["memory"].values())
    assert done.stdout.count("| safezone |") == 3


def test_an_overload_is_answered_or_refused_and_nothing_else(bench: Bench) -> None:
    done, report = bench("--overload")

    assert done.returncode == 0, done.stderr
    assert report["overload"].keys() == {"within capacity", "patient", "impatient"}
    for one in report["overload"].values():
        assert set(one["statuses"]) <= {"200", "503"}
        assert one["statuses"]["200"] > 0
    assert report["overload"]["impatient"]["statuses"]["503"] > 0
    assert "## Overload" in done.stdout


def test_a_soak_is_answered_exactly_as_asked(bench: Bench) -> None:
    done, report = bench("--soak", "100")

    assert done.returncode == 0, done.stdout
    soak = report["soak"]
    assert soak["exact"]
    assert soak["answered"]["proposal: 200"] == 95
    assert [sample["requests"] for sample in soak["samples"]] == list(range(0, 101, 10))
    assert "every one as it must be" in done.stdout
