"""Processes that compute: what dies, hangs or takes too much harms nobody else."""

import asyncio
import importlib
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from pq_common.http.refusals import Unavailable
from pq_tfp.api.compute.errors import ComputationBroken, ComputationTooLarge
from pq_tfp.api.compute.pool import Pool
from pq_tfp.domain.errors import SeriesRefused

CALLS = Path(__file__).parent / "calls"


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("PYTHONPATH", str(CALLS))
    monkeypatch.syspath_prepend(str(CALLS))
    return importlib.import_module("pool_calls")


@pytest.fixture
async def pool(calls: Any) -> AsyncIterator[Pool]:
    made = Pool("pool_calls", size=1, memory_bytes=2 * 1024**3, queue=1)
    async with made.running():
        yield made


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def read_when_written(marker: Path) -> int:
    while not marker.exists() or not (text := marker.read_text(encoding="utf-8")):
        time.sleep(0.02)
    return int(text)


async def until_written(marker: Path) -> int:
    return await asyncio.to_thread(read_when_written, marker)


async def test_a_call_is_answered_from_another_process_and_tells_how_far_it_is(
    pool: Pool, calls: Any
) -> None:
    heard: list[tuple[int, int]] = []
    assert await pool.run(calls.double, 21.0, tell=lambda *far: heard.append(far)) == 42.0
    assert heard == [(1, 2)]
    assert pool.pids == [await pool.run(calls.pid)] != [os.getpid()]


async def test_a_refusal_arrives_whole_and_the_process_serves_on(pool: Pool, calls: Any) -> None:
    before = await pool.run(calls.pid)
    with pytest.raises(SeriesRefused) as refusal:
        await pool.run(calls.refuse)
    assert refusal.value.errors[0].message_vi == "K sai"
    assert refusal.value.errors[0].pointer == "/K/2021"
    assert await pool.run(calls.pid) == before


async def test_a_fault_of_ours_carries_its_traceback(pool: Pool, calls: Any) -> None:
    with pytest.raises(ComputationBroken, match="in break_down"):
        await pool.run(calls.break_down)
    assert await pool.run(calls.print_loudly) == "answer"


async def test_what_takes_too_much_memory_is_refused(pool: Pool, calls: Any) -> None:
    with pytest.raises(ComputationTooLarge):
        await pool.run(calls.take_much)


async def test_a_killed_process_costs_its_caller_nothing(
    pool: Pool, calls: Any, tmp_path: Path
) -> None:
    assert await pool.run(calls.die_once, str(tmp_path / "died")) == "computed again"


async def test_a_process_killed_at_rest_is_replaced(pool: Pool, calls: Any) -> None:
    first = await pool.run(calls.pid)
    os.kill(first, 9)
    assert await pool.run(calls.pid) != first


async def test_a_call_that_kills_every_process_is_given_up(pool: Pool, calls: Any) -> None:
    with pytest.raises(Unavailable):
        await pool.run(calls.die)
    assert await pool.run(calls.double, 1.0) == 2.0


async def test_a_call_that_nobody_waits_for_is_ended_with_its_process(
    pool: Pool, calls: Any, tmp_path: Path
) -> None:
    waiting = asyncio.create_task(pool.run(calls.hang, str(tmp_path / "hangs")))
    pid = await until_written(tmp_path / "hangs")
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not lives(pid)
    assert await pool.run(calls.double, 1.0) == 2.0


async def test_when_too_many_wait_the_next_is_told_to_come_again(
    pool: Pool, calls: Any, tmp_path: Path
) -> None:
    busy = asyncio.create_task(pool.run(calls.hang, str(tmp_path / "hangs")))
    await until_written(tmp_path / "hangs")
    waiting = asyncio.create_task(pool.run(calls.pid))
    await asyncio.sleep(0)
    with pytest.raises(Unavailable) as refusal:
        await pool.run(calls.pid)
    assert refusal.value.extra["retry_after_s"] == 5
    busy.cancel()
    assert await waiting > 0


async def test_leaving_ends_every_process(calls: Any) -> None:
    made = Pool("pool_calls", size=2, memory_bytes=2 * 1024**3, queue=4)
    async with made.running():
        both = await asyncio.gather(made.run(calls.pid), made.run(calls.pid))
    assert not any(lives(pid) for pid in both)
