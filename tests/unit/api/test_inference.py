"""One reading at a time, the most urgent first, and nobody waits past a deadline."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

import pytest

from safezone.api.inference import Busy, ClientGone, DeadlinePassed, Inference, Stopped

T = TypeVar("T")
FAR = 60.0


async def never() -> None:
    await asyncio.Event().wait()


@contextmanager
def inference(most_waiting: int = 8, readers: int = 1) -> Iterator[Inference]:
    made = Inference(most_waiting, readers)
    yield made
    made.stop()


class Held:
    """Work that ends when it is told to."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.end = threading.Event()

    def __call__(self) -> str:
        self.begun.set()
        assert self.end.wait(20)
        return "held"


async def run(
    made: Inference,
    work: Callable[[], T],
    *,
    seconds: float = FAR,
    characters: int = 1_000,
    gone: Callable[[], Awaitable[None]] = never,
    admitted: bool = False,
) -> T:
    return await made.run(
        work,
        characters=characters,
        until=time.monotonic() + seconds,
        gone=gone,
        admitted=admitted,
    )


async def begun(held: Held) -> None:
    await asyncio.to_thread(held.begun.wait, 20)


def test_requests_are_read_one_at_a_time_in_the_order_of_their_coming() -> None:
    running, most, order = 0, 0, list[int]()

    def work(number: int) -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        time.sleep(0.001)
        order.append(number)
        running -= 1
        return number

    async def scene() -> None:
        with inference(50) as made:
            answers = await asyncio.gather(*(run(made, partial(work, n)) for n in range(30)))
            assert answers == order == list(range(30))

    asyncio.run(scene())
    assert most == 1


def test_so_many_are_read_at_a_time_as_there_are_readers() -> None:
    async def scene() -> None:
        with inference(readers=2) as made:
            held = [Held(), Held()]
            first = [asyncio.create_task(run(made, one)) for one in held]
            for one in held:
                await begun(one)
            third = asyncio.create_task(run(made, lambda: "third"))
            await asyncio.sleep(0.05)
            assert made.waiting == 1
            held[1].end.set()
            assert await third == "third"
            held[0].end.set()
            assert await asyncio.gather(*first) == ["held", "held"]

    asyncio.run(scene())


def test_more_readers_make_the_wait_shorter() -> None:
    async def expected(readers: int) -> float:
        with inference(readers=readers) as made:
            held = Held()
            first = asyncio.create_task(run(made, held, characters=300_000))
            await begun(held)
            wait = made.wait_expected()
            held.end.set()
            await first
            return wait

    one, three = asyncio.run(expected(1)), asyncio.run(expected(3))
    assert one == pytest.approx(3 * three)


def test_what_the_work_raises_reaches_who_asked_and_nobody_else() -> None:
    def fail() -> None:
        raise ValueError("one")

    async def scene() -> None:
        with inference() as made:
            results = await asyncio.gather(
                run(made, lambda: 1), run(made, fail), run(made, lambda: 3), return_exceptions=True
            )
        assert [results[0], results[2]] == [1, 3]
        assert isinstance(results[1], ValueError)

    asyncio.run(scene())


def test_a_full_queue_says_so_at_once_with_a_time_to_wait() -> None:
    async def scene() -> None:
        with inference(most_waiting=2) as made:
            held = Held()
            first = asyncio.create_task(run(made, held))
            await begun(held)
            waiting = [asyncio.create_task(run(made, lambda: "waited")) for _ in range(2)]
            await asyncio.sleep(0)
            assert made.waiting == 2
            with pytest.raises(Busy) as refused:
                await run(made, lambda: "never")
            assert refused.value.retry_after >= 1
            # The further parts of a request that was let in are not refused.
            part = asyncio.create_task(run(made, lambda: "part", admitted=True))
            await asyncio.sleep(0)
            held.end.set()
            assert await asyncio.gather(first, *waiting, part) == [
                "held",
                "waited",
                "waited",
                "part",
            ]

    asyncio.run(scene())


def test_who_would_wait_past_its_deadline_is_told_at_once() -> None:
    async def scene() -> None:
        with inference() as made:
            held = Held()
            first = asyncio.create_task(run(made, held, characters=50_000_000))
            await begun(held)
            assert made.wait_expected() > 1
            began = time.monotonic()
            with pytest.raises(Busy):
                await run(made, lambda: "never", seconds=0.5)
            assert time.monotonic() - began < 0.4
            held.end.set()
            await first

    asyncio.run(scene())


def test_what_is_long_by_itself_may_try_where_nobody_waits() -> None:
    async def scene() -> None:
        with inference() as made:
            held = Held()
            first = asyncio.create_task(run(made, held, characters=50_000_000, seconds=20))
            await begun(held)
            with pytest.raises(Busy):
                await run(made, lambda: "never", characters=50_000_000, seconds=20)
            held.end.set()
            assert await first == "held"

    asyncio.run(scene())


def test_a_deadline_that_passes_ends_the_waiting_and_the_work_is_left_undone() -> None:
    done = list[str]()

    async def scene() -> None:
        with inference() as made:
            held = Held()
            first = asyncio.create_task(run(made, held))
            await begun(held)
            with pytest.raises(DeadlinePassed):
                await run(made, lambda: done.append("late"), seconds=0.05, admitted=True)
            with pytest.raises(DeadlinePassed):
                await run(made, lambda: done.append("too late"), seconds=-1)
            held.end.set()
            assert await first == "held"
            await run(made, lambda: done.append("next"))

    asyncio.run(scene())
    assert done == ["next"]


def test_a_reading_longer_than_the_deadline_is_not_waited_for() -> None:
    async def scene() -> None:
        with inference() as made:
            held = Held()
            with pytest.raises(DeadlinePassed):
                await run(made, held, seconds=0.05)
            held.end.set()
            assert await run(made, lambda: "next") == "next"

    asyncio.run(scene())


def test_nothing_is_read_for_a_client_that_has_gone() -> None:
    done = list[str]()

    async def scene() -> None:
        with inference() as made:
            held = Held()
            first = asyncio.create_task(run(made, held))
            await begun(held)
            left = asyncio.Event()
            waiting = asyncio.create_task(
                run(made, lambda: done.append("for nobody"), gone=lambda: _ends(left))
            )
            await asyncio.sleep(0)
            left.set()
            with pytest.raises(ClientGone):
                await waiting
            held.end.set()
            await first
            await run(made, lambda: done.append("next"))

    asyncio.run(scene())
    assert done == ["next"]


async def _ends(event: asyncio.Event) -> None:
    await event.wait()


def test_work_in_the_background_lets_requests_pass_but_is_not_starved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("safezone.api.inference._PATIENCE", 0.2)
    order = list[str]()

    async def scene() -> None:
        with inference() as made:
            held = Held()
            first = asyncio.create_task(run(made, held))
            await begun(held)
            behind = asyncio.create_task(
                asyncio.to_thread(made.run_behind, lambda: order.append("behind"), characters=1_000)
            )
            await asyncio.sleep(0.05)
            assert made.waiting == 0  # it takes no request's place
            soon = asyncio.create_task(run(made, lambda: order.append("soon")))
            await asyncio.sleep(0.3)
            late = asyncio.create_task(run(made, lambda: order.append("late")))
            await asyncio.sleep(0)
            held.end.set()
            await asyncio.gather(first, soon, behind, late)

    asyncio.run(scene())
    assert order == ["soon", "behind", "late"]


def test_stopping_ends_what_is_read_and_tells_who_waits() -> None:
    async def scene() -> None:
        made = Inference(8)
        held = Held()
        first = asyncio.create_task(run(made, held))
        await begun(held)
        waiting = asyncio.create_task(run(made, lambda: "never"))
        await asyncio.sleep(0)
        stopping = asyncio.create_task(asyncio.to_thread(made.stop))
        await asyncio.sleep(0.05)
        held.end.set()
        assert await first == "held"
        await stopping
        with pytest.raises(Stopped):
            await waiting
        with pytest.raises(Stopped):
            await run(made, lambda: "never")

    asyncio.run(scene())


def test_the_pace_is_that_of_the_texts_read_of_late() -> None:
    async def scene() -> None:
        with inference() as made:
            for _ in range(40):
                await run(made, lambda: time.sleep(0.002), characters=100_000)
            held = Held()
            first = asyncio.create_task(run(made, held, characters=100_000))
            await begun(held)
            # Far less than by the pace it began with, which would be 2 seconds.
            assert 0 < made.wait_expected() < 1
            held.end.set()
            await first

    asyncio.run(scene())
