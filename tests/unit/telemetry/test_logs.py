"""Lines as they are written: JSON, complete, and without a word of what was sent."""

import asyncio
import gc
import json
import logging
import sys
import threading
import warnings
from typing import Any

import pytest
import stamina
import structlog
from hypothesis import given
from hypothesis import strategies as st

from log_lines import Lines
from safezone.telemetry.logs import configure_logs, get_logger

CANARY = "Zirkonkanarie"
TEXT = f"{CANARY} über dem Eis"


def _without_pytests_handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    """They raise where a message cannot be filled in."""
    monkeypatch.setattr(logging.root, "handlers", logging.root.handlers[:1])


def test_a_line_says_when_how_grave_what_and_who(lines: Lines) -> None:
    get_logger("safezone.jobs").info("job", job="j1", state="completed", rows=3)
    [line] = lines()
    assert list(line)[:4] == ["timestamp", "level", "event", "logger"]
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "level": "info",
        "event": "job",
        "logger": "safezone.jobs",
        "job": "j1",
        "state": "completed",
        "rows": 3,
    }


def test_unknown_fields_are_dropped_and_counted(lines: Lines) -> None:
    get_logger("safezone.jobs").warning("job", abstract=TEXT, title=CANARY, job=TEXT, rows=1)
    [line] = lines()
    assert line["rows"] == 1
    assert line["dropped_fields"] == 3
    assert CANARY not in str(line)


def test_an_event_that_is_not_listed_is_not_written(lines: Lines) -> None:
    get_logger("safezone.jobs").warning(CANARY.lower(), rows=1)
    [line] = lines()
    assert line["event"] == "unlisted_event"
    assert line["dropped_fields"] == 1


def test_what_is_bound_to_the_context_stands_in_every_line(lines: Lines) -> None:
    with structlog.contextvars.bound_contextvars(request_id="r-1", abstract=TEXT):
        get_logger("safezone.api").info("job")
        logging.getLogger("somebody").warning("anything")
    found = lines()
    assert [line["request_id"] for line in found] == ["r-1", "r-1"]
    assert CANARY not in str(found)


def test_a_library_is_told_by_where_it_logged_and_not_by_its_words(lines: Lines) -> None:
    logging.getLogger("somebody").error(f"about {TEXT}")
    logging.getLogger("somebody").error("about %s", TEXT, extra={"abstract": TEXT, "rows": 1})
    logging.getLogger("somebody").error(ValueError(TEXT))
    for line in lines():
        assert line["event"] == "foreign_message"
        assert line["logger"] == "somebody"
        assert line["at"].startswith("telemetry/test_logs.py:")
        assert set(line) == {"timestamp", "level", "event", "logger", "at"}


@pytest.mark.parametrize("logger", ["uvicorn.error", "alembic.runtime.migration"])
def test_other_messages_of_a_logger_with_known_ones_are_not_written(
    lines: Lines, logger: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _without_pytests_handlers(monkeypatch)
    logging.getLogger(logger).error("%s", TEXT)
    logging.getLogger(logger).error("Application startup complete. %s", TEXT)
    logging.getLogger(logger).error("%d", TEXT)
    assert [line["event"] for line in lines()] == ["foreign_message"] * 3


def test_what_uvicorn_says_of_its_start_is_kept(lines: Lines) -> None:
    log = logging.getLogger("uvicorn.error")
    log.info("Started server process [%d]", 4711)
    log.info("Application startup complete.")
    log.info("Uvicorn running on %s://%s:%d (Press CTRL+C to quit)", "http", "127.0.0.1", 8000)
    log.info("Uvicorn running on %s://[%s]:%d (Press CTRL+C to quit)", "http", "::1", 8000)
    log.error(
        OSError(
            98,
            "error while attempting to bind on address ('127.0.0.1', 8000): address already in use",
        )
    )
    assert [line["event"] for line in lines()] == [
        "Started server process [4711]",
        "Application startup complete.",
        "Uvicorn running on http://127.0.0.1:8000 (Press CTRL+C to quit)",
        "Uvicorn running on http://[::1]:8000 (Press CTRL+C to quit)",
        "[Errno 98] error while attempting to bind on address ('127.0.0.1', 8000): "
        "address already in use",
    ]


def test_uvicorns_access_log_is_off_at_every_level(lines: Lines) -> None:
    configure_logs("debug", "json")
    access = logging.getLogger("uvicorn.access")
    access.info('%s - "%s %s HTTP/%s" %d', "127.0.0.1", "GET", f"/?q={CANARY}", "1.1", 200)
    assert lines() == []


def test_handlers_that_libraries_brought_are_taken_away(
    untouched_logging: None, capsys: pytest.CaptureFixture[str]
) -> None:
    chatty = logging.getLogger("chatty.library")
    chatty.addHandler(logging.StreamHandler(sys.stderr))
    chatty.propagate = False
    configure_logs("info", "json")
    chatty.error(TEXT)
    [line] = capsys.readouterr().err.splitlines()
    assert json.loads(line)["logger"] == "chatty.library"


@pytest.mark.parametrize("logger", ["safezone.jobs", "somebody"])
def test_exceptions_are_told_without_their_words(lines: Lines, logger: str) -> None:
    try:
        raise ValueError(TEXT)
    except ValueError:
        get_logger(logger).exception("unforeseen")
        logging.getLogger(logger).exception("about %s", TEXT)
    for line in lines():
        assert line["error"] == "ValueError"
        assert line["frames"] == []
        assert CANARY not in str(line)


def test_what_nobody_caught_is_told_without_its_words(lines: Lines) -> None:
    class Unraisable:
        def __del__(self) -> None:
            raise KeyError(TEXT)

    def fail() -> None:
        raise ValueError(TEXT)

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    del thread
    Unraisable()
    gc.collect()
    sys.excepthook(OSError, OSError(TEXT), None)
    warnings.warn(TEXT, stacklevel=1)
    found = lines()
    assert [line["error"] for line in found] == ["ValueError", "KeyError", "OSError", "UserWarning"]
    assert CANARY not in str(found)


def test_a_task_whose_exception_nobody_took_is_told_without_its_words(lines: Lines) -> None:
    async def fail() -> None:
        raise ValueError(TEXT)

    async def forget() -> None:
        task = asyncio.get_running_loop().create_task(fail())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        del task
        gc.collect()

    asyncio.run(forget())
    [line] = lines()
    assert line["logger"] == "asyncio"
    assert line["at"].startswith("asyncio/base_events.py:")
    assert line["error"] == "ValueError"
    assert CANARY not in str(line)


def test_what_stamina_says_of_a_retry_holds_no_argument(lines: Lines) -> None:
    calls = []

    @stamina.retry(on=ValueError, attempts=2, wait_initial=0, wait_jitter=0)
    def send(text: str) -> None:
        calls.append(text)
        if len(calls) == 1:
            raise ValueError(text)

    stamina.instrumentation.set_on_retry_hooks(None)
    send(TEXT)
    [line] = lines()
    assert line["event"] == "stamina.retry_scheduled"
    assert line["retry_num"] == 1
    assert CANARY not in str(line)


def test_a_message_whose_values_cannot_be_written_is_told(
    lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Malicious:
        def __str__(self) -> str:
            raise ValueError(TEXT)

    _without_pytests_handlers(monkeypatch)
    logging.getLogger("somebody").error("about %s", Malicious())
    logging.getLogger("somebody").error(Malicious())
    logging.getLogger("uvicorn.error").error(Malicious())
    found = lines()
    assert [line["event"] for line in found] == ["foreign_message"] + 2 * ["unwritable_line"]
    assert CANARY not in str(found)


def test_a_line_that_cannot_be_written_does_not_print_what_it_held(
    lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Any) -> str:
        raise ValueError(TEXT)

    monkeypatch.setattr(logging.root.handlers[0], "format", fail)
    logging.getLogger("somebody").error(TEXT)
    assert lines() == [{"level": "error", "event": "unwritable_line"}]


def test_without_a_configuration_lines_are_checked_as_well(
    untouched_logging: None, caplog: pytest.LogCaptureFixture
) -> None:
    get_logger("safezone.elsewhere").warning("job", rows=1, abstract=TEXT)
    assert "'rows': 1" in caplog.text
    assert CANARY not in caplog.text


def test_libraries_are_heard_from_warning_on(lines: Lines) -> None:
    logging.getLogger("httpx").info("HTTP Request: POST %s", f"https://example.org/{CANARY}")
    logging.getLogger("httpx").warning("anything")
    get_logger("safezone.jobs").debug("job")
    assert [line["logger"] for line in lines()] == ["httpx"]


def test_a_console_shows_the_same_fields_to_people(
    untouched_logging: None, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs("debug", "console")
    get_logger("safezone.jobs").debug("job", rows=3, abstract=TEXT)
    logging.getLogger("somebody").debug(TEXT)
    shown = capsys.readouterr().err
    assert "rows=3" in shown
    assert "foreign_message" in shown
    assert CANARY not in shown


@given(
    event=st.one_of(st.sampled_from(["job", "request"]), st.text()),
    fields=st.dictionaries(
        st.from_regex(r"[a-z_]{1,12}", fullmatch=True).filter(
            lambda name: name not in {"event", "exc_info", "stack_info", "stacklevel"}
        ),
        st.one_of(st.text(), st.integers(), st.floats(), st.binary(), st.lists(st.text())),
    ),
)
def test_whatever_is_logged_is_one_line_of_strict_json(event: str, fields: dict[str, Any]) -> None:
    written = []

    class Keeping(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(record.msg)

    log = logging.getLogger("safezone.random")
    log.handlers[:] = [Keeping()]
    log.setLevel(logging.INFO)
    get_logger("safezone.random").info(event, **fields)
    log.handlers.clear()
    [line] = written
    assert json.loads(json.dumps(line, allow_nan=False)) == line
