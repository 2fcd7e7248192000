"""What it would take: the TFP growth, or the slower capital growth, that brings the share of TFP in growth to a target.

The share of a period is 1 − (ᾱ·G_K + β̄·G_L)/G_Y with compound rates from end points (engine VN-OFFICIAL), so what is done is done: the
years before count, and only the years that are left can change. Solved in closed form, and by bisection where output responds.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from pq_common.errors import FieldError
from pq_tfp.domain.accounting import SMALL_GROWTH
from pq_tfp.domain.axes import placed, refuse
from pq_tfp.domain.series import LARGEST_SHARE

Hold = Literal["OUTPUT", "TFP"]
FASTEST = 1.0
"""A rate that doubles the level every year is no answer anybody could plan with."""
SLOWEST = -0.10
"""Without any investment capital shrinks by depreciation, a tenth a year at most; faster, it would have to be sold."""
STEPS = 200
BRACKETS = 200
"""Steps of a hundredth in which a passing of the target is looked for."""


@dataclass(frozen=True, slots=True)
class Past:
    """The years of the period already observed: how many, and X_last/X_first for Y, K, L; none yet is 0 years and ratios of 1."""

    years: int = 0
    Y: float = 1.0
    K: float = 1.0
    L: float = 1.0
    alpha: float = 0.5


@dataclass(frozen=True, slots=True)
class Future:
    """The years left: how many, rates a year as fractions, and α."""

    years: int
    g_K: float
    g_L: float
    alpha: float
    g_Y: float | None = None
    g_A: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Rates of the years left, fractions a year, and the share the whole period then has; all None with a ``reason`` when out of reach."""

    g_Y: float | None
    g_K: float | None
    g_A: float | None
    growth_share_A: float | None
    reason: str | None


def tfp_needed(past: Past, future: Future, *, target: float) -> Answer:
    """Return the g_A of the years left that brings the period's share to ``target``; capital and labour grow as told, output follows.

    With no past, g_A = S/(1 − S)·(α·g_K + β·g_L). Reasons: INPUTS_DO_NOT_GROW (any TFP growth is then the whole), GROWTH_TOO_SMALL,
    OUT_OF_REACH. Raises SeriesRefused.
    """
    refuse(_faults(past, future, target))
    n = past.years + future.years
    inputs = _inputs(past, future, n, future.g_K)
    if inputs <= 0:
        return _unreachable("INPUTS_DO_NOT_GROW")
    G_Y = inputs / (1 - target)
    if G_Y < SMALL_GROWTH:
        return _unreachable("GROWTH_TOO_SMALL")
    g_Y = ((1 + G_Y) ** n / past.Y) ** (1 / future.years) - 1
    return _answer(past, future, g_K=future.g_K, g_Y=g_Y)


def capital_allowed(past: Past, future: Future, *, target: float, hold: Hold = "OUTPUT") -> Answer:
    """Return the g_K of the years left that brings the period's share to ``target``.

    OUTPUT: output grows by ``future.g_Y`` all the same, so less capital means more TFP. TFP: ``future.g_A`` is kept and output slows
    with capital; the share is then found by bisection, next to ``future.g_K`` where it is passed twice. OUT_OF_REACH when capital would have to shrink by over a tenth a year, or double.
    Raises SeriesRefused.
    """
    refuse(_faults(past, future, target) + _held(future, hold))
    if hold == "TFP":
        return _by_bisection(past, future, target)
    n, alpha = past.years + future.years, _alpha(past, future)
    g_Y = future.g_Y or 0.0
    G_Y = (past.Y * (1 + g_Y) ** future.years) ** (1 / n) - 1
    if G_Y < SMALL_GROWTH:
        return _unreachable("GROWTH_TOO_SMALL")
    G_L = (past.L * (1 + future.g_L) ** future.years) ** (1 / n) - 1
    G_K = ((1 - target) * G_Y - (1 - alpha) * G_L) / alpha
    if G_K <= -1:
        return _unreachable("OUT_OF_REACH")
    g_K = ((1 + G_K) ** n / past.K) ** (1 / future.years) - 1
    return _answer(past, future, g_K=g_K, g_Y=g_Y)


def period_share(past: Past, future: Future, *, g_K: float, g_Y: float) -> float:
    """Return the share of TFP in growth over past and future together, a fraction."""
    n = past.years + future.years
    G_Y = (past.Y * (1 + g_Y) ** future.years) ** (1 / n) - 1
    return float(1 - _inputs(past, future, n, g_K) / G_Y)


def _inputs(past: Past, future: Future, n: int, g_K: float) -> float:
    alpha = _alpha(past, future)
    G_K = (past.K * (1 + g_K) ** future.years) ** (1 / n) - 1
    G_L = (past.L * (1 + future.g_L) ** future.years) ** (1 / n) - 1
    return float(alpha * G_K + (1 - alpha) * G_L)


def _alpha(past: Past, future: Future) -> float:
    return (past.years * past.alpha + future.years * future.alpha) / (past.years + future.years)


def _answer(past: Past, future: Future, *, g_K: float, g_Y: float) -> Answer:
    if not SLOWEST <= g_K <= FASTEST or abs(g_Y) > FASTEST:
        return _unreachable("OUT_OF_REACH")
    g_A = g_Y - future.alpha * g_K - (1 - future.alpha) * future.g_L
    return Answer(g_Y, g_K, g_A, period_share(past, future, g_K=g_K, g_Y=g_Y), None)


def _by_bisection(past: Past, future: Future, target: float) -> Answer:
    g_A = future.g_A or 0.0
    n = past.years + future.years

    def output(g_K: float) -> float:
        return g_A + future.alpha * g_K + (1 - future.alpha) * future.g_L

    def grown(g_K: float) -> float:
        level = past.Y * max(1 + output(g_K), 0.0) ** future.years
        return float(level ** (1 / n) - 1)

    def excess(g_K: float) -> float:
        # Multiplied out by G_Y, which is above 0 at the answer: no pole where growth crosses 0.
        return (1 - target) * grown(g_K) - _inputs(past, future, n, g_K)

    points = [-1.0 + (FASTEST + 1.0) * step / BRACKETS for step in range(BRACKETS + 1)]
    above = [excess(point) > 0 for point in points]
    sides = zip(pairwise(points), pairwise(above), strict=True)
    crossed = [pair for pair, (before, after) in sides if before != after]
    if not crossed:
        return _unreachable("OUT_OF_REACH")
    # The share may pass the target twice; what is nearest to the capital growth told is what is asked for.
    low, high = min(crossed, key=lambda pair: abs(sum(pair) / 2 - future.g_K))
    falling = excess(low) > 0
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if (excess(middle) > 0) == falling else (low, middle)
    g_K = (low + high) / 2
    if grown(g_K) < SMALL_GROWTH:
        return _unreachable("GROWTH_TOO_SMALL")
    return _answer(past, future, g_K=g_K, g_Y=output(g_K))


def _unreachable(reason: str) -> Answer:
    return Answer(None, None, None, None, reason)


def _faults(past: Past, future: Future, target: float) -> list[FieldError]:
    found = []
    if not 0 < target < 1:
        hint = f" {target / 100:g}?" if target > LARGEST_SHARE else ""
        said = (
            f"Chỉ tiêu là {target:g}; cần giữa 0 và 1.{hint}",
            f"The target is {target:g}; between 0 and 1 is needed.{hint}",
        )
        found.append(placed("target", None, None, "target_not_a_fraction", said))
    if future.years < 1 or past.years < 0:
        said = ("Cần ít nhất 1 năm còn lại.", "At least one year must be left.")
        found.append(placed("years", None, None, "years_too_few", said))
    rates = {"g_K": future.g_K, "g_L": future.g_L, "g_Y": future.g_Y, "g_A": future.g_A}
    for name, rate in rates.items():
        if rate is not None and not -1 < rate <= LARGEST_SHARE:
            said = (
                f"{name} = {rate:g}; cần một phần của 1 mỗi năm (0.07 là 7 %).",
                f"{name} = {rate:g}; a fraction a year is needed (0.07 is 7 %).",
            )
            found.append(placed(name, None, None, "growth_in_percent", said))
    for name in ("Y", "K", "L"):
        if not getattr(past, name) > 0:
            said = (f"{name}: tỷ số phải lớn hơn 0.", f"{name}: the ratio must be above 0.")
            found.append(placed(name, None, None, "level_not_positive", said))
    if not (0 < future.alpha < 1 and 0 < past.alpha < 1):
        said = ("alpha phải giữa 0 và 1.", "alpha must lie between 0 and 1.")
        found.append(placed("alpha", None, None, "share_outside_unit_interval", said))
    return found


def _held(future: Future, hold: Hold) -> list[FieldError]:
    field = "g_Y" if hold == "OUTPUT" else "g_A"
    if getattr(future, field) is not None:
        return []
    said = (f"Cần {field} của các năm còn lại.", f"{field} of the years left is needed.")
    return [placed(field, None, None, "series_missing", said)]
