"""The changes feed: what is committed, in one gap-free order that keeps every key's order.

A cursor on ``event_log.seq`` would lose the events of slow transactions: sequence values are taken before
commit. So ``emit`` leaves a note in ``feed_pending`` and the sequencer numbers what it finds committed.
"""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Table, UniqueConstraint, text

from pq_common.db.schema import COMMON, Instant, access

feed_pending = Table(
    "feed_pending",
    COMMON,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("recorded_at", Instant, nullable=False),
    info=access(api="INSERT", worker="SELECT INSERT DELETE"),
)

feed = Table(
    "feed",
    COMMON,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    UniqueConstraint("seq"),
    info=access(api="SELECT", worker="SELECT INSERT"),
)

feed_counter = Table(
    "feed_counter",
    COMMON,
    Column("single", Boolean, primary_key=True, server_default=text("true")),
    Column("position", BigInteger, nullable=False),
    CheckConstraint("single", name="one_row"),
    info=access(api="SELECT", worker="SELECT UPDATE"),
)
