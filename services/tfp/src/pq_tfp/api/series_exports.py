"""Series out as a file: a row for each value, with what it is, in one snapshot."""

from collections.abc import AsyncIterator, Mapping
from datetime import date
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from pq_common import places
from pq_common.contracts.event import Mode
from pq_common.errors import FieldError, Invalid
from pq_common.http.auth import Actor
from pq_common.http.exports import ExportKind
from pq_common.http.placing import asked_places
from pq_common.keyset import Slice
from pq_tfp.storage import series as stored
from pq_tfp.storage.series import SeriesFilter
from pq_tfp.storage.tables import Series

AT_ONCE: Final = 500
COLUMNS: Final = (
    "series_id", "place_id", "place", "industry", "measure", "item", "kind", "price_basis", "unit",
    "definition", "breaks", "vintage", "released_on", "source", "is_synthetic", "mode", "recorded_at",
    "year", "value", "withdrawn_at", "withdrawal_reason",
)  # fmt: skip
FILTERS: Final = ("place", "industry", "measure", "item", "vintage", "valid_at")


async def rows(
    session: AsyncSession, actor: Actor, filters: Mapping[str, str], mode: Mode
) -> AsyncIterator[Mapping[str, object]]:
    """Give every value in the caller's scope, series by series, year by year."""
    wanted = SeriesFilter(
        mode=mode,
        places=asked_places(filters.get("place")),
        industry=filters.get("industry"),
        measure=filters.get("measure"),
        item=filters.get("item"),
        vintage=filters.get("vintage"),
        valid_at=_day(filters),
    )
    after: tuple[str] | None = None
    while True:
        found = await stored.page(session, Slice(AT_ONCE, after), wanted)
        values = await stored.values(session, [row.id for row in found[:AT_ONCE]])
        for row in found[:AT_ONCE]:
            facts = _facts(row)
            for year, value in values.get(row.id, {}).items():
                yield {**facts, "year": year, "value": format(value, "f")}
        if len(found) <= AT_ONCE:
            return
        after = (found[AT_ONCE - 1].id,)


SERIES_OUT: Final = ExportKind(
    name="series",
    columns=COLUMNS,
    rows=rows,
    roles=("ministry-admin", "ministry-analyst", "province-officer", "agency"),
    scope="tfp:read",
    filters=FILTERS,
)


def _facts(row: Series) -> dict[str, object]:
    told = {name: getattr(row, name) for name in COLUMNS if hasattr(row, name)}
    return {
        **told,
        "series_id": row.id,
        "place": places.describe(row.place_id),
        "breaks": "; ".join(map(str, row.breaks)),
        "released_on": row.released_on.isoformat() if row.released_on else None,
        "recorded_at": row.recorded_at.isoformat(),
        "withdrawn_at": row.withdrawn_at.isoformat() if row.withdrawn_at else None,
    }


def _day(filters: Mapping[str, str]) -> date | None:
    text = filters.get("valid_at")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        vi = f"valid_at cần ngày dạng 2026-01-31; đã gửi {text!r}."
        en = f"valid_at needs a day such as 2026-01-31; {text!r} was sent."
        raise Invalid(
            vi, en, errors=[FieldError("/filters/valid_at", "day_malformed", vi, en)]
        ) from None
