"""``/nang-suat``: what was published on TFP and labour productivity, place by place, and what plans asked of it."""

from collections import Counter
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Path, Response
from markupsafe import Markup

from pq_common import places
from pq_common.contracts.tfp import TfpResult
from pq_common.text import sort_key
from pq_reporting.domain.boundaries import RATES, TODAY
from pq_reporting.domain.status import Status
from pq_reporting.operations.judge_targets import JudgedTarget
from pq_reporting.pages import growth_charts
from pq_reporting.pages.accounts import SHORT, Summary, summary_of, title_of
from pq_reporting.pages.asking import Asked, Lang, Page
from pq_reporting.pages.growth_files import csv_of
from pq_reporting.pages.growth_messages import TEXTS
from pq_reporting.pages.growth_of_clause import full, growth_of
from pq_reporting.pages.growth_words import PARTS, percent, place_text
from pq_reporting.pages.rendering import page
from pq_reporting.pages.rows import row_of, years_of

router = APIRouter(include_in_schema=False)
PlaceId = Annotated[str, Path(max_length=40)]


@router.get("/nang-suat")
async def growth_vi(asked: Page) -> Response:
    """Return all places in Vietnamese."""
    return _places(asked, "vi")


@router.get("/en/nang-suat")
async def growth_en(asked: Page) -> Response:
    """Return all places in English."""
    return _places(asked, "en")


@router.get("/nang-suat.csv")
async def growth_csv(asked: Page) -> Response:
    """Return the accounts shown as a table for a spreadsheet, year by year."""
    return _table(asked, _shown(asked), "nang-suat")


@router.get("/nang-suat/{place}.csv")
async def account_csv(asked: Page, place: PlaceId) -> Response:
    """Return the account of one place as a table; without one, the page that says so."""
    found = _account(asked, place)
    return _place(asked, "vi", place) if found is None else _table(asked, [found], place)


@router.get("/nang-suat/{place}")
async def account_vi(asked: Page, place: PlaceId) -> Response:
    """Return the account of one place in Vietnamese."""
    return _place(asked, "vi", place)


@router.get("/en/nang-suat/{place}")
async def account_en(asked: Page, place: PlaceId) -> Response:
    """Return the account of one place in English."""
    return _place(asked, "en", place)


def map_of(asked: Asked) -> str:
    """Return the boundary whose results are shown: today's, or that of the plans."""
    return TODAY if asked.dvhc == "34" else "2021"


def period_name(said: TfpResult) -> str:
    """Return the period of a result as the address names it."""
    return "" if said.period is None else f"{said.period.first_year}-{said.period.last_year}"


def _periods(results: list[TfpResult]) -> list[str]:
    """Return the periods there are, the longest and latest first."""

    def length(name: str) -> tuple[int, str]:
        first, last = name.split("-")
        return int(last) - int(first), last

    return sorted({period_name(one) for one in results} - {""}, key=length, reverse=True)


def _on_map(asked: Asked) -> list[TfpResult]:
    return [one for one in asked.picture.accounts if one.boundary == map_of(asked)]


def _chosen(asked: Asked, results: list[TfpResult]) -> str:
    periods = _periods(results)
    return asked.period or (periods[0] if periods else "")


def _shown(asked: Asked) -> list[TfpResult]:
    """Return the accounts that the page lists, by name: of one map and period, of one place or of all."""
    on_map = _on_map(asked)
    chosen = _chosen(asked, on_map)
    wanted = None if asked.wanted.place is None else places.scope([asked.wanted.place])
    fitting = [
        one
        for one in on_map
        if period_name(one) == chosen and (wanted is None or one.place_id in wanted)
    ]
    return sorted(fitting, key=lambda one: sort_key(place_text(one)))


def _places(asked: Asked, lang: Lang) -> Response:
    on_map, shown = _on_map(asked), _shown(asked)
    periods, chosen = _periods(on_map), _chosen(asked, on_map)
    lines = [line for one in shown if (line := summary_of(one, lang)) is not None]
    targets = [one for one in asked.picture.targets if one.clause.indicator in RATES]
    return page(
        "growth.html", asked, lang, "/nang-suat",
        title=_finding(shown, targets, chosen, lang), lines=lines, periods=periods, chosen=chosen,
        places=sorted(((one.place_id, place_text(one)) for one in on_map), key=lambda pair: sort_key(pair[1])),
        chart=_chart(shown, lines, lang) if lines else None,
        doubted={one.result_id for one in shown if asked.picture.records["tfp-result", one.result_id].withdrawn},
        clauses=[
            (row_of(one, asked.picture, lang), growth_of(one, asked.picture, lang))
            for one in sorted(targets, key=lambda one: one.measure.actual.value is None)
        ],
    )  # fmt: skip


def _of_place(asked: Asked, place: str) -> list[TfpResult]:
    mine = [one for one in asked.picture.accounts if one.place_id == place and one.period]
    return [one for one in mine if one.boundary == map_of(asked)] or mine


def _account(asked: Asked, place: str) -> TfpResult | None:
    here = _of_place(asked, place)
    chosen = _chosen(asked, here)
    return next((one for one in here if period_name(one) == chosen), None)


def _table(asked: Asked, results: list[TfpResult], name: str) -> Response:
    question = asked.picture.question
    name = f"{name}-{question.on}-{question.mode}.csv"
    return Response(
        csv_of(results, asked.picture),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _place(asked: Asked, lang: Lang, place: str) -> Response:
    here, found = _of_place(asked, place), _account(asked, place)
    periods, chosen = _periods(here), _chosen(asked, here)
    account = None if found is None else full(found, asked.picture, lang)
    if found is None or account is None:
        title = TEXTS["growth_place_none"].in_(lang)
        return page("growth_missing.html", asked, lang, "/nang-suat", status=404, title=title)
    successor = places.boundary(TODAY).maps_to(place)
    targets = [
        one
        for one in asked.picture.targets
        if one.clause.indicator in RATES and one.clause.place_id in places.scope([place])
    ]
    return page(
        "growth_place.html", asked, lang, f"/nang-suat/{place}", title=title_of(account.summary, lang),
        account=account, periods=periods, chosen=chosen, demo=found.is_synthetic,
        successor=None if successor == place else (successor, places.describe(successor)),
        clauses=[row_of(one, asked.picture, lang) for one in targets],
    )  # fmt: skip


def _finding(shown: list[TfpResult], targets: list[JudgedTarget], period: str, lang: Lang) -> str:
    """State the finding: the range of the shares, and how many targets can be decided."""
    shares = [
        Decimal(one.period.growth_share_A)
        for one in shown
        if one.period is not None and one.period.growth_share_A is not None
    ]
    if not shares:
        return TEXTS["growth_title"].in_(lang)
    low, high = (percent(str(one), lang) for one in (min(shares), max(shares)))
    counts = Counter(one.verdict.status for one in targets if one.clause.value is not None)
    open_ = counts[Status.NOT_DECIDABLE]
    years = years_of(*map(int, period.split("-")))
    if lang == "en":
        return f"TFP contributed {low} to {high} of growth in {len(shares)} places, {years}; {open_} of {counts.total()} targets not decidable"
    return f"TFP đóng góp từ {low} đến {high} tăng trưởng ở {len(shares)} địa bàn, {years}; {open_}/{counts.total()} chỉ tiêu chưa đủ căn cứ kết luận"


def _chart(shown: list[TfpResult], lines: list[Summary], lang: Lang) -> Markup:
    bars = [
        growth_charts.Bar(
            line.name,
            f"{line.growth} (TFP {line.share})",
            {part: Decimal(getattr(one.period, f"contribution_{part}") or 0) for part in PARTS},
            100 * Decimal(one.period.g_Y),
            line.growth,
        )
        for one, line in zip((one for one in shown if one.period is not None), lines, strict=True)
        if one.period is not None
    ]
    names = {part: TEXTS[SHORT[part]].in_(lang) for part in PARTS}
    return growth_charts.by_place(
        bars, names, title=TEXTS["growth_title"].in_(lang), axis=TEXTS["chart_axis"].in_(lang), comma=lang != "en", key="places"
    )  # fmt: skip
