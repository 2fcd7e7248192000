"""Computations that are large or slow become jobs; a stranger's job is seen by who knows its id and by nobody else."""

import json
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from pq_common.db.session import Database, set_scope
from pq_common.http import job_store
from pq_common.http.issuer import DevelopmentIssuer
from pq_common.testing.api import MakeSettings, OpenClient
from pq_common.testing.fixtures import DatabaseFor
from pq_common.testing.sending import ended
from pq_tfp.app import create_app
from pq_tfp.settings import Settings

PATH = "/tfp/v1/compute/accounting"
BODY: dict[str, Any] = {
    "price_basis": "constant-2010",
    "Y": {"2020": 100.0, "2021": 107.0},
    "K": {"2020": 200.0, "2021": 220.0},
    "L": {"2020": 50.0, "2021": 50.5},
    "beta": {"2021": 0.6},
}


@pytest.fixture
def small(database_for: DatabaseFor, settings_for: MakeSettings) -> Any:
    """Return an application for which everything is too large to be answered at once."""
    settings = settings_for(
        Settings, database_for("pq_tfp"), compute_sync_bytes=10, max_compute_bytes=1000
    )
    return create_app(settings)


async def test_a_body_above_the_limit_is_refused(small: Any, open_client: OpenClient) -> None:
    client = await open_client(small)
    answer = await client.post(PATH, json={**BODY, "vintage": "x" * 1000})
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert answer.json()["limit_bytes"] == 1000


async def test_a_large_computation_becomes_a_job_with_the_same_answer(
    small: Any, open_client: OpenClient
) -> None:
    client = await open_client(small)
    accepted = await client.post(PATH, json=BODY)
    assert accepted.status_code == 202
    assert accepted.headers["location"] == accepted.json()["follow"]
    job = await ended(client, accepted.json()["follow"])
    assert (job["state"], job["done"], job["total"]) == ("done", 1, 1)
    assert job["result"]["years"]["2021"]["contribution_A"] == pytest.approx(2.4, abs=1e-12)


async def test_a_refused_job_names_field_and_year(small: Any, open_client: OpenClient) -> None:
    client = await open_client(small)
    accepted = await client.post(PATH, json={**BODY, "K": {"2020": 200, "2021": 0}})
    job = await ended(client, accepted.json()["follow"])
    assert job["state"] == "failed"
    assert job["error"]["errors"][0]["pointer"] == "/K/2021"


async def test_progress_is_sent_as_it_happens(small: Any, open_client: OpenClient) -> None:
    client = await open_client(small)
    follow = (await client.post(PATH, json=BODY)).json()["follow"]
    events = (await client.get(f"{follow}/events")).text
    assert "event: done" in events
    assert '"engine":"VN-OFFICIAL"' in events


async def test_a_stranger_sees_only_the_job_whose_id_it_knows(
    small: Any, open_client: OpenClient, issuer: DevelopmentIssuer
) -> None:
    stranger = await open_client(small)
    follow = (await stranger.post(PATH, json=BODY)).json()["follow"]
    other = follow.rpartition("/")[0] + f"/{uuid4()}"
    assert (await stranger.get(other)).status_code == 404
    officer = await open_client(
        small, token=issuer.token("province-officer", places=["vn-31-2025"])
    )
    assert (await officer.get(follow)).status_code == 404
    mine = (await officer.post(PATH, json=BODY)).json()["follow"]
    assert (await officer.get(mine)).status_code == 200
    assert (await stranger.get(mine)).status_code == 404


async def test_no_name_in_a_token_opens_the_jobs_of_strangers(
    small: Any, open_client: OpenClient, issuer: DevelopmentIssuer
) -> None:
    stranger = await open_client(small)
    follow = (await stranger.post(PATH, json=BODY)).json()["follow"]
    for name in ("public", "public:", "*"):
        token = issuer.token("agency", subject=name)
        assert (await (await open_client(small, token=token)).get(follow)).status_code == 404


async def test_the_second_wall_hides_strangers_jobs_from_one_another(
    small: Any, open_client: OpenClient
) -> None:
    client = await open_client(small)
    first, second = [(await client.post(PATH, json=BODY)).json()["job"]["id"] for _ in range(2)]
    database: Database = small.state.database
    for owner, seen in (
        ("public", []),
        (f"public:{first}", [first]),
        (f"public:{second}", [second]),
    ):
        async with database.sessions.begin() as session:
            await set_scope(session, frozenset(), actor=owner)
            ids = (await session.execute(text("SELECT id::text FROM job"))).scalars().all()
            assert list(ids) == seen


async def test_what_was_sent_is_forgotten_when_the_job_has_ended(
    small: Any, open_client: OpenClient
) -> None:
    client = await open_client(small)
    accepted = (await client.post(PATH, json=BODY)).json()
    await ended(client, accepted["follow"])
    async with job_store.runners_session(small.state.database) as session:
        kept = await job_store.file_of(session, accepted["job"]["id"])
    assert kept is not None
    assert kept.content == b""


async def test_a_slow_computation_is_handed_on_to_a_job_and_not_begun_again(
    database_for: DatabaseFor, settings_for: MakeSettings, open_client: OpenClient
) -> None:
    settings = settings_for(Settings, database_for("pq_tfp"), compute_sync_seconds=0.001)
    client = await open_client(create_app(settings))
    accepted = await client.post(PATH, json=BODY)
    assert accepted.status_code == 202, accepted.text
    job = await ended(client, accepted.json()["follow"])
    assert job["result"]["engine"] == "VN-OFFICIAL"


async def test_a_job_that_takes_too_long_is_ended(
    database_for: DatabaseFor, settings_for: MakeSettings, open_client: OpenClient
) -> None:
    settings = settings_for(
        Settings, database_for("pq_tfp"), compute_sync_seconds=0.001, compute_job_seconds=0.001
    )
    client = await open_client(create_app(settings))
    accepted = await client.post(PATH, json=BODY)
    job = await ended(client, accepted.json()["follow"])
    assert (job["state"], job["error"]["code"]) == ("failed", "computation_too_long")


async def test_a_number_twice_or_a_broken_body_is_refused(caller: Any) -> None:
    client = await caller()
    twice = json.dumps(BODY).replace('"2021": 107.0', '"2021": 107.0, "2021": 108.0')
    answer = await client.post(PATH, content=twice, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    found = answer.json()["errors"][0]
    assert (found["pointer"], found["code"]) == ("/Y/2021", "duplicated")
    for body, status in (("{", 400), ("", 400), ("[]", 422), ('{"engine": "MAGIC"}', 422)):
        answer = await client.post(PATH, content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == status, body
    assert (await client.post(PATH, content="x")).status_code == 415
