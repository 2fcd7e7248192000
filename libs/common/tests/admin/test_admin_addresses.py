"""Operators see whether a journal is whole and mend a projection; nobody else does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from pq_common.dates import legal_day
from pq_common.db.session import async_url
from pq_common.events.hosting import Host
from pq_common.events.incoming import Incoming, Unreadable
from pq_common.events.orders import Orders
from pq_common.events.relay import Relay, RelayOptions
from pq_common.events.sequencer import Sequencer
from pq_common.events.worker import Worker
from pq_common.http.admin import admin_router
from pq_common.http.app import build
from pq_common.http.issuer import DevelopmentIssuer
from pq_common.settings import CommonSettings
from pq_common.testing.api import MakeSettings, OpenClient, command
from pq_common.testing.events import Ledger, eventually, until
from pq_common.testing.fixtures import administer, run_apart
from pq_common.testing.ledger import EVENTS, add_up, totals_projection

ADDRESSES = (
    ("GET", "/common/admin/events/verification"),
    ("GET", "/common/admin/events/totals?since=2026-01-01&before=2026-01-02"),
    ("GET", "/common/admin/projections"),
    ("POST", "/common/admin/projections/totals/rebuild"),
    ("POST", "/common/admin/projections/totals/replay"),
    ("GET", "/common/admin/events/held"),
    ("POST", "/common/admin/events/held/a/release"),
)

FIRST = totals_projection()


@pytest.fixture
async def admin(
    ledger: Ledger, settings_for: MakeSettings, issuer: DevelopmentIssuer, open_client: OpenClient
) -> httpx.AsyncClient:
    settings = settings_for(CommonSettings, ledger.urls)
    app = build("common", settings, routers=[], pages=[admin_router("common")])
    return await open_client(app, token=issuer.token("ministry-admin"))


async def numbered(ledger: Ledger) -> None:
    while await Sequencer(ledger.worker).step():
        pass


@dataclass(slots=True)
class Mood:
    """Whether the projection understands what it is told."""

    understands: bool = False

    async def apply(self, connection: AsyncConnection, events: Sequence[Incoming]) -> None:
        for event in events:
            if event.subject == "bad" and not self.understands:
                raise Unreadable(event, "not yet understood")
        await add_up(connection, events)


@pytest.mark.parametrize(("method", "path"), ADDRESSES)
async def test_nobody_but_the_ministrys_operators_gets_in(
    admin: httpx.AsyncClient, issuer: DevelopmentIssuer, method: str, path: str
) -> None:
    officer = issuer.token("province-officer", places=["vn-33-2025"])
    for token, status in (("", 401), (officer, 403)):
        admin.headers["Authorization"] = f"Bearer {token}" if token else ""
        answer = await admin.request(method, path, headers=command())
        assert answer.status_code == status, answer.text


async def test_a_version_that_is_missing_in_the_journal_is_a_fault(
    admin: httpx.AsyncClient, ledger: Ledger, admin_url: str
) -> None:
    await ledger.receive("a", 1, 2, 3)
    await numbered(ledger)
    whole = (await admin.get("/common/admin/events/verification")).json()
    assert whole["is_sound"]
    inside = async_url(admin_url).set(database=async_url(ledger.urls.api).database)
    hole = "DELETE FROM event_log WHERE aggregate_version = 2"
    run_apart(administer(inside.render_as_string(hide_password=False), hole))
    torn = (await admin.get("/common/admin/events/verification")).json()
    assert (torn["is_sound"], torn["version_gaps"]) == (False, 1)


async def test_what_the_bus_has_not_taken_for_a_minute_is_a_fault(
    admin: httpx.AsyncClient, ledger: Ledger, admin_url: str
) -> None:
    await ledger.receive("a", 1)
    await numbered(ledger)
    fresh = (await admin.get("/common/admin/events/verification")).json()
    assert fresh["unsent"] > 0
    assert fresh["is_sound"]
    inside = async_url(admin_url).set(database=async_url(ledger.urls.api).database)
    older = "UPDATE event_log SET recorded_at = recorded_at - interval '2 minutes'"
    run_apart(administer(inside.render_as_string(hide_password=False), older))
    late = (await admin.get("/common/admin/events/verification")).json()
    assert (late["unsent"], late["is_sound"]) == (fresh["unsent"], False)


async def test_what_is_not_yet_numbered_is_counted_and_no_fault_in_its_first_minute(
    admin: httpx.AsyncClient, ledger: Ledger
) -> None:
    await ledger.receive("a", 1, 2)
    seen = (await admin.get("/common/admin/events/verification")).json()
    assert (seen["events"], seen["unnumbered"], seen["is_sound"]) == (2, 2, True)
    await numbered(ledger)
    seen = (await admin.get("/common/admin/events/verification")).json()
    assert (seen["unnumbered"], seen["feed_position"], seen["feed_gaps"]) == (0, 2, 0)


async def test_the_totals_of_a_day_can_be_compared(
    admin: httpx.AsyncClient, ledger: Ledger
) -> None:
    await ledger.receive("a", 1, 2)
    await numbered(ledger)
    today = legal_day(datetime.now(UTC))
    days = {"since": str(today), "before": str(today + timedelta(days=1))}
    (total,) = (await admin.get("/common/admin/events/totals", params=days)).json()["items"]
    assert total["events"] == 2
    assert len(total["sha256"]) == 64


async def test_an_unknown_projection_is_neither_rebuilt_nor_replayed(
    admin: httpx.AsyncClient,
) -> None:
    for what in ("rebuild", "replay"):
        answer = await admin.post(f"/common/admin/projections/nothing/{what}", headers=command())
        assert answer.status_code == 404, answer.text


async def test_a_rebuild_asked_for_here_is_what_the_worker_does_next(
    admin: httpx.AsyncClient, ledger: Ledger
) -> None:
    await ledger.receive("a", 1, 2)
    await ledger.relay_all()
    host = Host(ledger.worker, ledger.bus, FIRST)

    async def version() -> int:
        found = (await admin.get("/common/admin/projections")).json()["items"]
        return int(found[0]["version"]) if found else 0

    async def first() -> bool:
        return await version() == FIRST.number

    await until(host, first)
    answer = await admin.post("/common/admin/projections/totals/rebuild", headers=command())
    second = FIRST.at(FIRST.number + 1)
    assert (answer.status_code, answer.json()["wanted_version"]) == (202, second.number)

    async def switched() -> bool:
        return await version() == second.number

    await until(Host(ledger.worker, ledger.bus, FIRST), switched)
    assert await ledger.totals(second) == {"a": (3, 2)}


async def test_a_replay_ordered_here_applies_what_was_parked_once_its_cause_is_mended(
    admin: httpx.AsyncClient, ledger: Ledger
) -> None:
    mood = Mood()
    projection = totals_projection(apply=mood.apply)
    await ledger.receive("bad", 1, 2)
    await ledger.receive("good", 4)
    await ledger.relay_all()
    await until(Host(ledger.worker, ledger.bus, projection), lambda: parked_is(admin, 2))
    orders = Orders(ledger.worker, [projection])
    assert not await orders.step()

    failed = await ordered(admin, orders)
    assert failed["state"] == "failed"
    assert "not yet understood" in str(failed["error"])

    mood.understands = True
    done = await ordered(admin, orders)
    assert (done["state"], done["done"]) == ("done", 2)
    assert await ledger.totals() == {"bad": (3, 2), "good": (4, 1)}
    assert await parked_is(admin, 0)


async def test_a_replay_that_the_database_still_refuses_is_named_and_ends_nobody(
    admin: httpx.AsyncClient, ledger: Ledger
) -> None:
    async def apply(connection: AsyncConnection, events: Sequence[Incoming]) -> None:
        await add_up(connection, events)
        if any(event.subject == "bad" for event in events):
            await connection.exec_driver_sql("INSERT INTO totals VALUES ('x', NULL, 0)")

    projection = totals_projection(apply=apply)
    await ledger.receive("bad", 1)
    await ledger.relay_all()
    await until(Host(ledger.worker, ledger.bus, projection), lambda: parked_is(admin, 1))
    failed = await ordered(admin, Orders(ledger.worker, [projection]))
    assert failed["state"] == "failed"
    assert "ledger.account bad" in str(failed["error"])
    assert await parked_is(admin, 1)


async def test_what_newer_code_parked_is_not_replayed_by_older_code(
    admin: httpx.AsyncClient, ledger: Ledger
) -> None:
    mood = Mood()
    newer = totals_projection(version=2, apply=mood.apply)
    await ledger.receive("bad", 1)
    await ledger.relay_all()
    await until(Host(ledger.worker, ledger.bus, newer), lambda: parked_is(admin, 1))
    failed = await ordered(admin, Orders(ledger.worker, [FIRST]))
    assert failed["state"] == "failed"
    assert "newer release" in str(failed["error"])
    mood.understands = True
    assert (await ordered(admin, Orders(ledger.worker, [newer])))["done"] == 1


async def test_a_fault_of_ours_ends_the_replay_and_leaves_the_order(
    admin: httpx.AsyncClient, ledger: Ledger
) -> None:
    mood = Mood()
    await ledger.receive("bad", 1)
    await ledger.relay_all()
    projection = totals_projection(apply=mood.apply)
    await until(Host(ledger.worker, ledger.bus, projection), lambda: parked_is(admin, 1))

    async def broken(connection: AsyncConnection, events: Sequence[Incoming]) -> None:
        await connection.exec_driver_sql("SELECT no_such_column FROM totals")

    with pytest.raises(DBAPIError, match="no_such_column"):
        await ordered(admin, Orders(ledger.worker, [totals_projection(apply=broken)]))
    (order,) = await ledger.rows("SELECT state FROM job")
    assert order["state"] == "queued"


async def test_a_key_that_the_relay_holds_is_named_and_let_go_by_any_worker(
    admin: httpx.AsyncClient, ledger: Ledger
) -> None:
    await ledger.receive("bad", 1, 2)
    await ledger.receive("good", 4)
    hold = "UPDATE outbox_pending SET held_reason = 'too large' WHERE aggregate_id = 'bad' AND aggregate_version = 1"
    await ledger.rows(hold)
    relay = Relay(ledger.worker, ledger.bus, options=RelayOptions(poll_s=0.01))
    await until(relay, lambda: waiting_are(ledger, 2))
    (held,) = (await admin.get("/common/admin/events/held")).json()["items"]
    assert (held["key"], held["version"], held["reason"]) == ("bad", 1, "too large")
    assert held["topic"] == EVENTS

    let_go, asked = "/common/admin/events/held/bad/release", command()
    order = await admin.post(let_go, headers=asked)
    assert (order.status_code, order.json()["state"]) == (202, "queued")

    async def done() -> bool:
        kept = (await admin.get(f"/common/admin/releases/{order.json()['id']}")).json()
        return bool((kept["state"], kept["key"], kept["done"]) == ("done", "bad", 1))

    async with Worker(ledger.worker, ledger.bus, sequencer=False):
        await eventually(done)
        await eventually(lambda: waiting_are(ledger, 0))
    assert (await admin.get("/common/admin/events/held")).json()["items"] == []
    again = await admin.post(let_go, headers=asked)
    assert (again.status_code, again.json()) == (202, order.json())
    await ledger.read_all()
    assert await ledger.totals() == {"bad": (3, 2), "good": (4, 1)}


async def test_a_key_that_nobody_holds_is_not_let_go(
    admin: httpx.AsyncClient, ledger: Ledger
) -> None:
    await ledger.receive("held", 1)
    await ledger.rows("UPDATE outbox_pending SET held_reason = 'too large'")
    answer = await admin.post("/common/admin/events/held/other/release", headers=command())
    assert answer.status_code == 404
    assert "held are: held" in answer.json()["detail_en"]

    twice = [
        (await admin.post("/common/admin/events/held/held/release", headers=command())).json()
        for _ in "ab"
    ]
    orders = Orders(ledger.worker, [])
    assert [await orders.step() for _ in "abc"] == [True, True, False]
    kept = [(await admin.get(f"/common/admin/releases/{one['id']}")).json() for one in twice]
    assert [one["state"] for one in kept] == ["done", "failed"]


async def test_an_order_is_left_to_a_worker_that_can_carry_it_out(
    admin: httpx.AsyncClient, ledger: Ledger
) -> None:
    await until(Host(ledger.worker, ledger.bus, FIRST), lambda: parked_is(admin, 0))
    await admin.post("/common/admin/projections/totals/replay", headers=command())
    assert not await Orders(ledger.worker, []).step()
    assert await Orders(ledger.worker, [FIRST]).step()


async def ordered(admin: httpx.AsyncClient, orders: Orders) -> dict[str, object]:
    order = await admin.post("/common/admin/projections/totals/replay", headers=command())
    assert (order.status_code, order.json()["state"]) == (202, "queued")
    assert await orders.step()
    found: dict[str, object] = (
        await admin.get(f"/common/admin/replays/{order.json()['id']}")
    ).json()
    return found


async def waiting_are(ledger: Ledger, count: int) -> bool:
    return len(await ledger.rows("SELECT 1 FROM outbox_pending")) == count


async def parked_is(admin: httpx.AsyncClient, count: int) -> bool:
    found = (await admin.get("/common/admin/projections")).json()["items"]
    return bool(found) and found[0]["parked"] == count
