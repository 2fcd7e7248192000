"""Rows of certification. The tables of the outbox, the feed and the offsets come from common."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import Text

from pq_common.db.rls import PLACED
from pq_common.db.schema import Instant, access, new_metadata
from pq_common.db.scoping import Placed


class Row(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = {  # noqa: RUF012  SQLAlchemy declares it as an instance attribute
        str: Text(),
        datetime: Instant(),
        dict[str, Any]: JSONB(),
    }


class Certificate(Placed, Row):
    """One certificate: what it prints, what was decided, and when it counts. Intervals are half-open."""

    __tablename__ = "certificate"
    __table_args__ = (
        UniqueConstraint("mode", "body_id", "number_key", "scheme"),
        Index("ix_certificate_place_id", "place_id", "id"),
        Index("ix_certificate_enterprise_id", "enterprise_id"),
        {"info": access(api="SELECT INSERT UPDATE", worker="SELECT UPDATE", placed=PLACED)},
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    mode: Mapped[str]
    place_id: Mapped[str]
    enterprise_id: Mapped[str]
    body_id: Mapped[str]
    number: Mapped[str]
    number_key: Mapped[str]
    scheme: Mapped[str]
    scheme_printed: Mapped[str]
    edition: Mapped[str | None]
    is_accredited: Mapped[bool | None]
    decided_on: Mapped[date]
    printed_from: Mapped[date]
    printed_to: Mapped[date | None]
    valid_from: Mapped[date]
    valid_before: Mapped[date | None]
    effective_before: Mapped[date | None]
    status: Mapped[str]
    status_since: Mapped[date]
    status_reason: Mapped[str | None]
    scope_text: Mapped[str | None]
    is_synthetic: Mapped[bool]


class CertificateRevision(Placed, Row):
    """What was recorded, and when: every version with its day of effect."""

    __tablename__ = "certificate_revision"
    __table_args__ = (
        Index("ix_certificate_revision_times", "certificate_id", "effective_on", "recorded_at"),
        {"info": access(api="SELECT INSERT", worker="SELECT INSERT", placed=PLACED)},
    )

    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[str]
    effective_on: Mapped[date]
    recorded_at: Mapped[datetime]
    facts: Mapped[dict[str, Any]]


class KnownEnterprise(Placed, Row):
    """What certification remembers of an enterprise, as the registry told it."""

    __tablename__ = "known_enterprise"
    __table_args__ = (
        Index("ix_known_enterprise_place_id", "place_id"),
        {"info": access(api="SELECT", worker="SELECT INSERT UPDATE", placed=PLACED)},
    )

    enterprise_id: Mapped[str] = mapped_column(primary_key=True)
    mode: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    place_id: Mapped[str]
    name: Mapped[str]
    status: Mapped[str]


metadata = Row.metadata
