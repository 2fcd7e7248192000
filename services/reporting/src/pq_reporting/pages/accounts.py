"""What a page prints of one published growth account: every number written out, every absence with its reason."""

from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from pq_common import places
from pq_common.contracts.tfp import PeriodOfGrowth, TfpResult, YearOfGrowth
from pq_reporting.domain.figure import Words
from pq_reporting.domain.numbers import figures
from pq_reporting.pages import account_tables as tables
from pq_reporting.pages import growth_charts
from pq_reporting.pages.account_tables import Cells
from pq_reporting.pages.growth_messages import TEXTS
from pq_reporting.pages.growth_words import (
    NONE,
    PARTS,
    band_text,
    percent,
    place_text,
    points_of,
    points_text,
    reason_text,
    share_text,
    short_name,
)
from pq_reporting.pages.rows import Fact, years_of

NOT_NESTED = "NOT_NESTED"
SHORT = {"K": "capital", "L": "labour", "A": "tfp"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a list or a comparison says of one account."""

    result_id: str
    place_id: str
    place: str
    name: str
    made_of: str | None
    period: str
    growth: str
    points: dict[str, str]
    share: str
    reason: str | None
    band: str
    labour: str
    labour_band: str
    division: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account in full."""

    summary: Summary
    key: tuple[Fact, ...]
    factors: tuple[Cells, ...]
    years: tuple[Cells, ...]
    level_unit: str
    ratio: str
    mean: str
    deepening: str
    sure_text: str
    assumptions: tuple[Cells, ...]
    parts: tuple[Cells, ...]
    part_ids: tuple[str, ...]
    reallocation: str
    sti: tuple[Cells, ...]
    sti_warning: str | None
    method: tuple[Fact, ...]
    chart: Markup
    withdrawn: str | None


def summary_of(said: TfpResult, lang: str) -> Summary | None:
    """Return the account of a period in one line; None for a result that has no period."""
    period = said.period
    if period is None:
        return None
    sure = period.uncertainty
    band = None if sure is None else sure.growth_share_A
    made_of = [places.describe(part.place_id) for part in said.parts]
    return Summary(
        result_id=said.result_id, place_id=said.place_id, place=place_text(said), name=short_name(said.place_id),
        made_of=" + ".join(made_of) or None, period=years_of(period.first_year, period.last_year),
        growth=percent(period.g_Y, lang), points=points_of(period, lang), share=share_text(period, lang),
        reason=reason_text(period.reason, lang), band=band_text(band, lang), labour=percent(period.g_LP, lang),
        labour_band=band_text(sure.g_LP if sure else None, lang),
        division=(percent(period.g_A, lang, places_=2), percent(period.g_Y, lang, places_=2)),
    )  # fmt: skip


def account_of(
    said: TfpResult,
    period: PeriodOfGrowth,
    summary: Summary,
    lang: str,
    *,
    withdrawn: Words | None,
) -> Account:
    """Return the account of a period in full. ``withdrawn`` says which of its series were withdrawn since."""
    sure = period.uncertainty
    how = TEXTS["how_sure_text"].in_(lang)
    return Account(
        summary=summary,
        key=tuple(_key(period, summary, lang)),
        factors=tuple(tables.factors(period, lang)),
        years=tuple(tables.year_line(year, lang) for year in _inside(said, period)),
        level_unit=said.labour_productivity_unit or "",
        ratio=summary.share,
        mean=percent(period.mean_of_annual_shares_A, lang),
        deepening=tables.deepening(period, lang),
        sure_text="" if sure is None else how.format(
            draws=figures(Decimal(sure.draws), lang), delta=percent(sure.delta, lang)
        ),
        assumptions=tuple(tables.assumptions(period, lang)),
        parts=tuple(tables.parts(said, lang)),
        part_ids=tuple(part.place_id for part in said.parts),
        reallocation=points_text(said.reallocation, lang, factor=100, places_=2),
        sti=tuple(tables.definitions(said, period, lang)),
        sti_warning=TEXTS["not_nested"].in_(lang) if NOT_NESTED in said.warnings else None,
        method=tuple(tables.method(said, lang)),
        chart=year_chart(said, period, summary, lang),
        withdrawn=None if withdrawn is None else withdrawn.in_(lang),
    )  # fmt: skip


def title_of(summary: Summary, lang: str) -> str:
    """State the finding: the share, or why there is none."""
    where = summary.place
    if summary.reason is not None:
        return f"{where}, {summary.period}: {summary.reason}"
    if lang == "en":
        return f"{where}: TFP contributed {summary.share} of GRDP growth in {summary.period}"
    return f"{where}: TFP đóng góp {summary.share} tăng trưởng GRDP giai đoạn {summary.period}"


def year_chart(said: TfpResult, period: PeriodOfGrowth, summary: Summary, lang: str) -> Markup:
    """Draw the years of the period."""
    bars = [
        growth_charts.Bar(
            str(year.year),
            f"TFP {share_text(year, lang)}" if year.reason is None else TEXTS["tfp"].in_(lang) + f" {NONE}",
            {one: Decimal(getattr(year, f"contribution_{one}")) for one in PARTS},
            100 * Decimal(year.g_Y), percent(year.g_Y, lang),
        )
        for year in _inside(said, period)
    ]  # fmt: skip
    names = {one: TEXTS[SHORT[one]].in_(lang) for one in PARTS}
    title = f"{title_of(summary, lang)}. {TEXTS['chart_growth'].in_(lang)}"
    return growth_charts.by_year(
        bars, names, title=title, axis=TEXTS["chart_axis"].in_(lang), comma=lang != "en", key=said.place_id
    )  # fmt: skip


def _inside(said: TfpResult, period: PeriodOfGrowth) -> list[YearOfGrowth]:
    return [year for year in said.years if period.first_year <= year.year <= period.last_year]


def _key(period: PeriodOfGrowth, summary: Summary, lang: str) -> list[Fact]:
    return [
        Fact(TEXTS["growth_rate"].in_(lang), summary.growth),
        Fact(f"{TEXTS['tfp'].in_(lang)}, {TEXTS['points'].in_(lang).lower()}", summary.points["A"]),
        Fact(TEXTS["tfp_share"].in_(lang), summary.share),
        Fact(TEXTS["band"].in_(lang), summary.band),
        Fact(TEXTS["lp_growth"].in_(lang), summary.labour),
    ]
