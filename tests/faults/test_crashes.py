"""Servers that are killed at work: jobs go on where they were, and no answer ends too early."""

import socket
from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import Engine, func, select, update

from debug_servers import DebugServers, client_of, kill
from live_jobs import assert_whole, csv_file, job_of, rows_of, send, until_begun, until_ended
from safezone.store.engine import open_engine, reading, writing
from safezone.store.tables import job_rows, jobs

ROWS = 400


def test_a_job_outlives_servers_that_are_killed_at_work_and_while_its_results_are_sent(
    servers: DebugServers,
) -> None:
    engine = open_engine(servers.store_url)
    first = servers.start()
    with client_of(first) as client:
        job_id = send(client, csv_file(ROWS), include="evidence,precedents")["id"]
        until_begun(client, job_id)
        kill(first.process)
    _assert_nothing_half_done(engine)

    second = servers.start()
    # Else its results would all be under way before the server is killed.
    narrow = httpx.HTTPTransport(socket_options=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)])
    with httpx.Client(base_url=second.url, transport=narrow, timeout=120) as client:
        assert job_of(client, job_id)["state"] == "running"
        _let_the_lease_run_out(engine)
        assert until_ended(client, job_id)["state"] == "completed"
        with client.stream("GET", f"/v1/jobs/{job_id}/results") as answer:
            pieces = answer.iter_raw()
            next(pieces)
            kill(second.process)
            with pytest.raises(httpx.RequestError):
                for _ in pieces:
                    pass
    engine.dispose()

    third = servers.start()
    with client_of(third) as client:
        assert_whole(rows_of(client, job_id), ROWS)
        job = job_of(client, job_id)
    assert (job["done"], job["bad"], job["error"]) == (ROWS, 0, None)


def _assert_nothing_half_done(engine: Engine) -> None:
    answered = job_rows.c.answer.is_not(None)
    with reading(engine) as connection:
        done = connection.scalar(select(jobs.c.done))
        assert connection.scalar(select(func.count()).where(answered)) == done
        both = select(func.count()).where(answered, job_rows.c.proposal.is_not(None))
        assert connection.scalar(both) == 0
    assert done is not None
    assert 0 < done < ROWS


def _let_the_lease_run_out(engine: Engine) -> None:
    """What happens by itself within minutes of a crash."""
    with writing(engine) as connection:
        connection.execute(update(jobs).values(leased_until=datetime.now(UTC)))
