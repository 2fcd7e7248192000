"""Series of the nation: every office computes with them, and the ministry alone writes them; either wall holds by itself."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from sqlalchemy import func, select

from pq_common.db.provision import Urls
from pq_common.db.session import Database, connect_args, set_scope
from pq_common.places import NATION
from pq_common.testing.api import command
from pq_tfp.storage.tables import Run, Series, SeriesValue

SERIES, RUNS = "/tfp/v1/series", "/tfp/v1/runs"
HAI_PHONG, HAI_DUONG = "vn-31-1997", "vn-30-1997"
FIRST, LAST = 2015, 2023
COUNTED = "SELECT count(*) FROM series"
COPY = """INSERT INTO series (id, mode, place_id, industry, measure, kind, unit, vintage, source, is_synthetic, recorded_at)
 VALUES ('x', 'demo', $1, 'total', 'P_I', 'index', 'năm gốc = 1', 'v9', 'minh họa', true, now())"""


def told(place: str, measure: str, first: float, growth: float, **changes: Any) -> dict[str, Any]:
    values = {str(y): f"{first * growth ** (y - FIRST):.6f}" for y in range(FIRST, LAST + 1)}
    return {
        "place_id": place, "measure": measure, "kind": "flow", "price_basis": "current", "unit": "tỷ đồng",
        "vintage": "v1", "source": "minh họa", "values": values, "is_synthetic": True, **changes,
    }  # fmt: skip


def of_the_nation() -> list[dict[str, Any]]:
    """Coefficients of three industries, a price index of investment, and capital formation over social investment."""
    share = {"kind": "share", "price_basis": None, "unit": "phần của 1"}
    index = {"kind": "index", "price_basis": None, "unit": "năm gốc = 1"}
    coefficients = [
        told(NATION, "beta", beta, 1, industry=industry, vintage="io-2019", **share)
        for industry, beta in (("A", 0.8), ("C", 0.5), ("G", 0.6))
    ]
    prices = told(NATION, "P_I", 1, 1.03, **index)
    return [*coefficients, prices, told(NATION, "investment_ratio", 0.75, 1, **share)]


def of_a_place(place: str = HAI_PHONG) -> list[dict[str, Any]]:
    """What an office has itself: no coefficients, no price index, realised social investment instead of capital formation."""
    output = told(place, "Y", 100, 1.07, price_basis=f"constant-{FIRST}")
    workers = told(place, "L", 900, 1.01, kind="stock", price_basis=None, unit="nghìn người")
    added = [
        told(place, "VA", first, 1.1, industry=i) for i, first in (("A", 20), ("C", 50), ("G", 30))
    ]
    return [output, workers, told(place, "social_investment", 40, 1.12), *added]


ASKED = {
    "place_id": HAI_PHONG, "boundary": "2021", "vintage": "v1", "first_year": 2019,
    "vintages": {"beta": "io-2019"}, "share": {"method": "IO_FIXED"}, "capital": {"method": "PIM"},
}  # fmt: skip


async def declare(client: Any, *series: dict[str, Any]) -> None:
    for one in series:
        answer = await client.post(SERIES, json=one, headers=command())
        assert answer.status_code == 201, answer.text


@pytest.fixture
async def ministry(caller: Any) -> Any:
    """The ministry, which has declared series of the nation and of another place than the officer's."""
    client = await caller("ministry-analyst")
    await declare(client, *of_the_nation(), *of_a_place(HAI_DUONG))
    return client


@pytest.fixture
async def officer(ministry: Any, caller: Any) -> Any:
    client = await caller("province-officer", places=[HAI_PHONG])
    await declare(client, *of_a_place())
    return client


async def test_an_officer_declares_nothing_for_the_nation(officer: Any) -> None:
    prices = next(one for one in of_the_nation() if one["measure"] == "P_I")
    for told_again in (prices, {**prices, "vintage": "v2"}):
        answer = await officer.post(SERIES, json=told_again, headers=command())
        assert (answer.status_code, answer.json()["code"]) == (404, "place_out_of_scope")
        assert answer.json()["errors"][0]["pointer"] == "/place_id"


async def test_runs_of_the_nation_and_series_of_other_places_stay_hidden(
    officer: Any, ministry: Any
) -> None:
    assert {one["place_id"] for one in (await officer.get(SERIES)).json()["items"]} == {
        HAI_PHONG,
        NATION,
    }
    others = (await ministry.get(SERIES, params={"place": HAI_DUONG})).json()["items"]
    assert (await officer.get(f"{SERIES}/{others[0]['id']}")).status_code == 404
    refused = await officer.post(
        RUNS, json={**ASKED, "place_id": NATION, "engine": "CCD"}, headers=command()
    )
    assert refused.status_code in {404, 422}


async def test_who_has_no_place_reads_no_series_of_the_nation(ministry: Any, caller: Any) -> None:
    nowhere = await caller("province-officer", places=[])
    assert (await nowhere.get(SERIES)).json()["items"] == []


async def test_a_run_without_the_nations_series_names_what_is_missing(caller: Any) -> None:
    officer = await caller("province-officer", places=[HAI_PHONG])
    await declare(officer, *of_a_place())
    answer = await officer.post(RUNS, json=ASKED, headers=command())
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "series_missing")


async def test_a_run_of_a_province_uses_the_nations_coefficients_prices_and_ratio(
    officer: Any, ministry: Any
) -> None:
    answer = await officer.post(RUNS, json=ASKED, headers=command())
    assert answer.status_code == 201, answer.text
    run = answer.json()
    assert run["results"]["share_method"] == "IO_FIXED"
    assert run["results"]["period"]["beta"] == pytest.approx(0.2 * 0.8 + 0.5 * 0.5 + 0.3 * 0.6)
    assert "INVESTMENT_FROM_SOCIAL" in run["warnings"]
    used = {one["measure"] for one in run["inputs"]["series"] if one["place_id"] == NATION}
    assert used == {"beta", "P_I", "investment_ratio"}
    same = (await ministry.post(RUNS, json=ASKED, headers=command())).json()
    assert same["bundle_sha256"] == run["bundle_sha256"]


@pytest.fixture
async def by_hand(urls: Urls) -> AsyncIterator[Any]:
    """A connection made by hand under the API's role: the policies alone stand."""
    connection = await asyncpg.connect(**connect_args(urls.api))
    yield connection
    await connection.close()


async def test_the_policies_let_an_officer_read_the_nation_and_not_write_it(
    officer: Any, by_hand: Any
) -> None:
    for scope, seen in (("", 0), (HAI_PHONG, len(of_a_place()) + len(of_the_nation())), (NATION, len(of_the_nation()))):  # fmt: skip
        await by_hand.execute("SELECT set_config('pq.places', $1, false)", scope)
        assert await by_hand.fetchval(COUNTED) == seen, scope
    await by_hand.execute("SELECT set_config('pq.places', $1, false)", HAI_PHONG)
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        await by_hand.execute(COPY, NATION)
    await by_hand.execute("SELECT set_config('pq.places', $1, false)", NATION)
    await by_hand.execute(COPY, NATION)


async def test_a_session_reads_the_nation_beside_its_places_where_no_policy_holds_it_back(
    officer: Any, urls: Urls
) -> None:
    database = Database(urls.worker)  # its policies let every row pass
    try:
        async with database.sessions.begin() as session:
            await set_scope(session, frozenset([HAI_PHONG]))
            for mapped in (Series, SeriesValue):
                found = await session.scalars(select(mapped.place_id).distinct())
                assert set(found) == {HAI_PHONG, NATION}, mapped
        for scope in (frozenset[str](), frozenset([HAI_DUONG])):
            async with database.sessions.begin() as session:
                await set_scope(session, scope)
                assert await session.scalar(select(func.count()).select_from(Run)) == 0
                found = await session.scalars(select(Series.place_id).distinct())
                assert set(found) == ({NATION} | scope if scope else set())
    finally:
        await database.close()
