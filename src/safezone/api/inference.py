"""As many readings at a time as there are cores, in the order of urgency, behind a bounded queue.

Whoever would have to wait longer than its deadline is told so at once, rather than everybody being
slow.
"""

import asyncio
import heapq
import itertools
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from safezone.errors import SafezoneError
from safezone.telemetry.metrics import inference_queue_depth
from safezone.telemetry.stages import in_turn

T = TypeVar("T")

# What is left of earlier measurements in the pace, each time there is a new one.
_MEMORY = 0.9
# The pace until something was measured: seconds that so many characters take.
_SECONDS, _CHARACTERS = 0.04, 2_000
# So much longer than expected may a wait be without passing the deadline.
_MARGIN = 1.2
# No text is read in less time than one of so many characters.
_LEAST_CHARACTERS = 300
# Work in the background counts as if it had come so much later, and is not starved for longer.
_PATIENCE = 5.0


class Busy(SafezoneError):
    """The queue is full, or too long for the deadline; try again after `retry_after` seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__("The service has more to read than it can in time.")
        self.retry_after = retry_after


class DeadlinePassed(SafezoneError):
    """The work was not done in time."""


class ClientGone(SafezoneError):
    """Nobody waits for the answer any more."""


class Stopped(SafezoneError):
    """The service is shutting down."""


@dataclass(order=True)
class _Task(Generic[T]):
    urgency: tuple[float, int]
    work: Callable[[], T] = field(compare=False)
    characters: int = field(compare=False)
    behind: bool = field(compare=False)
    answer: "Future[T]" = field(compare=False)


class Inference:
    """Runs readings in `readers` threads of its own.

    `most_waiting` bounds how many requests wait.
    """

    def __init__(self, most_waiting: int, readers: int = 1) -> None:
        self._most_waiting = most_waiting
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._heap: list[_Task[Any]] = []
        self._reading = 0  # characters
        self._stopped = False
        self._seconds, self._characters = _SECONDS, float(_CHARACTERS)
        self._threads = [
            threading.Thread(target=self._run, name=f"reader-{number}", daemon=True)
            for number in range(readers)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def waiting(self) -> int:
        """How many requests wait for their turn."""
        with self._changed:
            return len(self._in_line())

    def wait_expected(self) -> float:
        """Seconds until a newcomer has its turn, by the pace of late."""
        with self._changed:
            ahead = self._reading + sum(task.characters for task in self._in_line())
        return self._seconds_of(ahead) / len(self._threads)

    async def run(
        self,
        work: Callable[[], T],
        *,
        characters: int,
        until: float,
        gone: Callable[[], Awaitable[None]],
        admitted: bool = False,
    ) -> T:
        """What `work` gives, before the monotonic time `until`.

        `characters` tells how long it will take; `gone()` ends when nobody waits any more;
        `admitted` is said for the further parts of a request whose first was let in. Raises Busy,
        DeadlinePassed, ClientGone or Stopped. Work that was not begun by then is left undone.
        """
        if time.monotonic() >= until:
            raise DeadlinePassed("The text was not read in time.")
        if not admitted:
            self.refuse_if_busy(until, characters)
        waiting = self._put(work, characters, behind=False)
        answer = asyncio.wrap_future(waiting)
        watch = asyncio.ensure_future(gone())
        try:
            await asyncio.wait(
                (answer, watch),
                timeout=max(until - time.monotonic(), 0),
                return_when=asyncio.FIRST_COMPLETED,
            )
            if answer.done():
                return answer.result()
            if watch.done():
                raise ClientGone("The client has gone.")
            raise DeadlinePassed("The text was not read in time.")
        finally:
            # By itself `answer` would hand its cancelling on a moment later.
            waiting.cancel()
            answer.cancel()
            watch.cancel()

    def refuse_if_busy(self, until: float, characters: int = 0) -> None:
        """Raises Busy where a request of so many characters would not be read in time."""
        wait = self.wait_expected()
        end = time.monotonic() + _MARGIN * (wait + self._seconds_of(characters))
        # What is long by itself may try where it keeps nobody waiting.
        if (wait and end > until) or self.waiting >= self._most_waiting:
            raise Busy(max(wait, 1.0))

    def run_behind(self, work: Callable[[], T], *, characters: int) -> T:
        """What `work` gives, from any thread, after requests that came within seconds of it.

        Raises Stopped.
        """
        return self._put(work, characters, behind=True).result()

    def stop(self) -> None:
        """Finish what is being read; whoever waits is told Stopped."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _put(self, work: Callable[[], T], characters: int, *, behind: bool) -> "Future[T]":
        urgency = time.monotonic() + (_PATIENCE if behind else 0)
        characters = max(characters, _LEAST_CHARACTERS)
        task = _Task((urgency, next(self._numbers)), in_turn(work), characters, behind, Future[T]())
        with self._changed:
            if self._stopped:
                raise Stopped("The service is shutting down.")
            heapq.heappush(self._heap, task)
            self._changed.notify()
            inference_queue_depth.inc()
        return task.answer

    def _seconds_of(self, characters: int) -> float:
        return characters * self._seconds / self._characters

    def _in_line(self) -> list[_Task[Any]]:
        """The requests that wait; whoever is past its deadline or has gone has cancelled."""
        return [task for task in self._heap if not task.behind and not task.answer.cancelled()]

    def _next(self) -> _Task[Any] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._heap or self._stopped)
            if not self._heap:
                return None
            inference_queue_depth.dec()
            return heapq.heappop(self._heap)

    def _run(self) -> None:
        while (task := self._next()) is not None:
            if task.answer.set_running_or_notify_cancel():
                self._perform(task)

    def _perform(self, task: _Task[Any]) -> None:
        if self._stopped:
            task.answer.set_exception(Stopped("The service is shutting down."))
            return
        with self._changed:
            self._reading += task.characters
        began = time.monotonic()
        try:
            result = task.work()
        except Exception as error:
            task.answer.set_exception(error)
        else:
            self._learn(task.characters, time.monotonic() - began)
            task.answer.set_result(result)
        finally:
            with self._changed:
                self._reading -= task.characters

    def _learn(self, characters: int, seconds: float) -> None:
        with self._changed:
            self._seconds = _MEMORY * self._seconds + seconds
            self._characters = _MEMORY * self._characters + characters
