"""Activities out as a file: what the caller may see, in one snapshot, with the position in the changes."""

from collections.abc import AsyncIterator, Mapping
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from pq_common.contracts.event import Mode
from pq_common.errors import FieldError, Invalid
from pq_common.http.auth import Actor
from pq_common.http.exports import ExportKind
from pq_common.http.placing import asked_places
from pq_common.keyset import Slice
from pq_support_grants.storage import activities
from pq_support_grants.storage.activities import ActivityFilter
from pq_support_grants.storage.tables import ActivityRevision

AT_ONCE: Final = 500
COLUMNS: Final = (
    "activity_id", "version", "place_id", "indicator", "title", "starts_on", "ends_on", "quantity",
    "unit", "subjects", "plan_code", "clause_codes", "task_code", "channel", "status", "is_synthetic",
    "mode", "evidence", "recorded_at",
)  # fmt: skip
FILTERS: Final = ("place", "indicator", "plan", "programme", "status", "period_from", "period_to")


async def rows(
    session: AsyncSession, actor: Actor, filters: Mapping[str, str], mode: Mode
) -> AsyncIterator[Mapping[str, object]]:
    """Give every activity in the caller's scope, those that began last first."""
    wanted = ActivityFilter(
        mode=mode,
        places=asked_places(filters.get("place")),
        indicator=filters.get("indicator"),
        plan_code=filters.get("plan"),
        programme=filters.get("programme"),
        status=filters.get("status"),
        first_day=_day(filters, "period_from"),
        last_day=_day(filters, "period_to"),
    )
    after: tuple[date, UUID] | None = None
    while True:
        found = await activities.page(session, wanted, Slice(AT_ONCE, after))
        for row in found[:AT_ONCE]:
            yield _values(row)
        if len(found) <= AT_ONCE:
            return
        last = found[AT_ONCE - 1]
        # The driver's UUID is a kind of its own; a key is made of plain values.
        after = (last.starts_on, UUID(int=last.activity_id.int))


ACTIVITIES_OUT: Final = ExportKind(
    name="activities",
    columns=COLUMNS,
    rows=rows,
    roles=("ministry-admin", "ministry-analyst", "province-officer", "agency"),
    scope="support-grants:read",
    filters=FILTERS,
)


def _values(row: ActivityRevision) -> dict[str, object]:
    said = row.document
    proofs = "; ".join(f"{proof['kind']}: {proof['reference']}" for proof in said["evidence"])
    return {
        **said, "version": row.version, "mode": row.mode, "recorded_at": row.recorded_at.isoformat(),
        "subjects": "; ".join(said["subjects"]), "clause_codes": "; ".join(said["clause_codes"]),
        "evidence": proofs,
    }  # fmt: skip


def _day(filters: Mapping[str, str], name: str) -> date | None:
    text = filters.get(name)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        vi = f"{name} cần ngày dạng 2026-01-31; đã gửi {text!r}."
        en = f"{name} needs a day such as 2026-01-31; {text!r} was sent."
        raise Invalid(
            vi, en, errors=[FieldError(f"/filters/{name}", "day_malformed", vi, en)]
        ) from None
