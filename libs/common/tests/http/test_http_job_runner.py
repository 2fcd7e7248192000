"""A runner takes jobs one by one; what goes wrong in one, or around it, does not stop those behind."""

import asyncio
import zlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from structlog.testing import capture_logs

from pq_common.db.provision import Urls
from pq_common.db.session import Database
from pq_common.http import job_store
from pq_common.http.issuer import DevelopmentIssuer
from pq_common.http.job_runner import MOST_TRIES, JobRunner, Lost, Progress
from pq_common.testing.fixtures import administer, run_apart


async def test_a_job_whose_runner_died_is_taken_over_once(
    urls: Urls, make_app: Callable[..., Any], open_client, issuer: DevelopmentIssuer
) -> None:
    database = Database(urls.api)
    seen: list[str] = []
    try:
        async with job_store.runners_session(database) as session:
            job_id = UUID(int=7)
            await job_store.enqueue(session, job_id=job_id, kind="k", actor="a", request={})
        async with job_store.runners_session(database) as session:
            dead = await job_store.claim(session, ["k"], "dead")
        assert dead is not None

        async def work(database: Database, claim: job_store.Claim, progress: Progress) -> None:
            seen.append(claim.token)

        runner = JobRunner({"k": work}, poll_s=0.01)
        assert not await runner.once(database)
        run_apart(
            administer(urls.worker, "UPDATE job SET updated_at = now() - interval '2 minutes'")
        )
        assert await runner.once(database)
        assert len(seen) == 1
        with pytest.raises(Lost):
            await Progress(database, dead).tell()
        async with job_store.runners_session(database) as session:
            assert not await job_store.finish(session, dead, {}, counts={})
    finally:
        await database.close()


async def test_a_job_that_ends_its_runners_again_and_again_is_given_up(urls: Urls) -> None:
    database, begun = Database(urls.api), []

    async def work(database: Database, claim: job_store.Claim, progress: Progress) -> None:
        begun.append(claim.tries)
        raise OSError("stands for the end of the process: the job is left as it is")

    try:
        async with job_store.runners_session(database) as session:
            await job_store.enqueue(session, job_id=UUID(int=1), kind="k", actor="a", request={})
        runner = JobRunner({"k": work}, poll_s=0.01)
        for _ in range(MOST_TRIES):
            with pytest.raises(OSError, match="stands for"):
                await runner.once(database)
            run_apart(administer(urls.worker, "UPDATE job SET updated_at = now() - interval '2 minutes'"))  # fmt: skip
        assert await runner.once(database)
        assert begun == list(range(1, MOST_TRIES + 1))
        async with job_store.runners_session(database) as session:
            row = await job_store.find(session, UUID(int=1), actor="a")
        assert row is not None
        assert (row.state, row.error["code"]) == ("failed", "job_given_up")
        assert not await runner.once(database)
    finally:
        await database.close()


class Unforeseen(Exception):
    """Of no kind that anybody lists."""


@pytest.mark.parametrize(
    "fault", [KeyError("nobody foresaw this"), Unforeseen(), zlib.error("of a library")], ids=repr
)
async def test_a_fault_in_one_job_does_not_stop_the_next(urls: Urls, fault: Exception) -> None:
    database = Database(urls.api)
    try:
        for number in (1, 2):
            async with job_store.runners_session(database) as session:
                await job_store.enqueue(
                    session, job_id=UUID(int=number), kind="k", actor="a", request={}
                )

        async def work(database: Database, claim: job_store.Claim, progress: Progress) -> None:
            if claim.id.int == 1:
                raise fault
            async with job_store.runners_session(database) as session:
                await job_store.finish(session, claim, {"fine": True}, counts={})

        runner = JobRunner({"k": work}, poll_s=0.01)
        assert [await runner.once(database) for _ in range(3)] == [True, True, False]
        async with job_store.runners_session(database) as session:
            first = await job_store.find(session, UUID(int=1), actor="a")
            second = await job_store.find(session, UUID(int=2), actor="a")
        assert first is not None
        assert second is not None
        assert (first.state, first.error["code"]) == ("failed", "job_broken")
        assert (second.state, second.result["answer"]) == ("done", {"fine": True})
    finally:
        await database.close()


async def test_a_runner_that_meets_what_nobody_foresaw_rests_and_goes_on(
    urls: Urls, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, asked, done = Database(urls.api), 0, asyncio.Event()
    claim = job_store.claim

    async def claim_with_a_fault(*given: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise Unforeseen
        return await claim(*given)

    async def work(database: Database, claim: job_store.Claim, progress: Progress) -> None:
        done.set()

    try:
        async with job_store.runners_session(database) as session:
            await job_store.enqueue(session, job_id=UUID(int=1), kind="k", actor="a", request={})
        monkeypatch.setattr(job_store, "claim", claim_with_a_fault)
        with capture_logs() as lines:
            async with JobRunner({"k": work}, poll_s=0.01).running(app):
                await asyncio.wait_for(done.wait(), 5)
        [told] = [line for line in lines if line["event"] == "jobs_failed"]
        assert isinstance(told["exc_info"], Unforeseen)
    finally:
        await database.close()
