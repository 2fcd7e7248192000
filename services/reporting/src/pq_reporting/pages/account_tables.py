"""The tables of one growth account, line by line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pq_common import places
from pq_common.contracts.tfp import DefinitionOfScience, PeriodOfGrowth, TfpResult, YearOfGrowth
from pq_common.dates import legal_day
from pq_reporting.domain.figure import Words
from pq_reporting.domain.numbers import adding_up, day, figures, with_unit
from pq_reporting.domain.productivity import capital_deepening
from pq_reporting.pages.growth_messages import (
    ASSUMPTIONS,
    COUNTED_AS_0,
    ENGINES,
    METHODS,
    STI,
    TEXTS,
    WARNINGS,
)
from pq_reporting.pages.growth_words import (
    NONE,
    PARTS,
    band_text,
    boundary_text,
    percent,
    points_band,
    points_of,
    points_text,
    reason_text,
    share_text,
    shares_of,
)
from pq_reporting.pages.rows import Fact
from pq_reporting.pages.sections import capital

FACTORS = {"K": "capital", "L": "labour", "A": "tfp_long"}


@dataclass(frozen=True, slots=True)
class Cells:
    """One line of a table: its name and its cells; ``note`` stands small under the name."""

    name: str
    cells: tuple[str, ...]
    note: str | None = None


def factors(period: PeriodOfGrowth, lang: str) -> list[Cells]:
    weights = {"K": period.alpha, "L": period.beta, "A": None}
    points, shares = points_of(period, lang), shares_of(period, lang)
    lines = [
        Cells(
            TEXTS[FACTORS[one]].in_(lang),
            (
                percent(getattr(period, f"g_{one}"), lang),
                NONE if weights[one] is None else figures(Decimal(weights[one] or 0), lang, places=2),
                points[one],
                shares[one],
            ),
        )
        for one in PARTS
    ]  # fmt: skip
    whole = percent("1", lang) if period.growth_share_A is not None else NONE
    total = points_text(str(100 * Decimal(period.g_Y)), lang)
    return [
        *lines,
        Cells(TEXTS["output"].in_(lang), (percent(period.g_Y, lang), NONE, total, whole)),
    ]


def year_line(year: YearOfGrowth, lang: str) -> Cells:
    points = points_of(year, lang)
    level = year.labour_productivity
    return Cells(
        str(year.year),
        (
            percent(year.g_Y, lang), *(points[one] for one in PARTS), share_text(year, lang),
            NONE if level is None else figures(Decimal(level), lang), percent(year.g_LP, lang),
        ),
        reason_text(year.reason, lang),
    )  # fmt: skip


def deepening(period: PeriodOfGrowth, lang: str) -> str:
    if period.contribution_K is None or period.alpha is None:
        return NONE
    more = capital_deepening(
        Decimal(period.contribution_K), Decimal(period.alpha), Decimal(period.g_L)
    )
    tfp = 100 * Decimal(period.g_A)
    both = 100 * (Decimal(period.g_Y) - Decimal(period.g_L))
    capital_part, tfp_part = adding_up([more, tfp], both)
    words = TEXTS["deepening"].in_(lang)
    return (
        f"{points_text(str(both), lang)} = {points_text(str(capital_part), lang)} ({words}) "
        f"{points_text(str(tfp_part), lang)} (TFP)"
    )


def assumptions(period: PeriodOfGrowth, lang: str) -> list[Cells]:
    sure = period.uncertainty
    rows = [] if sure is None else sure.assumptions
    return [
        Cells(
            _assumed(row.assumption, Decimal(row.value), lang),
            (percent(row.g_A, lang), percent(row.growth_share_A, lang), points_text(row.change_pp, lang)),
        )
        for row in rows
        if (row.assumption, Decimal(row.value)) != ("K0", Decimal(1))  # the figure itself once more
    ]  # fmt: skip


def _assumed(name: str, value: Decimal, lang: str) -> str:
    words = ASSUMPTIONS.get(name)
    if words is None:
        return f"{name} {figures(value, lang, places=3)}"
    shown = with_unit(100 * value, "%", lang) if name in ("delta", "deflator") else figures(value, lang, places=1 if name == "K0" else 2)  # fmt: skip
    return words.in_(lang).format(shown)


def parts(said: TfpResult, lang: str) -> list[Cells]:
    return [
        Cells(
            capital(places.describe(part.place_id)),
            (
                percent(part.weight, lang), percent(part.g_Y, lang), percent(part.g_A, lang),
                percent(part.growth_share_A, lang),
            ),
            reason_text(part.reason, lang),
        )
        for part in said.parts
    ]  # fmt: skip


def definitions(said: TfpResult, period: PeriodOfGrowth, lang: str) -> list[Cells]:
    """Return the three definitions; without the series that the narrower two need only the broad one has a figure."""
    told = {one.definition: one for one in said.sti.definitions} if said.sti is not None else {}
    unknown = frozenset() if said.sti is None else frozenset(said.sti.unknown)
    lines = []
    for name, (reading, absent) in STI.items():
        if (one := told.get(name)) is not None:
            told_of = [
                reading,
                *(text for term, text in COUNTED_AS_0[name].items() if term in unknown),
            ]
            lines.append(Cells(name, _defined(one, lang), _sentences(told_of, lang)))
        elif name == "STI_PLAN":
            lines.append(Cells(name, _broad(period, lang), reading.in_(lang)))
        else:
            lines.append(Cells(name, (NONE,) * 4, _sentences([reading, absent], lang)))
    return lines


def _defined(one: DefinitionOfScience, lang: str) -> tuple[str, ...]:
    return (
        points_text(one.points, lang, places_=2),
        points_band(one.points_band, lang, places_=2),
        percent(one.growth_share, lang),
        band_text(one.growth_share_band, lang),
    )


def _broad(period: PeriodOfGrowth, lang: str) -> tuple[str, ...]:
    sure = period.uncertainty
    return (
        points_text(period.g_A, lang, factor=100, places_=2),
        points_band(None if sure is None else sure.g_A, lang, factor=100, places_=2),
        share_text(period, lang),
        band_text(None if sure is None else sure.growth_share_A, lang),
    )


def _sentences(said: Sequence[Words], lang: str) -> str:
    return " ".join(f"{one.in_(lang).rstrip('.')}." for one in said)


def method(said: TfpResult, lang: str) -> list[Fact]:
    engine = ENGINES[said.engine].in_(lang) if said.engine in ENGINES else said.engine
    share, stock = (
        METHODS[text].in_(lang) if text in METHODS else text
        for text in (said.share_method, said.capital_method)
    )
    given = (
        ("synthetic", TEXTS["synthetic_yes" if said.is_synthetic else "synthetic_no"].in_(lang)),
        ("engine", engine), ("method_version", said.method_version), ("vintage", said.vintage),
        ("map", boundary_text(said.boundary, lang)), ("share_method", share), ("capital_method", stock),
        ("price_basis", said.price_basis), ("labour_unit", said.labour_unit),
        ("published_on", day(_published(said), lang)), ("result_id", said.result_id),
    )  # fmt: skip
    facts = [Fact(TEXTS[name].in_(lang), text) for name, text in given]
    told = [WARNINGS[code].in_(lang) if code in WARNINGS else code for code in said.warnings]
    return [*facts, Fact(TEXTS["warnings"].in_(lang), " ".join(told))] if told else facts


def _published(said: TfpResult) -> date:
    return legal_day(said.published_at)
