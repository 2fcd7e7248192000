"""Rows of the TFP service. The tables of the outbox, the feed and the offsets come from common."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import Integer, Numeric, Text

from pq_common.db.rls import PLACED, READS_NATION
from pq_common.db.schema import Instant, access, new_metadata
from pq_common.db.scoping import Placed, PlacedOrNational

READ_BY_ALL = {"placed": PLACED, "also_read": READS_NATION}
WITHDRAWING = "UPDATE(withdrawn_at) UPDATE(withdrawn_by) UPDATE(withdrawal_reason)"


class Row(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = {  # noqa: RUF012  SQLAlchemy declares it as an instance attribute
        str: Text(),
        datetime: Instant(),
        Decimal: Numeric(),
        list[str]: ARRAY(Text()),
        list[int]: ARRAY(Integer()),
        dict[str, Any]: JSONB(),
    }


class Series(PlacedOrNational, Row):
    """One measure of one place and industry in one vintage. A revision is another vintage; nothing is overwritten.

    Within a vintage the same measure may stand on two base years or under two definitions: that is how they are linked.
    One that was declared in error is withdrawn: it stays on record with the reason, nothing is computed from it any more, and the
    right one may be declared under its vintage.
    """

    __tablename__ = "series"
    __table_args__ = (
        Index(
            "uq_series_identity",
            "mode",
            "place_id",
            "industry",
            "measure",
            "item",
            "vintage",
            "price_basis",
            "definition",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        Index("ix_series_measure", "mode", "measure", "vintage", "id"),
        {"info": access(api=f"SELECT INSERT {WITHDRAWING}", worker="SELECT", **READ_BY_ALL)},
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    mode: Mapped[str]
    place_id: Mapped[str]
    industry: Mapped[str]
    measure: Mapped[str]
    item: Mapped[str] = mapped_column(server_default="")
    kind: Mapped[str]
    price_basis: Mapped[str | None]
    unit: Mapped[str]
    definition: Mapped[str | None]
    breaks: Mapped[list[int]] = mapped_column(server_default="{}")
    vintage: Mapped[str]
    released_on: Mapped[date | None]
    source: Mapped[str]
    is_synthetic: Mapped[bool]
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None]
    withdrawal_reason: Mapped[str | None]

    @property
    def version(self) -> int:
        """Return 1 as declared, 2 when withdrawn: nothing else ever happens to a series."""
        return 1 if self.withdrawn_at is None else 2


class SeriesValue(PlacedOrNational, Row):
    """The value of one year, exactly as declared."""

    __tablename__ = "series_value"
    __table_args__ = ({"info": access(api="SELECT INSERT", worker="SELECT", **READ_BY_ALL)},)

    series_id: Mapped[str] = mapped_column(ForeignKey("series.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[str]
    value: Mapped[Decimal]


class Run(Placed, Row):
    """One computation, reproducible: its inputs, parameters, code version and the hash of all of them.

    ``published_at`` is set by a person's separate act; before that nobody outside the scope sees the figures.
    """

    __tablename__ = "run"
    __table_args__ = (
        Index("ix_run_place_id", "place_id", "id"),
        {"info": access(api="SELECT INSERT UPDATE", worker="SELECT", placed=PLACED)},
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    mode: Mapped[str]
    place_id: Mapped[str]
    industry: Mapped[str] = mapped_column(server_default="total")
    boundary: Mapped[str]
    engine: Mapped[str]
    method_version: Mapped[str]
    code_version: Mapped[str]
    vintage: Mapped[str]
    inputs: Mapped[dict[str, Any]]
    parameters: Mapped[dict[str, Any]]
    results: Mapped[dict[str, Any]]
    warnings: Mapped[list[str]]
    bundle_sha256: Mapped[str]
    is_synthetic: Mapped[bool]
    computed_by: Mapped[str]
    computed_at: Mapped[datetime]
    published_by: Mapped[str | None]
    published_at: Mapped[datetime | None]
    supersedes: Mapped[str | None]


metadata = Row.metadata
