"""From an uploaded file to a job, and from a job's answers to a file."""

import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from safezone.batch.answers import Answer
from safezone.batch.columns import ColumnChoice
from safezone.batch.readers import read_rows
from safezone.batch.writers import ResultFormat
from safezone.batch.writers import result_chunks as chunks
from safezone.errors import StoreUnavailable
from safezone.jobs.addresses import InvalidWebhook, Network, check_url
from safezone.jobs.rows import job_row
from safezone.store.idempotency import Idempotency
from safezone.store.job_types import Job
from safezone.store.jobs import JobStore

_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done with a file, and for whom."""

    owner: str | None
    policy: str | None = None
    include: tuple[str, ...] = ()
    columns: ColumnChoice = field(default_factory=ColumnChoice)
    webhook_url: str | None = None
    idempotency_key: str | None = None


class Intake:
    """Makes jobs of files. `webhooks` are the private networks that messages may reach, None where
    no messages are sent.
    """

    def __init__(
        self,
        store: JobStore,
        *,
        retention: timedelta,
        max_rows: int,
        webhooks: Sequence[Network] | None,
    ) -> None:
        self._store = store
        self._retention = retention
        self._max_rows = max_rows
        self._webhooks = webhooks

    def take(self, file: BinaryIO, order: Order) -> Job:
        """A job of the file's rows; those that are no proposal are answered already.

        Raises InvalidInputFile, InvalidWebhook, JobConflict and StoreUnavailable.
        """
        self._check_webhook(order.webhook_url)
        try:
            with _copied(file) as (path, digest):
                return self._store.submit(
                    map(job_row, read_rows(path, order.columns)),
                    owner=order.owner,
                    retention=self._retention,
                    max_rows=self._max_rows,
                    policy=order.policy,
                    include=order.include,
                    webhook_url=order.webhook_url,
                    idempotency=_idempotency(order, digest),
                )
        except OSError as error:
            raise StoreUnavailable(
                f"The file cannot be put on the disk ({error.strerror}). See that the folder of "
                "temporary files has room left."
            ) from error

    def _check_webhook(self, url: str | None) -> None:
        if url is None:
            return
        if self._webhooks is None:
            raise InvalidWebhook(
                "not_offered",
                "This service sends no webhooks. Leave 'webhook_url' out, and ask for the job "
                "until it has ended.",
            )
        check_url(url, self._webhooks)


@contextmanager
def _copied(file: BinaryIO) -> Iterator[tuple[Path, str]]:
    """The file under a name of its own for as long as it is needed, and its SHA-256."""
    digest = hashlib.sha256()
    with tempfile.NamedTemporaryFile(prefix="safezone-") as copy:
        while piece := file.read(_PIECE):
            digest.update(piece)
            copy.write(piece)
        copy.flush()
        yield Path(copy.name), digest.hexdigest()


def _idempotency(order: Order, digest: str) -> Idempotency | None:
    if order.idempotency_key is None:
        return None
    sent = json.dumps({**asdict(order), "file": digest}, sort_keys=True)
    return Idempotency(order.idempotency_key, hashlib.sha256(sent.encode()).hexdigest())


def result_chunks(
    result_format: ResultFormat, answers: Iterable[tuple[int, str]]
) -> Iterator[bytes]:
    """The file of a job's answers (number and JSON), piece by piece."""
    return chunks(result_format, (Answer(number, **json.loads(text)) for number, text in answers))
