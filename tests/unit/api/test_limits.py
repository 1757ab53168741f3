"""Rates by caller, with headers that tell what is left."""

import asyncio
import re

import pytest

from safezone.api.limits import RateLimits, TooManyRequests
from safezone.errors import InvalidSettings


def test_a_caller_has_its_rate_and_then_none() -> None:
    async def scene() -> None:
        rates = RateLimits("3/minute", None)
        for left in (2, 1, 0):
            headers = await rates.take("key:one")
            assert headers["ratelimit-policy"] == '"3-in-60s";q=3;w=60'
            assert headers["ratelimit"].startswith(f'"3-in-60s";r={left};t=')
        with pytest.raises(TooManyRequests) as refused:
            await rates.take("key:one")
        assert 1 <= int(refused.value.headers["retry-after"]) <= 60
        assert "r=0" in refused.value.headers["ratelimit"]
        await rates.take("key:other")

    asyncio.run(scene())


def test_a_batch_counts_for_each_of_its_proposals_or_for_none() -> None:
    async def scene() -> None:
        rates = RateLimits("10/minute", None)
        assert "r=2;" in (await rates.take("a", 8))["ratelimit"]
        with pytest.raises(TooManyRequests):
            await rates.take("a", 3)
        assert "r=0;" in (await rates.take("a", 2))["ratelimit"]

    asyncio.run(scene())


def test_of_several_rates_each_holds_and_the_tightest_is_told() -> None:
    async def scene() -> None:
        rates = RateLimits("100/minute;4/hour", None)
        assert rates.most_at_once == 4
        headers = await rates.take("a", 3)
        assert headers["ratelimit-policy"] == '"100-in-60s";q=100;w=60, "4-in-3600s";q=4;w=3600'
        assert re.fullmatch(r'"4-in-3600s";r=1;t=\d+', headers["ratelimit"])
        with pytest.raises(TooManyRequests):
            await rates.take("a", 2)
        # The refused two count for nothing against the other rate either.
        assert '"4-in-3600s";r=0' in (await rates.take("a", 1))["ratelimit"]

    asyncio.run(scene())


def test_everybody_is_let_through_where_counting_fails() -> None:
    async def scene() -> None:
        rates = RateLimits("1/minute", "redis://127.0.0.1:1")
        for _ in range(3):
            assert await rates.take("a") == {}

    asyncio.run(scene())


def test_a_store_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidSettings, match="SAFEZONE_RATE_STORE"):
        RateLimits("1/minute", "nonsense")
