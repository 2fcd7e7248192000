"""A series declared in error: withdrawn with the reason and by whom, never deleted, and never computed from again."""

import json
from typing import Any

import asyncpg
import pytest
from services.tfp.tests.api.asking import (
    HAI_DUONG,
    HAI_PHONG,
    MERGED,
    RUNS,
    SERIES,
    declare,
    made,
    published,
    run,
    series,
)
from sqlalchemy import text, update

from pq_common.db import scoping
from pq_common.db.provision import Urls
from pq_common.db.session import Database, connect_args
from pq_common.places import NATION
from pq_common.testing.api import command
from pq_common.testing.sending import ended
from pq_tfp.domain.running.compute import recompute
from pq_tfp.storage.tables import Series

WHY = {"reason": "nhập nhầm cột của tỉnh khác"}


async def withdrawn(client: Any, series_id: str, **said: Any) -> Any:
    return await client.post(f"{SERIES}/{series_id}/withdrawal", json=WHY | said, headers=command())


async def id_of(client: Any, measure: str, place: str = HAI_PHONG) -> str:
    found = (await client.get(SERIES, params={"measure": measure, "place": place})).json()["items"]
    assert len(found) == 1
    return str(found[0]["id"])


@pytest.fixture
async def officer(caller: Any) -> Any:
    client = await caller("province-officer", places=[MERGED])
    await declare(client, HAI_PHONG)
    return client


async def test_a_withdrawal_says_why_in_words_and_without_personal_numbers(officer: Any) -> None:
    wrong = await id_of(officer, "K")
    for reason in ("", "x", None, "của bà 001099012345"):
        answer = await withdrawn(officer, wrong, reason=reason)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/reason")
    assert (await officer.get(f"{SERIES}/{wrong}")).json()["withdrawn_at"] is None


async def test_nobody_withdraws_what_is_not_hers_or_was_withdrawn(
    officer: Any, caller: Any
) -> None:
    ministry, other = (
        await caller("ministry-admin"),
        await caller("province-officer", places=["vn-33-2025"]),
    )
    index = series(NATION, "P_I")
    national = (await ministry.post(SERIES, json=index, headers=command())).json()["id"]
    mine = await id_of(officer, "K")
    for client, one in ((other, mine), (officer, national), (officer, "nowhere")):
        answer = await withdrawn(client, one)
        assert (answer.status_code, answer.json()["code"]) == (404, "series_not_found")
    assert (await officer.get(f"{SERIES}/{national}")).status_code == 200
    assert (await withdrawn(officer, mine)).status_code == 200
    again = await withdrawn(officer, mine)
    assert (again.status_code, again.json()["code"]) == (409, "series_already_withdrawn")


async def test_later_runs_and_completeness_do_not_take_it_and_name_what_is_missing(
    officer: Any,
) -> None:
    await declare(officer, HAI_DUONG)
    asked = {"place_id": MERGED, "vintage": "v1"}
    assert (await officer.get(f"{SERIES}/completeness", params=asked)).json()["complete"]
    await withdrawn(officer, await id_of(officer, "K"))
    report = (await officer.get(f"{SERIES}/completeness", params=asked)).json()
    assert {fault["code"] for fault in report["faults"]} == {"series_missing"}
    answer = await run(officer)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/K")


async def test_a_run_made_from_it_keeps_its_bundle_says_so_and_is_not_published_any_more(
    officer: Any,
) -> None:
    told, kept = await made(officer), await made(officer, engine="TORNQVIST")
    await published(officer, kept["id"])
    wrong = await id_of(officer, "K")
    await withdrawn(officer, wrong)
    for one in (told, kept):
        assert one["withdrawn_series"] == []
        assert (await officer.get(f"{RUNS}/{one['id']}")).json()["withdrawn_series"] == [wrong]
        bundle = (await officer.get(f"{RUNS}/{one['id']}/bundle")).json()
        assert recompute(bundle).same
    listed = {item["id"]: item for item in (await officer.get(RUNS)).json()["items"]}
    assert listed[told["id"]]["withdrawn_series"] == [wrong]
    assert listed[kept["id"]]["published_at"] is not None
    answer = await published(officer, told["id"])
    assert (answer.status_code, answer.json()["code"]) == (409, "run_series_withdrawn")


async def test_it_stays_on_record_and_the_right_one_takes_its_vintage(officer: Any) -> None:
    wrong = await id_of(officer, "K")
    before = await officer.get(f"{SERIES}/{wrong}")
    gone = (await withdrawn(officer, wrong)).json()
    assert (gone["withdrawal_reason"], gone["values"]) == (WHY["reason"], before.json()["values"])
    assert gone["withdrawn_by"].startswith("dev:province-officer")
    after = await officer.get(
        f"{SERIES}/{wrong}", headers={"If-None-Match": before.headers["etag"]}
    )
    assert (after.status_code, after.json()) == (200, gone)
    right = series(HAI_PHONG, "K", values={str(y): "300" for y in range(2015, 2025)})
    assert (await officer.post(SERIES, json=right, headers=command())).status_code == 201
    again = await officer.post(SERIES, json=right, headers=command())
    assert (again.status_code, again.json()["code"]) == (409, "series_already_declared")
    side_by_side = (await officer.get(f"{SERIES}/{wrong}/vintages")).json()
    assert [one["withdrawn_at"] is None for one in side_by_side] == [False, True]
    run_again = await made(officer)
    assert {one["id"] for one in run_again["inputs"]["series"]}.isdisjoint({wrong})


async def test_what_was_in_force_is_asked_by_what_was_known(officer: Any) -> None:
    wrong = await id_of(officer, "K")
    told = (await officer.get(f"{SERIES}/{wrong}")).json()

    async def in_force(**asked: Any) -> set[str]:
        day = {"measure": "K", "valid_at": "2100-01-01", **asked}
        return {one["id"] for one in (await officer.get(SERIES, params=day)).json()["items"]}

    assert await in_force() == {wrong}
    await withdrawn(officer, wrong)
    assert await in_force() == set()
    assert await in_force(known_at=told["recorded_at"]) == {wrong}
    listed = (await officer.get(SERIES, params={"withdrawn": True})).json()["items"]
    assert [one["id"] for one in listed] == [wrong]
    kept = (await officer.get(SERIES, params={"withdrawn": False, "measure": "K"})).json()["items"]
    assert kept == []


async def test_the_withdrawal_is_announced_without_saying_who(officer: Any, urls: Urls) -> None:
    wrong = await id_of(officer, "K")
    await withdrawn(officer, wrong)
    connection = await asyncpg.connect(**connect_args(urls.worker))
    try:
        rows = await connection.fetch(
            "SELECT event_type, aggregate_version, payload FROM event_log WHERE aggregate_id = $1 ORDER BY seq",
            wrong,
        )
    finally:
        await connection.close()
    kinds = ("declared", "state", "withdrawn", "state")
    assert [(row["event_type"], row["aggregate_version"]) for row in rows] == [
        (f"pq.tfp.tfp-series.{kind}.v1", version)
        for kind, version in zip(kinds, (1, 1, 2, 2), strict=True)
    ]
    said, state = (json.loads(row["payload"]) for row in rows[2:])
    assert said["reason"] == WHY["reason"]
    assert said["series"] == state["series"]
    assert (said["series"]["withdrawal_reason"], said["series"]["measure"]) == (WHY["reason"], "K")
    assert "province-officer" not in bytes(rows[2]["payload"]).decode()


async def test_a_publication_names_the_series_in_a_fixed_order(officer: Any, urls: Urls) -> None:
    """Who hears that one of them was withdrawn afterwards can then say which results it concerns."""
    told = await made(officer)
    await published(officer, told["id"])
    query = "SELECT payload FROM event_log WHERE aggregate_id = $1 ORDER BY seq"
    connection = await asyncpg.connect(**connect_args(urls.worker))
    try:
        event, state = [
            json.loads(row["payload"]) for row in await connection.fetch(query, told["id"])
        ]
    finally:
        await connection.close()
    used = [one["id"] for one in told["inputs"]["series"]]
    assert await id_of(officer, "K") in used
    assert event["result"]["series"] == sorted(used)
    assert event["result"] == state["result"]


async def test_either_wall_keeps_an_officer_from_changing_the_series_of_others(
    officer: Any, caller: Any, urls: Urls
) -> None:
    ministry = await caller("ministry-admin")
    await ministry.post(SERIES, json=series(NATION, "P_I"), headers=command())
    await declare(ministry, "vn-33-1997", ["Y"])
    change = update(Series).values(withdrawal_reason="x").returning(Series.place_id)
    database = Database(urls.api)
    try:
        async with (
            database.sessions.begin() as session
        ):  # the first wall alone: the database is told everything
            await session.execute(text("SELECT set_config('pq.places', '*', true)"))
            scoping.remember(session, frozenset([HAI_PHONG]))
            assert set((await session.execute(change)).scalars()) == {HAI_PHONG}
            await session.rollback()
        async with (
            database.sessions.begin() as session
        ):  # the second wall alone: the session was told nothing
            await session.execute(text(f"SELECT set_config('pq.places', '{HAI_PHONG}', true)"))
            assert set((await session.execute(change)).scalars()) == {HAI_PHONG}
    finally:
        await database.close()


async def test_the_right_one_may_be_imported_under_the_same_vintage(officer: Any) -> None:
    head = "place_id,measure,kind,price_basis,unit,vintage,source,2023,2024"
    row = f"{HAI_PHONG},K,stock,constant-2015,tỷ đồng,v1,minh họa,300,310"
    sent = f"{head}\n{row}\n".encode()

    async def imported() -> dict[str, Any]:
        answer = await officer.post(
            f"{SERIES}/imports", content=sent, headers={**command(), "Content-Type": "text/csv"}
        )
        return (await ended(officer, answer.json()["follow"]))["result"]

    refused = await imported()
    assert (refused["applied"], refused["faults"][0]["code"]) == (False, "series_already_declared")
    await withdrawn(officer, await id_of(officer, "K"))
    receipt = await imported()
    assert (receipt["applied"], receipt["new"]) == (True, 1)
