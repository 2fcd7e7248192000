"""Who sees what, from outside and from behind: an officer's scope by every endpoint, and the second wall under the API role.

Today's Hưng Yên was made of Hưng Yên and Thái Bình: its officer has both, of any date; the officer of the former Hưng Yên never
had Thái Bình; Hải Phòng is nobody's business here.
"""

import asyncio
import importlib
from typing import Any

import asyncpg
import pytest
from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import aliased

from pq_common.db import rls
from pq_common.db.scoping import Placed, PlacedOrNational
from pq_common.db.session import Database, connect_args, set_scope

pytestmark = pytest.mark.untraced

TODAY, FORMER, THAI_BINH, HAI_PHONG = "vn-33-2025", "vn-33-1997", "vn-34-1997", "vn-31-1997"
TAX_CODES = {FORMER: "0100047516", THAI_BINH: "0300588569", HAI_PHONG: "0100109106"}


def organisation(place: str) -> dict[str, Any]:
    return {
        "tax_code": TAX_CODES[place], "name": f"Cơ sở minh họa {place}", "legal_form": "CTCP",
        "place_id": place, "valid_from": "2023-01-01", "is_synthetic": True,
    }  # fmt: skip


def certificate(place: str, enterprise_id: str) -> dict[str, Any]:
    return {
        "enterprise_id": enterprise_id, "place_id": place, "scheme": "ISO 9001", "edition": "2015",
        "body_id": "to-chuc-minh-hoa", "number": f"MH {place}", "decided_on": "2024-03-15",
        "printed_from": "2024-03-15", "printed_to": "2027-03-14", "is_synthetic": True,
    }  # fmt: skip


def activity(place: str) -> dict[str, Any]:
    return {
        "place_id": place, "indicator": "HR-CLASS", "title": f"Lớp minh họa {place}",
        "starts_on": "2024-05-06", "ends_on": "2024-05-07", "quantity": "1", "unit": "lớp",
        "evidence": [{"kind": "minutes", "reference": "BB-01"}], "is_synthetic": True,
    }  # fmt: skip


def series(place: str) -> dict[str, Any]:
    return {
        "place_id": place, "measure": "Y", "kind": "flow", "price_basis": "constant-2010", "unit": "tỷ đồng",
        "vintage": "v1", "source": "minh họa", "values": {"2020": "100", "2021": "107"}, "is_synthetic": True,
    }  # fmt: skip


LISTS = (
    "/registry/v1/enterprises",
    "/certification/v1/certificates",
    "/support-grants/v1/activities",
    "/tfp/v1/series",
)
FEEDS = (
    "/registry/v1/changes",
    "/certification/v1/changes",
    "/support-grants/v1/changes",
    "/tfp/v1/changes",
)


@pytest.fixture
async def written(house: Any) -> dict[str, dict[str, str]]:
    """Rows of three places in four services, written by the ministry; the ids by place and list."""
    admin = house.caller("ministry-admin")
    ids: dict[str, dict[str, str]] = {}
    for place in TAX_CODES:
        enterprise = (await admin.post(LISTS[0], organisation(place)))["enterprise_id"]
        held = (await admin.post(LISTS[1], certificate(place, enterprise)))["certificate_id"]
        done = (await admin.post(LISTS[2], activity(place)))["activity_id"]
        declared = (await admin.post(LISTS[3], series(place)))["id"]
        ids[place] = dict(zip(LISTS, (enterprise, held, done, declared), strict=True))
    return ids


@pytest.mark.parametrize("bus_settings", ["postgres"], indirect=True)
async def test_an_officer_reads_her_places_and_no_other_by_any_endpoint(
    house: Any, written: Any
) -> None:
    officers = {
        "today": house.caller("province-officer", TODAY),
        "former": house.caller("province-officer", FORMER),
    }
    seen = {"today": {FORMER, THAI_BINH}, "former": {FORMER}}
    for who, officer in officers.items():
        for path in LISTS:
            items = (await officer.get(path)).json()["items"]
            assert {item["place_id"] for item in items} == seen[who], (who, path)
            for place, ids in written.items():
                answer = await officer.get(f"{path}/{ids[path]}")
                assert answer.status_code == (200 if place in seen[who] else 404), (
                    who,
                    path,
                    place,
                )


@pytest.mark.parametrize("bus_settings", ["postgres"], indirect=True)
async def test_an_officer_writes_her_places_and_no_other(house: Any, written: Any) -> None:
    today = house.caller("province-officer", TODAY)
    former = house.caller("province-officer", FORMER)
    ids = written[HAI_PHONG]
    refused = [
        await today.post(LISTS[1], {**certificate(HAI_PHONG, "e"), "number": "MH X"}, 404),
        await today.post(LISTS[2], activity(HAI_PHONG), 404),
        await today.post(LISTS[3], {**series(HAI_PHONG), "vintage": "v2"}, 404),
        await today.post(f"{LISTS[0]}/{ids[LISTS[0]]}/closure", {"closed_on": "2024-01-01", "reason": "dissolved"}, 404),
        await today.post(
            f"{LISTS[1]}/{ids[LISTS[1]]}/status",
            {"status": "withdrawn", "effective_on": "2024-06-01", "reason": "x"}, 404,
        ),
        await former.post(LISTS[2], activity(THAI_BINH), 404),
        await former.post(LISTS[3], {**series(THAI_BINH), "vintage": "v2"}, 404),
    ]  # fmt: skip
    assert all(answer["status"] == 404 for answer in refused)
    await today.post(LISTS[2], activity(THAI_BINH))
    await today.post(LISTS[3], {**series(THAI_BINH), "vintage": "v2"})
    changed = await today.request(
        "PUT",
        f"{LISTS[0]}/{ids[LISTS[0]]}",
        json=organisation(HAI_PHONG),
        headers={"If-Match": '"v1"'},
    )
    assert changed.status_code == 404


@pytest.mark.parametrize("bus_settings", ["postgres"], indirect=True)
async def test_the_changes_feed_shows_only_what_is_in_scope(house: Any, written: Any) -> None:
    from_everywhere = house.caller("ministry-admin")

    async def places_of(caller: Any, path: str) -> set[str]:
        return {item["place_id"] for item in (await caller.get(path)).json()["items"]}

    for path in FEEDS:
        await eventually_all(from_everywhere, path, set(TAX_CODES))
        assert await places_of(house.caller("province-officer", TODAY), path) == {FORMER, THAI_BINH}
        assert await places_of(house.caller("province-officer", FORMER), path) == {FORMER}
        assert (await house.caller().get(path)).status_code == 401


async def eventually_all(caller: Any, path: str, places: set[str]) -> None:
    """Wait for the sequencer."""
    for _ in range(200):
        items = (await caller.get(path)).json()["items"]
        if {item["place_id"] for item in items} == places:
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"{path} never showed {places}")


OF_THEIR_CALLER = ("idempotency_key", "job", "job_row", "upload")
PLACED = {
    "registry": ("organisation", "organisation_revision"),
    "certification": ("certificate", "certificate_revision", "known_enterprise"),
    "support-grants": ("activity", "activity_revision", "evidence", "task_report"),
    "tfp": ("series", "series_value", "run"),
}
LEFT_BY_CALLERS = ("idempotency_key", "job", "job_row", "upload")


@pytest.mark.parametrize("bus_settings", ["postgres"], indirect=True)
async def test_a_hand_made_connection_that_sets_no_scope_sees_and_writes_nothing(
    house: Any, written: Any
) -> None:
    for service, tables in PLACED.items():
        connection = await asyncpg.connect(**connect_args(house.urls[service].api))
        try:
            for table in (*tables, *OF_THEIR_CALLER, "event_log"):
                condition = " WHERE place_id IS NOT NULL" if table == "event_log" else ""
                assert await connection.fetchval(f"SELECT count(*) FROM {table}{condition}") == 0, (
                    table
                )
            for table in LEFT_BY_CALLERS:
                assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0, table
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetch("SELECT value FROM parked_event")
            await refuses_a_copy(connection, tables[0])
            await connection.execute("SELECT set_config('pq.places', $1, false)", HAI_PHONG)
            assert await connection.fetchval(f"SELECT count(*) FROM {tables[0]}") == 1
        finally:
            await connection.close()


async def refuses_a_copy(connection: Any, table: str) -> None:
    """Insert a row of Hải Phòng by hand: the policy refuses it before any other constraint is looked at."""
    columns = await connection.fetch(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = $1 AND is_nullable = 'NO'",
        table,
    )
    values = {
        "text": "'x'", "integer": "1", "bigint": "1", "boolean": "false", "date": "'2024-01-01'", "ARRAY": "'{}'",
        "jsonb": "'{}'", "numeric": "1", "timestamp with time zone": "now()", "uuid": "gen_random_uuid()",
        "smallint": "1", "bytea": "''",
    }  # fmt: skip
    names = [row["column_name"] for row in columns]
    given = [
        f"'{HAI_PHONG}'" if row["column_name"] == "place_id" else values[row["data_type"]]
        for row in columns
    ]
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        await connection.execute(
            f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(given)})"
        )


def classes_of(service: str) -> list[Any]:
    """Return the mapped classes of a service."""
    tables = importlib.import_module(f"pq_{service.replace('-', '_')}.storage.tables")
    return [mapper.class_ for mapper in tables.Row.registry.mappers]


@pytest.mark.parametrize("service", sorted(PLACED))
def test_every_table_behind_the_second_wall_is_behind_the_first(service: str) -> None:
    for mapped in classes_of(service):
        said = mapped.__table__.info
        behind, nation_too = said.get("placed") == rls.PLACED, said.get("also_read") is not None
        assert issubclass(mapped, Placed) == (behind and not nation_too), mapped.__name__
        assert issubclass(mapped, PlacedOrNational) == (behind and nation_too), mapped.__name__


@pytest.mark.parametrize("bus_settings", ["postgres"], indirect=True)
async def test_a_session_sees_its_places_alone_where_no_policy_holds_it_back(
    house: Any, written: Any
) -> None:
    for service, tables in PLACED.items():
        database = Database(house.urls[service].worker)  # its policies let every row pass
        try:
            held = [
                mapped
                for mapped in classes_of(service)
                if mapped.__tablename__ in tables[:2]
                and issubclass(mapped, Placed | PlacedOrNational)
            ]
            for mapped in held:
                assert await counted(database, mapped, frozenset(TAX_CODES)) == 3, mapped
                assert await counted(database, mapped, frozenset([THAI_BINH])) == 1, mapped
                assert await counted(database, mapped, frozenset()) == 0, mapped
        finally:
            await database.close()


async def counted(database: Database, mapped: Any, scope: frozenset[str]) -> int:
    """Count the places that a session of this scope sees: by the class, by another name of it, and by a look inside another query."""
    async with database.sessions.begin() as session:
        await set_scope(session, scope)
        other = aliased(mapped)
        plain = await session.scalar(select(func.count(mapped.place_id.distinct())))
        renamed = await session.scalar(select(func.count(other.place_id.distinct())))
        inside = await session.scalar(select(exists(select(mapped.place_id))))
        assert (plain, inside) == (renamed, bool(plain))
        return int(plain or 0)


@pytest.mark.parametrize("bus_settings", ["postgres"], indirect=True)
async def test_a_session_changes_its_places_alone_where_no_policy_holds_it_back(
    house: Any, written: Any
) -> None:
    database = Database(house.urls["certification"].worker)
    certificate_of = next(
        mapped for mapped in classes_of("certification") if mapped.__tablename__ == "certificate"
    )
    try:
        async with database.sessions.begin() as session:
            await set_scope(session, frozenset([THAI_BINH]))
            assert await session.get(certificate_of, written[HAI_PHONG][LISTS[1]]) is None
            renumbered = update(certificate_of).values(number=certificate_of.number)
            changed = await session.execute(renumbered.returning(certificate_of.place_id))
            assert changed.scalars().all() == [THAI_BINH]
    finally:
        await database.close()
