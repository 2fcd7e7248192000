"""Every query on organisations, by name. Row-level security limits each to the caller's scope."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from pq_common.db.fixed_sql import Rows, insert_into, say
from pq_common.db.plain_rows import Insert
from pq_common.db.scoping import may_see
from pq_common.keyset import Slice
from pq_common.text import fold, nfc, spelled_alike
from pq_registry.domain.errors import OrganisationNotFound
from pq_registry.storage.tables import Organisation, OrganisationRevision, metadata


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is limited to; None does not limit. ``places`` are ids, ``name`` any spelling of its beginning."""

    mode: str
    places: frozenset[str] | None = None
    tax_code: str | None = None
    name: str | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What tells somebody which organisation has a code already."""

    id: str
    name: str


_insert = Insert(Organisation)
_INSERT_REVISION = insert_into(metadata.tables["organisation_revision"])
_BY_TAX_CODE = "SELECT id, name, place_id FROM organisation WHERE mode = $1 AND tax_code = $2"
_BY_PERSONAL_KEY = (
    "SELECT id, name, place_id FROM organisation WHERE mode = $1 AND personal_code_key = $2"
)
_WITHOUT_CODE = (
    "SELECT id, name, place_id FROM organisation WHERE mode = $1 AND name_key = $2 AND legal_form = $3"
    " AND place_id = $4 AND tax_code IS NULL AND personal_code_key IS NULL"
    " ORDER BY closed_on NULLS FIRST, name <> $5, id"
)

_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"


async def get(session: AsyncSession, organisation_id: str) -> Organisation:
    """Return the organisation. Raises OrganisationNotFound, also outside scope."""
    found = await session.get(Organisation, organisation_id)
    if found is None:
        raise OrganisationNotFound.of(organisation_id)
    return found


async def lock(session: AsyncSession, organisation_id: str) -> Organisation:
    """Return the organisation with its row locked to the end of the transaction. Raises OrganisationNotFound."""
    found = await session.get(Organisation, organisation_id, with_for_update=True)
    if found is None:
        raise OrganisationNotFound.of(organisation_id)
    return found


async def by_code(
    session: AsyncSession, mode: str, *, tax_code: str | None, personal_key: str | None
) -> Known | None:
    """Return the organisation that has this code, if the caller may see it."""
    if tax_code is not None:
        found = await say(session, _BY_TAX_CODE, (mode, tax_code))
    elif personal_key is not None:
        found = await say(session, _BY_PERSONAL_KEY, (mode, personal_key))
    else:
        return None
    return _first_seen(session, found)


async def without_code(
    session: AsyncSession, mode: str, *, name: str, legal_form: str, place_id: str
) -> Known | None:
    """Return the organisation of this form and place that has no code and this name: Hưng is not Hùng, Hoà is Hòa.

    Of several one that is not closed, then one spelled alike, then the oldest. Who asks is alone with the place until the
    transaction ends: no constraint keeps two tables at once from registering the same.
    """
    await say(session, _ALONE, (f"organisations without a code: {mode} {place_id}",))
    values = (mode, fold(name), legal_form, place_id, nfc(name.strip()))
    found = await say(session, _WITHOUT_CODE, values)
    return _first_seen(session, [row for row in found if spelled_alike(row["name"], name)])


async def insert(session: AsyncSession, row: Organisation) -> None:
    """Insert the organisation now, a ``PlainOrganisation``: to be read from and no more."""
    await _insert(session, row)


async def insert_revision(
    session: AsyncSession, row: Organisation, *, facts: dict[str, Any], now: datetime
) -> None:
    """Keep what is recorded of the row as it stands; a revision never changes."""
    since = row.closed_on or row.valid_from
    values = (row.id, row.version, row.place_id, since, now, json.dumps(facts))
    await say(session, _INSERT_REVISION, values)


async def page(session: AsyncSession, wanted: Filter, part: Slice) -> Sequence[Organisation]:
    """Return a page by id: stable under inserts, since ids grow with time."""
    query = select(Organisation).where(Organisation.mode == wanted.mode)
    if wanted.places is not None:
        query = query.where(Organisation.place_id.in_(wanted.places))
    if wanted.tax_code is not None:
        query = query.where(Organisation.tax_code == wanted.tax_code)
    if wanted.name is not None:
        query = query.where(Organisation.name_key.startswith(fold(wanted.name), autoescape=True))
    if wanted.status is not None:
        query = query.where(Organisation.status == wanted.status)
    return (await session.execute(part.of(query, Organisation.id))).scalars().all()


async def revision(
    session: AsyncSession, organisation_id: str, *, valid_at: date | None, known_at: datetime | None
) -> OrganisationRevision:
    """Return what was true on ``valid_at`` as recorded by ``known_at``. Raises OrganisationNotFound when nothing was yet.

    The newest recorded wins: a change replaces, from its day on, whatever was said before.
    """
    query = select(OrganisationRevision).where(
        OrganisationRevision.organisation_id == organisation_id
    )
    if valid_at is not None:
        query = query.where(OrganisationRevision.valid_from <= valid_at)
    if known_at is not None:
        query = query.where(OrganisationRevision.recorded_at <= known_at)
    newest = query.order_by(OrganisationRevision.version.desc()).limit(1)
    found = (await session.execute(newest)).scalar_one_or_none()
    if found is None:
        raise OrganisationNotFound.of(organisation_id)
    return found


def _first_seen(session: AsyncSession, found: Rows) -> Known | None:
    seen = [row for row in found if may_see(session, row["place_id"])]
    return Known(seen[0]["id"], seen[0]["name"]) if seen else None
