"""Bad input and what is done about it, in one place: what ``series`` and the engines do not already catch.

Each function answers with faults (refuse), notices (warn) or a marked result; none changes a figure in silence.
"""

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from pq_common.errors import FieldError
from pq_tfp.domain.accounting import INVESTMENT_LIKE_SWING
from pq_tfp.domain.axes import Axes, Notice, placed, refuse
from pq_tfp.domain.errors import SeriesRefused, fault
from pq_tfp.domain.series import LARGEST_SHARE, Array, Yearly, level_faults

SMALLEST_SAMPLE = 3
FASTER_THAN_NATION = 0.05
FASTER_YEARS = 3
ShareUnit = Literal["fraction", "percent"]


@dataclass(frozen=True, slots=True)
class Filled:
    """A series without gaps; ``imputed`` are the years made up, for which no yearly TFP may be shown."""

    values: dict[int, float]
    imputed: frozenset[int]


@dataclass(frozen=True, slots=True)
class Linked:
    """An old series in the prices of the new base: the mean ratio of the overlap, and how far its years disagree."""

    values: dict[int, float]
    ratio: float
    spread: float
    overlap: tuple[int, ...]


def geometric_fill(field: str, series: Yearly) -> Filled:
    """Fill the years missing inside a series with constant growth and mark them. Nothing is added before or after it.

    Option GEOMETRIC_FILL; without it a gap is an error. Raises SeriesRefused for a level that is not above 0.
    """
    refuse(level_faults(field, series, sorted(series)))
    years = sorted(series)
    values, imputed = dict(series), set()
    for before, after in itertools.pairwise(years):
        step = (series[after] / series[before]) ** (1 / (after - before))
        for year in range(before + 1, after):
            values[year] = series[before] * step ** (year - before)
            imputed.add(year)
    return Filled(dict(sorted(values.items())), frozenset(imputed))


def why_not_annual(growth_years: Sequence[int], imputed: Iterable[int]) -> tuple[str | None, ...]:
    """Return IMPUTED for each growth year that begins or ends in a made-up year; period TFP is still allowed."""
    made_up = set(imputed)
    return tuple("IMPUTED" if {year - 1, year} & made_up else None for year in growth_years)


def ends_early(series: Mapping[str, Yearly]) -> list[Notice]:
    """Note ENDS_EARLY on each series that stops before the others: the computation ends with it."""
    last = max(max(values) for values in series.values())
    return [
        Notice("ENDS_EARLY", name, None, max(values))
        for name, values in series.items()
        if max(values) < last
    ]


def unit_faults(
    field: str, values: Yearly, *, unit: ShareUnit, kind: Literal["share", "growth"]
) -> list[FieldError]:
    """Name each value that fits the other unit than the declared one: 47 declared a fraction, 0.47 declared percent.

    A fraction above 1.5 is refused, and so are shares declared percent that are all at most 1.5. Growth declared percent cannot be
    judged so: 0.4 percent a year is ordinary.
    """
    found = []
    if unit == "fraction":
        for year, value in values.items():
            if abs(value) > LARGEST_SHARE:
                found.append(
                    fault(
                        field, year, f"{kind}_in_percent",
                        f"{field} năm {year} là {value:g}: có lẽ là phần trăm; hãy viết {value / 100:g}.",
                        f"{field} in {year} is {value:g}: this looks like percent; write {value / 100:g}.",
                    )
                )  # fmt: skip
    elif (
        kind == "share" and values and all(abs(value) <= LARGEST_SHARE for value in values.values())
    ):
        year, value = next(iter(values.items()))
        found.append(
            fault(
                field, year, "share_in_fraction",
                f"{field} khai theo phần trăm nhưng năm {year} là {value:g}: có lẽ là phần của 1; hãy viết {value * 100:g}.",
                f"{field} is declared in percent but {value:g} in {year} looks like a fraction; write {value * 100:g}.",
            )
        )  # fmt: skip
    return found


def price_basis_faults(bases: Mapping[str, str | None]) -> list[FieldError]:
    """Refuse a mixture of price bases, a base that was not told, and current prices where volumes are needed.

    Numbers alone cannot show it, so the basis is a declared field of each of Y, K and I.
    """
    if len(set(bases.values())) == 1 and all(
        str(b).startswith("constant-") for b in bases.values()
    ):
        return []
    vi, en = (
        ", ".join(sorted({basis or untold for basis in bases.values()}))
        for untold in ("chưa khai", "undeclared")
    )
    return [
        fault(
            field, None, "price_basis_mixed",
            f"{field} theo giá {basis or 'chưa khai'}; tất cả phải cùng một giá so sánh như constant-2010, nhận được: {vi}.",
            f"{field} is in {basis or 'undeclared'} prices; all must share one constant-price basis like constant-2010, got: {en}.",
        )
        for field, basis in bases.items()
    ]  # fmt: skip


def additivity_faults(field: str, kind: str) -> list[FieldError]:
    """Refuse to sum chained volumes: only fixed-base constant prices add up over places and industries."""
    if kind != "chained":
        return []
    messages = (
        f"{field} là khối lượng theo chuỗi, không cộng được qua các nơi; hãy dùng giá so sánh cố định.",
        f"{field} is a chained volume, which does not add up over places; use fixed-base constant prices.",
    )
    return [placed(field, None, None, "not_additive", messages)]


def swing_notices(K: Array, axes: Axes) -> list[Notice]:
    """Note K_LOOKS_LIKE_INVESTMENT where the stock moves by more than 30 % in a year: a flow was probably given for a stock."""
    swings = np.abs(np.diff(K) / K[..., :-1]) > INVESTMENT_LIKE_SWING
    return [
        Notice("K_LOOKS_LIKE_INVESTMENT", "K", unit, year)
        for _, unit, year in axes.growth().where(swings)
    ]


def faster_than_nation(place: Yearly, nation: Yearly) -> list[Notice]:
    """Note FASTER_THAN_NATION in the years a place grew over 5 points faster than the nation, if these are 3 or more: current prices?

    Both are growth rates by year, fractions.
    """
    years = [y for y in sorted(place) if y in nation and place[y] - nation[y] > FASTER_THAN_NATION]
    if len(years) < FASTER_YEARS:
        return []
    return [Notice("FASTER_THAN_NATION", "Y", None, year) for year in years]


def link_bases(field: str, old: Yearly, new: Yearly) -> Linked:
    """Return the new series extended backwards with the old one in the new prices, by the mean ratio of the overlap.

    Growth before the overlap is the old series' own. ``spread`` is the largest relative distance of a year's ratio from the mean.
    Raises SeriesRefused without a common year: two bases are never differenced.
    """
    overlap = tuple(sorted(set(old) & set(new)))
    if not overlap:
        said = (
            f"{field}: hai năm gốc không có năm chung nên không nối được.",
            f"{field}: the two bases share no year, so they cannot be linked.",
        )
        raise SeriesRefused.because([placed(field, None, None, "overlap_missing", said)])
    refuse(level_faults(field, old, sorted(old)) + level_faults(field, new, sorted(new)))
    ratios = np.array([new[year] / old[year] for year in overlap])
    ratio = float(np.exp(np.log(ratios).mean()))
    values = {year: value * ratio for year, value in old.items() if year < overlap[0]} | dict(new)
    spread = float(np.abs(ratios / ratio - 1).max())
    return Linked(dict(sorted(values.items())), ratio, spread, overlap)


def vintage_faults(field: str, vintages: Mapping[int, str]) -> list[FieldError]:
    """Refuse growth between two vintages: name each year whose vintage is not that of the year before."""
    return [
        placed(
            field, None, year, "vintages_mixed",
            (
                f"{field}: năm {year} thuộc kỳ công bố {vintages[year]}, năm trước thuộc {vintages[year - 1]}.",
                f"{field}: {year} is of vintage {vintages[year]}, the year before of {vintages[year - 1]}.",
            ),
        )
        for year in sorted(vintages)
        if year - 1 in vintages and vintages[year - 1] != vintages[year]
    ]  # fmt: skip


def break_notices(field: str, growth_years: Sequence[int], breaks: Iterable[int]) -> list[Notice]:
    """Note DEFINITION_BREAK on each growth rate that crosses a change of definition, e.g. employment under ICLS-19."""
    changed = set(breaks)
    return [
        Notice("DEFINITION_BREAK", field, None, year) for year in growth_years if year in changed
    ]


def duplicate_faults(rows: Iterable[tuple[str, int]], *, field: str = "rows") -> list[FieldError]:
    """Name each (unit, year) that comes twice."""
    twice = [row for row, count in Counter(rows).items() if count > 1]
    said = ("xuất hiện hai lần", "appears twice")
    return [
        placed(field, unit, year, "duplicated", (f"Năm {year} {said[0]}.", f"{year} {said[1]}."))
        for unit, year in twice
    ]


def sample_faults(what: str, count: int, *, minimum: int = SMALLEST_SAMPLE) -> list[FieldError]:
    """Refuse a sample that is too small, telling the minimum."""
    if count >= minimum:
        return []
    messages = (
        f"Có {count} {what}; cần ít nhất {minimum}.",
        f"{what}: there are {count}; at least {minimum} are needed.",
    )
    return [placed(what, None, None, "sample_too_small", messages)]


def optional_or_persons(
    optional: Yearly | None, years: Sequence[int], *, field: str
) -> list[Notice]:
    """Note FALLS_BACK_TO_PERSONS for each year hours or quality lack; what is missing is never 0."""
    given = optional or {}
    return [Notice("FALLS_BACK_TO_PERSONS", field, None, y) for y in years if y not in given]
