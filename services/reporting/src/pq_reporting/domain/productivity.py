"""Figures that the TFP service computed and a person published. Nothing here is computed again, averaged or added."""

from collections.abc import Iterable
from decimal import Decimal

from pq_reporting.domain.clauses import Clause
from pq_reporting.domain.facts import Period, Result
from pq_reporting.domain.figure import MISSING, Figure, Words, not_comparable, number

REASONS = {
    "NEGATIVE_GROWTH": Words(
        "Tăng trưởng âm, không tính tỷ trọng.", "Negative growth gives no share."
    ),
    "GROWTH_TOO_SMALL": Words(
        "Tăng trưởng gần 0, không tính tỷ trọng.", "Growth near zero gives no share."
    ),
}


def latest_first(results: Iterable[Result], place_id: str) -> list[Result]:
    """Return the published results of one place, the latest first."""
    of_place = [result for result in results if result.place_id == place_id]
    return sorted(
        of_place, key=lambda result: (result.published_at, result.result_id), reverse=True
    )


def period_within(
    results: list[Result], first_year: int, last_year: int
) -> tuple[Result, Period] | None:
    """Return the longest published period inside these years, the latest publication of it."""
    fitting = [
        (result, result.period)
        for result in results
        if result.period is not None
        and first_year <= result.period.first_year
        and result.period.last_year <= last_year
    ]
    return max(fitting, key=lambda pair: pair[1].last_year - pair[1].first_year, default=None)


def levels_within(
    results: list[Result], first_year: int, last_year: int
) -> tuple[Result, int, int] | None:
    """Return the result that tells levels of labour productivity for most of these years, its first and its last one."""
    told = [
        (result, [year for year in result.levels if first_year <= year <= last_year])
        for result in results
    ]
    result, years = max(told, key=lambda pair: len(pair[1]), default=(None, []))
    return (result, min(years), max(years)) if result is not None and years else None


def share(period: Period) -> Figure:
    """Return the share of TFP in growth, in percent, as published for the period."""
    if period.share is None:
        why = REASONS.get(period.reason or "", Words("Không nêu lý do.", "No reason given."))
        return not_comparable(why.vi, why.en)
    return number(period.share * 100)


def labour_growth(period: Period) -> Figure:
    """Return the compound growth of labour productivity, in percent a year."""
    if period.labour_productivity is None:
        return not_comparable(
            "Kết quả công bố không kèm tốc độ tăng năng suất lao động.",
            "The published result carries no growth of labour productivity.",
        )
    return number(period.labour_productivity * 100)


def capital_deepening(contribution_K: Decimal, alpha: Decimal, g_L: Decimal) -> Decimal:  # noqa: N803 - the field's names
    """Return α·(G_K − G_L) in percentage points: with TFP it makes the growth of output less that of labour.

    ``contribution_K`` is 100·α·G_K, ``alpha`` and ``g_L`` are fractions.
    """
    return contribution_K - 100 * alpha * g_L


def measured_by_year(results: list[Result], first_year: int, last_year: int) -> dict[int, Figure]:
    """Say for each year whether a published result measured it; a year without one is missing, not "no"."""
    known = frozenset[int]().union(*(result.years for result in results))
    return {
        year: number(Decimal(1)) if year in known else MISSING
        for year in range(first_year, last_year + 1)
    }


def covers(result: Result, clause: Clause) -> bool:
    """Say whether a result measured the whole span of a clause as one period."""
    return result.period is not None and (
        result.period.first_year <= clause.first_year
        and result.period.last_year >= clause.last_year
    )
