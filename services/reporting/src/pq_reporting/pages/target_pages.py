"""``/chi-tieu``: each plan, each target, each task; ``/chi-tieu/{plan}/{clause}``: one target and what it is made of."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from fastapi.responses import RedirectResponse

from pq_common import places
from pq_common.text import sort_key
from pq_reporting.domain.boundaries import TODAY
from pq_reporting.domain.groups import GROUPS
from pq_reporting.domain.withdrawing import withdrawals
from pq_reporting.operations.judge_targets import Wanted
from pq_reporting.pages.asking import Lang, Page
from pq_reporting.pages.files import csv_of
from pq_reporting.pages.growth_of_clause import growth_of
from pq_reporting.pages.messages import TEXTS
from pq_reporting.pages.rendering import page
from pq_reporting.pages.rows import record_of, row_of, year_rows, years_of
from pq_reporting.pages.sections import (
    ROWS_AT_ONCE,
    capital,
    headline,
    place_now,
    place_then,
    sections_of,
    shares_of,
)

router = APIRouter(include_in_schema=False)
Code = Annotated[str, Path(max_length=80)]


@router.get("/chi-tieu")
async def targets_vi(asked: Page) -> Response:
    """Return the targets in Vietnamese."""
    return _targets(asked, "vi")


@router.get("/en/chi-tieu")
async def targets_en(asked: Page) -> Response:
    """Return the targets in English."""
    return _targets(asked, "en")


@router.get("/chi-tieu.json")
async def targets_json(asked: Page) -> Response:
    """Lead to the interface that outsiders use: the page has no other source."""
    return RedirectResponse(f"/reporting/v1/targets?{asked.api_query()}", status_code=307)


@router.get("/chi-tieu.csv")
async def targets_csv(asked: Page) -> Response:
    """Return the targets shown as a table for a spreadsheet."""
    shown = [one for one in asked.picture.targets if asked.wanted.target_fits(one)]
    name = f"chi-tieu-{asked.picture.question.on}-{asked.picture.question.mode}.csv"
    return Response(
        csv_of(shown, asked.picture),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.get("/chi-tieu/{plan}")
async def plan_vi(asked: Page, plan: Code) -> Response:
    """Return one plan in Vietnamese."""
    return _plan(asked, "vi", plan)


@router.get("/en/chi-tieu/{plan}")
async def plan_en(asked: Page, plan: Code) -> Response:
    """Return one plan in English."""
    return _plan(asked, "en", plan)


@router.get("/chi-tieu/{plan}/{clause}")
async def target_vi(asked: Page, plan: Code, clause: Code) -> Response:
    """Return one target in Vietnamese."""
    return _target(asked, "vi", plan, clause)


@router.get("/en/chi-tieu/{plan}/{clause}")
async def target_en(asked: Page, plan: Code, clause: Code) -> Response:
    """Return one target in English."""
    return _target(asked, "en", plan, clause)


def _targets(asked: Page, lang: Lang) -> Response:
    picture, wanted = asked.picture, asked.wanted
    shown = [one for one in picture.targets if wanted.target_fits(one)]
    return page(
        "targets.html", asked, lang, "/chi-tieu",
        title=headline(shown, lang), shares=shares_of(shown, lang),
        sections=sections_of(picture, wanted, lang, at_once=ROWS_AT_ONCE), plans=_plan_choices(asked), places=_place_choices(asked),
        groups=[(number, name.in_(lang)) for number, name in GROUPS.items()],
    )  # fmt: skip


def _plan(asked: Page, lang: Lang, plan: str) -> Response:
    if not any(held.plan.code == plan for held in asked.picture.plans):
        title = TEXTS["not_found"].in_(lang)
        return page(
            "missing.html", asked, lang, "/chi-tieu", status=404, title=title, why="plan_not_there"
        )
    # Filters of the list that lead here leave nothing of a plan out: the page is the whole of it.
    section = sections_of(asked.picture, Wanted(plan=plan), lang)[0]
    shown = [one for one in asked.picture.targets if one.plan.code == plan]
    title = f"{section.place}: {headline(shown, lang)}" if shown else section.place
    return page("plan.html", asked, lang, f"/chi-tieu/{plan}", title=title, section=section)


def _target(asked: Page, lang: Lang, plan: str, clause: str) -> Response:
    picture = asked.picture
    path = f"/chi-tieu/{plan}/{clause}"
    found = [one for one in picture.targets if (one.plan.code, one.said.code) == (plan, clause)]
    if not found:
        title = TEXTS["not_found"].in_(lang)
        return page(
            "missing.html", asked, lang, "/chi-tieu", status=404, title=title, why="not_found_why"
        )
    target = found[0]
    row = row_of(target, picture, lang)
    gone = withdrawals(picture.withdrawn(target.measure.sources))
    records = [picture.records[source.kind, source.id] for source in target.measure.sources]
    return page(
        "target.html", asked, lang, path, title=f"{row.code}: {row.name}. {row.word}", row=row,
        growth=growth_of(target, picture, lang), withdrawn=None if gone is None else gone.in_(lang),
        plan_title=target.plan.title, place=place_then(target.plan), now=place_now(target.plan, picture.question.on),
        years=year_rows(target, lang), records=[record_of(one, lang) for one in records],
    )  # fmt: skip


def _plan_choices(asked: Page) -> list[tuple[str, str]]:
    return [
        (held.plan.code, f"{place_then(held.plan)}, {years_of(held.plan.first_year, held.plan.last_year)}")
        for held in asked.picture.plans
    ]  # fmt: skip


def _place_choices(asked: Page) -> list[tuple[str, str]]:
    today = places.boundary(TODAY)
    ids = {today.maps_to(held.plan.place_id) for held in asked.picture.plans}
    return sorted(
        ((one, capital(places.label(one, asked.picture.question.on))) for one in ids),
        key=lambda pair: sort_key(pair[1]),
    )
