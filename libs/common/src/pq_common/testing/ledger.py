"""A small ledger that speaks events: accounts that receive amounts, and the projection that adds them up.

Small enough to fold by hand, and sums show at once what was lost or applied twice.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import ClassVar

from sqlalchemy import BigInteger, Column, MetaData, Table, Text, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from pq_common.contracts.event import Event, EventData, topic_of
from pq_common.db.outbox import emit
from pq_common.events.incoming import Incoming
from pq_common.events.projection import PLACEHOLDER, Apply, Projection


class AmountReceived(EventData):
    """An account received an amount."""

    TYPE: ClassVar[str] = "pq.ledger.account.received.v1"
    amount_dong: int
    number: int


EVENTS = topic_of(AmountReceived.TYPE)
LEDGER = (
    "CREATE TABLE account (id text PRIMARY KEY, version int NOT NULL, total_dong bigint NOT NULL)",
    "GRANT SELECT, INSERT, UPDATE ON account TO common_api, common_worker",
)
TABLES = MetaData()
totals = Table(
    "totals",
    TABLES,
    Column("id", Text, primary_key=True),
    Column("total_dong", BigInteger, nullable=False),
    Column("events", BigInteger, nullable=False),
    schema=PLACEHOLDER,
)
_OPEN = text("INSERT INTO account VALUES (:id, 0, 0) ON CONFLICT DO NOTHING")
_LOCK = text("SELECT version FROM account WHERE id = :id FOR UPDATE")
_CHANGE = text("""
UPDATE account SET version = :version, total_dong = total_dong + :amount WHERE id = :id
""")
_ADD = """
INSERT INTO totals (id, total_dong, events)
SELECT id, sum(amount), count(*) FROM unnest($1::text[], $2::bigint[]) AS u (id, amount)
GROUP BY id ORDER BY id
ON CONFLICT (id) DO UPDATE SET total_dong = totals.total_dong + excluded.total_dong,
                               events = totals.events + excluded.events
"""


async def receive(session: AsyncSession, account: str, amount: int, *, number: int = 0) -> int:
    """Lock the account, change it, announce it; return its new version."""
    await session.execute(_OPEN, {"id": account})
    version = 1 + int(await session.scalar(_LOCK, {"id": account}) or 0)
    await session.execute(_CHANGE, {"id": account, "version": version, "amount": amount})
    told = AmountReceived(amount_dong=amount, number=number)
    now = datetime.now(UTC)
    await emit(
        session,
        Event(data=told, subject=account, version=version, occurred_at=now, place_id=None),
    )
    return version


class Sums:
    """What some events add to the totals: applied twice, it shows."""

    def __init__(self) -> None:
        self._subjects: list[str] = []
        self._amounts: list[int] = []

    def hear(self, events: Sequence[Incoming]) -> None:
        """Take in the amounts of these events."""
        self._subjects += [event.subject for event in events]
        self._amounts += [event.parse(AmountReceived).amount_dong for event in events]

    async def write(self, connection: AsyncConnection) -> None:
        """Add each amount to its account's total."""
        await connection.exec_driver_sql(_ADD, (self._subjects, self._amounts))


async def add_up(connection: AsyncConnection, events: Sequence[Incoming]) -> None:
    """Add each amount to its account's total."""
    sums = Sums()
    sums.hear(events)
    await sums.write(connection)


def totals_projection(*, version: int = 1, apply: Apply | None = None) -> Projection:
    """Return the projection that adds amounts up; with an ``apply`` of one's own, without a collector."""
    if apply is not None:
        return Projection("totals", version, (EVENTS,), apply, TABLES)
    return Projection("totals", version, (EVENTS,), add_up, TABLES, Sums)
