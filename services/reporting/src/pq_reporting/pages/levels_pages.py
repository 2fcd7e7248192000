"""``/nang-suat/so-sanh``: how productive places are relative to one another, as published."""

import csv
import io

from fastapi import APIRouter, Response

from pq_common import places
from pq_common.contracts.tfp import TfpResult
from pq_reporting.domain.measured import Source
from pq_reporting.domain.withdrawing import withdrawals
from pq_reporting.pages.asking import Asked, Lang, Page
from pq_reporting.pages.files import harmless
from pq_reporting.pages.growth_pages import map_of
from pq_reporting.pages.levels import comparison_of
from pq_reporting.pages.levels_messages import TEXTS
from pq_reporting.pages.rendering import page

router = APIRouter(include_in_schema=False)
PATH = "/nang-suat/so-sanh"
COLUMNS = (
    "mode", "result_id", "boundary", "engine", "method_version", "price_basis", "vintage", "reference",
    "place_id", "place", "year", "relative", "is_synthetic", "published_at", "warnings", "withdrawn_series",
)  # fmt: skip


@router.get(PATH)
async def levels_vi(asked: Page) -> Response:
    """Return the comparison in Vietnamese."""
    return _compared(asked, "vi")


@router.get(f"/en{PATH}")
async def levels_en(asked: Page) -> Response:
    """Return the comparison in English."""
    return _compared(asked, "en")


@router.get(f"{PATH}.csv")
async def levels_csv(asked: Page) -> Response:
    """Return every level of every year as a table for a spreadsheet, unrounded; the reference is 1."""
    question = asked.picture.question
    name = f"so-sanh-{question.on}-{question.mode}.csv"
    return Response(
        _csv(asked),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _chosen(asked: Asked) -> TfpResult | None:
    """Return the latest publication on the map asked for that has levels."""
    fitting = [
        one
        for one in asked.picture.comparisons
        if one.boundary == map_of(asked) and any(place.relative for place in one.levels)
    ]
    return max(fitting, key=lambda one: (one.published_at, one.result_id), default=None)


def _compared(asked: Asked, lang: Lang) -> Response:
    said = _chosen(asked)
    if said is None:
        title = TEXTS["levels"].in_(lang)
        return page("levels.html", asked, lang, PATH, title=title, compared=None)
    gone = asked.picture.withdrawn([Source("tfp-result", said.result_id)])
    compared = comparison_of(said, lang, withdrawn=withdrawals(gone))
    return page("levels.html", asked, lang, PATH, title=compared.finding, compared=compared)


def _csv(asked: Asked) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    said = _chosen(asked)
    if said is not None:
        told = {name: getattr(said, name) for name in COLUMNS[1:8]}
        gone = asked.picture.withdrawn([Source("tfp-result", said.result_id)])
        head = {
            "mode": asked.picture.question.mode, **told, "is_synthetic": said.is_synthetic,
            "published_at": said.published_at.isoformat(), "warnings": " ".join(said.warnings),
            "withdrawn_series": " ".join(one.series_id for one in gone),
        }  # fmt: skip
        for place in said.levels:
            where = {"place_id": place.place_id, "place": places.describe(place.place_id)}
            for one in place.relative:
                row = {**head, **where, "year": one.year, "relative": one.value}
                writer.writerow({name: harmless(value) for name, value in row.items()})
    return out.getvalue().encode("utf-8-sig")
