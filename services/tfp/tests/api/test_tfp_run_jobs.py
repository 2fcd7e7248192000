"""A stored run that is large or slow: a job, whose result is the run; it holds up nobody and is not lost with its process."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import httpx
import pytest
from services.tfp.tests.api.asking import HAI_DUONG, HAI_PHONG, RUNS, declare
from services.tfp.tests.domain.running_series import levels, wanted
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from pq_common.db import signals
from pq_common.db.session import Database, set_scope
from pq_common.http import job_store
from pq_common.http.auth import actor_of
from pq_common.http.issuer import DevelopmentIssuer
from pq_common.http.job_store import Claim
from pq_common.testing.api import MakeSettings, OpenClient, command
from pq_common.testing.fixtures import DatabaseFor
from pq_common.testing.sending import ended
from pq_tfp.api.compute import official
from pq_tfp.api.run_orders import RUN, kinds, order_of
from pq_tfp.app import create_app
from pq_tfp.domain.running.compute import compute
from pq_tfp.settings import Settings

ASKED = {"place_id": HAI_PHONG, "boundary": "2021", "vintage": "v1"}


@pytest.fixture
def app_of(database_for: DatabaseFor, settings_for: MakeSettings) -> Any:
    """Return ``app_of(compute_sync_bytes=10)``: applications of one database, as processes of one service are."""
    urls = database_for("pq_tfp")
    usual = {"mode": "demo", "compute_sync_seconds": 300.0}
    return lambda **changes: create_app(settings_for(Settings, urls, **{**usual, **changes}))


@pytest.fixture
def officer_of(open_client: OpenClient, issuer: DevelopmentIssuer) -> Any:
    """Return ``await officer_of(app)``."""

    async def officer(app: Any, **claims: Any) -> httpx.AsyncClient:
        token = issuer.token("province-officer", places=[HAI_PHONG], **claims)
        return await open_client(app, token=token)

    return officer


async def left(client: httpx.AsyncClient, **asked: Any) -> dict[str, Any]:
    """Return the receipt of a run that became a job."""
    answer = await client.post(RUNS, json={**ASKED, **asked}, headers=command())
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == answer.json()["follow"]
    receipt: dict[str, Any] = answer.json()
    return receipt


@pytest.mark.parametrize("place", ["vn", HAI_DUONG])
async def test_a_place_that_is_not_the_callers_is_refused_as_a_job_exactly_as_at_once(
    app_of: Any, officer_of: Any, place: str
) -> None:
    quick, slow = await officer_of(app_of()), await officer_of(app_of(compute_sync_bytes=10))
    answers = [
        await officer.post(RUNS, json={**ASKED, "place_id": place}, headers=command())
        for officer in (quick, slow)
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    at_once, as_job = ({**answer.json(), "trace_id": "", "instance": ""} for answer in answers)
    assert at_once == as_job
    assert (as_job["code"], as_job["errors"][0]["pointer"]) == ("place_out_of_scope", "/place_id")


async def test_a_job_keeps_nothing_outside_the_scope_that_its_caller_had(app_of: Any) -> None:
    officer = actor_of({"sub": "officer", "roles": ["province-officer"], "places": [HAI_PHONG]})
    asked, series = wanted(place_id=HAI_DUONG), levels(HAI_DUONG)
    order = order_of(asked, series, mode="demo", actor=officer)
    claim = Claim(uuid4(), RUN, officer.id, order.remembered, "of this runner")
    database: Database = app_of().state.database
    with pytest.raises(DBAPIError, match="row-level security"):
        async with job_store.runners_session(database) as session:
            await kinds()[RUN].keep(session, claim, compute(asked, series))
    await database.close()


async def test_what_cannot_be_computed_ends_the_job_and_names_the_series(
    app_of: Any, officer_of: Any
) -> None:
    officer = await officer_of(app_of(compute_sync_bytes=10))
    job = await ended(officer, (await left(officer))["follow"])
    assert job["state"] == "failed"
    assert {"/Y", "/K", "/L"} <= {error["pointer"] for error in job["error"]["errors"]}
    assert (await officer.get(RUNS)).json()["items"] == []


async def test_a_key_is_not_used_for_another_run_and_repeats_the_same_receipt(
    app_of: Any, officer_of: Any
) -> None:
    officer, key = await officer_of(app_of(compute_sync_bytes=10)), command()
    first = await officer.post(RUNS, json=ASKED, headers=key)
    other = await officer.post(RUNS, json={**ASKED, "seed": 7}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    again = await officer.post(RUNS, json=ASKED, headers=key)
    assert again.headers["idempotency-replayed"] == "true"
    assert (again.status_code, again.json()) == (202, first.json())


async def test_a_job_keeps_the_very_run_that_is_answered_at_once_elsewhere(
    app_of: Any, officer_of: Any
) -> None:
    quick, slow = await officer_of(app_of()), await officer_of(app_of(compute_sync_seconds=0.001))
    await declare(quick, HAI_PHONG)
    answer = await quick.post(RUNS, json=ASKED, headers=command())
    assert answer.status_code == 201, answer.text
    receipt = await left(slow)
    events = (await slow.get(f"{receipt['follow']}/events")).text
    assert "event: done" in events
    run = (await ended(slow, receipt["follow"]))["result"]
    assert run["bundle_sha256"] == answer.json()["bundle_sha256"]
    assert run["id"] != answer.json()["id"]
    assert (await quick.get(f"{RUNS}/{run['id']}")).json() == run


@pytest.mark.parametrize("request_of_before", [False, True], ids=["now", "before"])
async def test_a_run_whose_process_was_killed_is_computed_by_the_next(
    app_of: Any, officer_of: Any, monkeypatch: pytest.MonkeyPatch, *, request_of_before: bool
) -> None:
    monkeypatch.setattr(signals, "after_commit", lambda *_: None)  # or its runners would wake
    asleep = app_of(compute_sync_bytes=10, poll_interval_s=3600)
    officer = await officer_of(asleep)
    await declare(officer, HAI_PHONG)
    await asyncio.sleep(0.2)  # its runners have looked once, and look again in an hour
    receipt = await left(officer)
    database: Database = asleep.state.database
    async with job_store.runners_session(database) as session:
        if request_of_before:  # jobs did not remember who left them
            await session.execute(text("UPDATE job SET result = result #- '{request,actor}'"))
        dead = await job_store.claim(session, [RUN], "a process that is killed now")
        await session.execute(text("UPDATE job SET updated_at = now() - interval '2 minutes'"))
    assert dead is not None
    assert (await officer.get(receipt["follow"])).json()["state"] == "running"
    job = await ended(await officer_of(app_of()), receipt["follow"])
    assert (job["state"], job["result"]["place_id"]) == ("done", HAI_PHONG)
    async with database.sessions.begin() as session:
        await set_scope(session, frozenset([HAI_PHONG]))
        kept = (await session.execute(text("SELECT computed_by FROM run"))).scalars().all()
    assert kept == [dead.actor]


async def test_what_was_read_for_a_run_is_forgotten_when_its_job_has_ended(
    app_of: Any, officer_of: Any
) -> None:
    app = app_of(compute_sync_bytes=10)
    officer = await officer_of(app)
    receipt = await left(officer)
    await ended(officer, receipt["follow"])
    async with job_store.runners_session(app.state.database) as session:
        kept = await job_store.file_of(session, receipt["job"]["id"])
    assert kept is not None
    assert kept.content == b""


def long_computation() -> bytes:
    units = 2_000
    rows = {name: list(official.EXAMPLE[name].values()) for name in "YKL"}
    panel = {
        "units": [f"u{at}" for at in range(units)], "years": [2020, 2021, 2022],
        "y": {"Y": [rows["Y"]] * units}, "x": {name: [rows[name]] * units for name in "KL"},
        "z": {"beta": [[0.6, 0.6, 0.6]] * units},
    }  # fmt: skip
    asked = {"price_basis": "constant-2010", "panel": panel, "uncertainty": {"draws": 100_000}}
    return json.dumps(asked).encode()


async def test_runs_that_wait_hold_no_connection_and_stop_nobody(
    app_of: Any, officer_of: Any
) -> None:
    app = app_of(compute_processes=1, compute_sync_seconds=3600, database_pool_size=1)
    officer = await officer_of(app)
    await declare(officer, HAI_PHONG)
    busy = asyncio.create_task(
        officer.post(
            "/tfp/v1/compute/accounting", content=long_computation(),
            headers={"Content-Type": "application/json"},
        )
    )  # fmt: skip
    await asyncio.sleep(0.2)
    waiting = [
        asyncio.create_task(officer.post(RUNS, json=ASKED, headers=command())) for _ in range(4)
    ]
    done, _ = await asyncio.wait(waiting, timeout=1)
    assert not done
    async with asyncio.timeout(20):  # of two connections at most, none is taken
        answers = await asyncio.gather(*(officer.get("/tfp/v1/series") for _ in range(8)))
    assert [answer.status_code for answer in answers] == [200] * 8
    assert not any(one.done() for one in (busy, *waiting))
    for one in (busy, *waiting):
        one.cancel()
    await asyncio.gather(busy, *waiting, return_exceptions=True)
