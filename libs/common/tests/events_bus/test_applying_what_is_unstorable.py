"""On both buses: a value that no row can hold parks its key, and the reader goes on."""

import uuid
from collections.abc import AsyncIterator, Sequence

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from pq_common.db.session import Database
from pq_common.events.bus import Topic
from pq_common.events.incoming import Incoming
from pq_common.testing.buses import BusAddress
from pq_common.testing.events import Ledger
from pq_common.testing.fixtures import DatabaseFor, administer, run_apart
from pq_common.testing.ledger import EVENTS, LEDGER, add_up, totals_projection

ON_KAFKA = pytest.param("kafka", marks=[pytest.mark.real_kafka, pytest.mark.xdist_group("kafka")])
TITLE = "INSERT INTO totals (id, total_dong, events) VALUES ($1, 0, 0)"
NUMBER = "UPDATE totals SET total_dong = $1 WHERE id = 'none'"
UNSTORABLE: dict[str, tuple[str, object]] = {
    "a NUL in a text": (TITLE, "Hưng\0Yên"),
    "half a surrogate pair": (TITLE, "\ud800"),
    "a number beyond its column": (NUMBER, 2**70),
    "a number the server cannot compute": ("SELECT 1 / $1::bigint", 0),
    "a text where a number belongs": (NUMBER, "twenty"),
}


@pytest.fixture(params=["postgres", ON_KAFKA])
async def ledger_on(
    request: pytest.FixtureRequest, database_for: DatabaseFor
) -> AsyncIterator[Ledger]:
    """The ledger, on each bus."""
    address: BusAddress = request.getfixturevalue(f"{request.param}_bus")
    urls = database_for("pq_common")
    run_apart(administer(urls.owner, *LEDGER))
    async with address.open() as bus:
        await bus.declare([Topic(EVENTS)])
        made = Ledger(urls, address, bus, Database(urls.api), Database(urls.worker))
        yield made
        await made.api.close()
        await made.worker.close()


@pytest.mark.parametrize("fault", UNSTORABLE)
async def test_a_value_that_no_row_can_hold_parks_its_key_and_no_other(
    ledger_on: Ledger, fault: str
) -> None:
    bad, good = f"bad-{uuid.uuid4().hex}", f"good-{uuid.uuid4().hex}"
    await ledger_on.receive(bad, 1, 2)
    await ledger_on.receive(good, 4)
    await ledger_on.relay_all()

    async def apply(connection: AsyncConnection, events: Sequence[Incoming]) -> None:
        ours = [event for event in events if event.subject in (bad, good)]
        if any(event.subject == bad for event in ours):
            statement, value = UNSTORABLE[fault]
            await connection.exec_driver_sql(statement, (value,))
        await add_up(connection, ours)

    await ledger_on.read_all(totals_projection(apply=apply))
    assert await ledger_on.totals() == {good: (4, 1)}
    parked = await ledger_on.rows("SELECT aggregate_id FROM parked_event ORDER BY id")
    assert [row["aggregate_id"] for row in parked] == [bad, bad]


async def test_a_fault_of_ours_is_no_refusal_and_stops_the_reader(ledger_on: Ledger) -> None:
    await ledger_on.receive(f"any-{uuid.uuid4().hex}", 1)
    await ledger_on.relay_all()

    async def apply(connection: AsyncConnection, events: Sequence[Incoming]) -> None:
        await connection.exec_driver_sql("SELECT no_such_column FROM totals")

    with pytest.raises(Exception, match="no_such_column"):
        await ledger_on.read_all(totals_projection(apply=apply))
    assert await ledger_on.rows("SELECT 1 FROM parked_event") == []
