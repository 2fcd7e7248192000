"""Rows of the registry. The tables of the outbox, the feed and the offsets come from common."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import Text

from pq_common.db.plain_rows import plain
from pq_common.db.rls import PLACED
from pq_common.db.schema import Instant, access, new_metadata
from pq_common.db.scoping import Placed


class Row(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = {  # noqa: RUF012  SQLAlchemy declares it as an instance attribute
        str: Text(),
        datetime: Instant(),
        list[str]: ARRAY(Text()),
        dict[str, Any]: JSONB(),
        bytes: BYTEA(),
    }


class Organisation(Placed, Row):
    """One organisation as it stands. Personal codes are sealed; ``personal_code_key`` only finds them again."""

    __tablename__ = "organisation"
    __table_args__ = (
        UniqueConstraint("mode", "tax_code"),
        UniqueConstraint("mode", "personal_code_key"),
        Index("ix_organisation_place_id", "place_id", "id"),
        Index(
            "ix_organisation_name_key", "name_key", postgresql_ops={"name_key": "text_pattern_ops"}
        ),
        {"info": access(api="SELECT INSERT UPDATE", worker="SELECT UPDATE", placed=PLACED)},
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    mode: Mapped[str]
    place_id: Mapped[str]
    tax_code: Mapped[str | None]
    tax_code_kind: Mapped[str | None]
    personal_code_key: Mapped[str | None]
    personal_code_sealed: Mapped[bytes | None]
    name: Mapped[str]
    name_key: Mapped[str]
    legal_form: Mapped[str]
    commune: Mapped[str | None]
    address: Mapped[str | None]
    status: Mapped[str]
    industry_version: Mapped[str | None]
    industry_code: Mapped[str | None]
    size_class: Mapped[str | None]
    roles: Mapped[list[str]]
    is_fdi: Mapped[bool | None]
    is_synthetic: Mapped[bool]
    valid_from: Mapped[date]
    closed_on: Mapped[date | None]
    closure_reason: Mapped[str | None]
    successors: Mapped[list[str]]


PlainOrganisation = plain(Organisation)


class OrganisationRevision(Placed, Row):
    """What was recorded, and when: the two clocks of every read (true from ``valid_from``, known since ``recorded_at``)."""

    __tablename__ = "organisation_revision"
    __table_args__ = (
        Index("ix_organisation_revision_times", "organisation_id", "valid_from", "recorded_at"),
        {"info": access(api="SELECT INSERT", worker="SELECT INSERT", placed=PLACED)},
    )

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[str]
    valid_from: Mapped[date]
    recorded_at: Mapped[datetime]
    facts: Mapped[dict[str, Any]]


metadata = Row.metadata
