"""Synthetic series beside each account: research spending, assets and industries, which the three definitions of STI need.

All follow from the account by fixed rules; nothing in them is an estimate of anything.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pq_embedded.demo.growth import FIRST_YEAR, LAST_YEAR, PRICES_OF, DemoSeries, Year

MONEY, PERSONS, INDEX = "triệu đồng", "người", "năm gốc = 1"
CONSTANT = f"constant-{PRICES_OF}"
RESEARCH_BEFORE = 1
"""Knowledge works a year later: spending is told from the year before the accounts."""
ASSETS_BEFORE = 2
"""Services of a year come from the stock at the end of the year before, and are compared with the year before that."""
RESEARCH_SHARE, RESEARCH_GROWTH = 0.004, 0.035
ICT: Final = "ict"
OTHER: Final = "khác"
ICT_SHARE, ICT_AHEAD = 0.02, 0.05
"""Information technology: its part of the stock in the first year, and how much faster than the whole it grows."""
DEPRECIATION: Final = {ICT: 0.30, OTHER: 0.05}
PRICE_GROWTH: Final = {ICT: -0.03, OTHER: 0.02}
INDUSTRIES: Final = ("A", "B-F", "G-T")
"""Sections of the economic classification: agriculture; industry and construction; services."""
OUTPUT_IN, WORKERS_IN, CAPITAL_IN = (0.20, 0.45, 0.35), (0.38, 0.30, 0.32), (0.08, 0.52, 0.40)
PAY_OVER_MEAN: Final = (1.25, 0.85, 1.05)
MOVES: Final = {"CM": -0.006, "ST": -0.002}
"""Share of workers that leaves agriculture for industry in a year; negative where they come back."""
USUAL_MOVE = 0.006


@dataclass(frozen=True, slots=True)
class Line:
    """One series as it is declared."""

    measure: str
    kind: str
    price_basis: str | None
    unit: str
    values: Mapping[int, int | float]
    item: str = ""
    industry: str = "total"


def lines(one: DemoSeries) -> Iterator[Line]:
    """Return the series of one province: spending, assets, industries."""
    yield _research(one)
    yield from _assets(one)
    yield from _industries(one)


def national() -> Iterator[Line]:
    """Return what the provinces take from the nation: the price of each asset, 1 in the base year."""
    for item, growth in PRICE_GROWTH.items():
        prices = {
            year: round((1 + growth) ** (year - PRICES_OF), 6)
            for year in range(PRICES_OF, LAST_YEAR + 1)
        }
        yield Line("P_I", "index", None, INDEX, prices, item)


def _research(one: DemoSeries) -> Line:
    first = one.years[0].output * RESEARCH_SHARE
    years = range(FIRST_YEAR - RESEARCH_BEFORE, LAST_YEAR + 1)
    spent = {year: round(first * (1 + RESEARCH_GROWTH) ** (year - FIRST_YEAR)) for year in years}
    return Line("RD", "flow", CONSTANT, MONEY, spent)


def _assets(one: DemoSeries) -> Iterator[Line]:
    first, second = one.years[0], one.years[1]
    pace = second.capital / first.capital
    before = {
        FIRST_YEAR - back: round(first.capital / pace**back) for back in range(1, ASSETS_BEFORE + 1)
    }
    whole = {**before, **{year.year: year.capital for year in one.years}}
    digital = {
        year: round(stock * ICT_SHARE * (1 + ICT_AHEAD) ** (year - FIRST_YEAR))
        for year, stock in sorted(whole.items())
    }
    rest = {year: whole[year] - stock for year, stock in digital.items()}
    for item, stock in ((ICT, digital), (OTHER, rest)):
        yield Line("K", "stock", CONSTANT, MONEY, stock, item)


def _industries(one: DemoSeries) -> Iterator[Line]:
    move = MOVES.get(one.province.short, USUAL_MOVE)
    income = {year.year: _split(one.labour_income(year), _paid(year, move)) for year in one.years}
    output = {year.year: _split(year.output, _made(year, move)) for year in one.years}
    capital = {year.year: _split(year.capital, CAPITAL_IN) for year in one.years}
    workers = {year.year: _split(year.labour, _working(year, move)) for year in one.years}
    for at, industry in enumerate(INDUSTRIES):
        for measure, kind, prices, unit, told in (
            ("Y", "flow", CONSTANT, MONEY, output),
            ("K", "stock", CONSTANT, MONEY, capital),
            ("L", "stock", None, PERSONS, workers),
            ("VA", "flow", "current", MONEY, output),
            ("labour_income", "flow", "current", MONEY, income),
        ):
            values = {year: parts[at] for year, parts in told.items()}
            yield Line(measure, kind, prices, unit, values, industry=industry)


def _working(year: Year, move: float) -> tuple[float, ...]:
    moved = move * (year.year - FIRST_YEAR)
    return (WORKERS_IN[0] - moved, WORKERS_IN[1] + moved, WORKERS_IN[2])


def _made(year: Year, move: float) -> tuple[float, ...]:
    """Return the shares of output: each industry's output a worker keeps its distance from the mean."""
    working = _working(year, move)
    made = [share * OUTPUT_IN[at] / WORKERS_IN[at] for at, share in enumerate(working)]
    return tuple(share / sum(made) for share in made)


def _paid(year: Year, move: float) -> tuple[float, ...]:
    paid = [share * PAY_OVER_MEAN[at] for at, share in enumerate(_made(year, move))]
    return tuple(share / sum(paid) for share in paid)


def _split(whole: int, shares: tuple[float, ...]) -> tuple[int, ...]:
    """Return parts that add up to the whole: the last takes what rounding leaves."""
    parts = [round(whole * share) for share in shares[:-1]]
    return (*parts, whole - sum(parts))
