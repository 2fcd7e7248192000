"""Synthetic series for growth accounting, built backwards from the share that each province shall show."""

from dataclasses import dataclass

from pq_embedded.demo.cast import BY_SHORT, Province

CAPITAL_SHARE = 0.40
PRICES_OF = 2010
FIRST_YEAR, LAST_YEAR = 2020, 2025
GROWTH = {2021: 0.035, 2022: 0.105, 2023: 0.078, 2024: 0.084, 2025: 0.092}
LABOUR_GROWTH = 0.006


@dataclass(frozen=True, slots=True)
class Course:
    """Where a province starts (billion đồng of 2010, thousand persons) and which TFP share it is meant to reach."""

    short: str
    output: float
    labour: float
    tfp_share: float
    pace: float


COURSES = (
    Course("HY", 82_000, 690, 0.41, 0.95),
    Course("TB", 58_000, 960, 0.36, 0.85),
    Course("HP", 190_000, 1_050, 0.452, 1.30),
    Course("HD", 92_000, 930, 0.38, 0.95),
    Course("BL", 29_000, 440, 0.312, 0.90),
    Course("CM", 40_000, 570, 0.28, 0.70),
    Course("QB", 24_000, 480, 0.34, 0.80),
    Course("QT", 20_000, 340, 0.33, 0.85),
    Course("HG", 23_000, 380, 0.37, 1.15),
    Course("ST", 36_000, 620, 0.29, 0.75),
    Course("CT", 66_000, 560, 0.42, 0.80),
)


@dataclass(frozen=True, slots=True)
class Year:
    """One year: output and fixed capital in million đồng of 2010, labour in persons."""

    year: int
    output: int
    capital: int
    labour: int


@dataclass(frozen=True, slots=True)
class DemoSeries:
    """The inputs of one province; ``capital_share`` holds for the whole period."""

    province: Province
    capital_share: float
    years: tuple[Year, ...]

    def labour_income(self, year: Year) -> int:
        """Return what workers earned: the rest of value added is capital's."""
        return round(year.output * (1 - self.capital_share))


def series() -> list[DemoSeries]:
    """Return the series of every province, 2020 to 2025."""
    return [_follow(course) for course in COURSES]


def _follow(course: Course) -> DemoSeries:
    output, capital, labour = course.output, course.output * 2.6, course.labour
    years = [_year(FIRST_YEAR, output, capital, labour)]
    for year, growth in GROWTH.items():
        g_output = growth * course.pace
        due_to_labour = (1 - CAPITAL_SHARE) * LABOUR_GROWTH
        g_capital = (g_output * (1 - course.tfp_share) - due_to_labour) / CAPITAL_SHARE
        output, capital, labour = (
            output * (1 + g_output),
            capital * (1 + g_capital),
            labour * (1 + LABOUR_GROWTH),
        )
        years.append(_year(year, output, capital, labour))
    return DemoSeries(BY_SHORT[course.short], CAPITAL_SHARE, tuple(years))


def _year(year: int, output: float, capital: float, labour: float) -> Year:
    return Year(year, round(output * 1_000), round(capital * 1_000), round(labour * 1_000))
