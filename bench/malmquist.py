"""Malmquist of 63 provinces over 15 years beside a loop over ``scipy.optimize.linprog``: programs a second, same programs, same answers.

Processor seconds on both sides, for neither waits for anything. The raw path solves the first pair of years, which is long enough for
a steady rate; the whole panel would take it ten seconds a sample. Time and memory of ours are told for 15, 30 and 60 years.
"""

import time
import tracemalloc
from functools import partial

import numpy as np
from scipy.optimize import linprog

from bench.measure import Compared, Goal, Result, compare, settled, verdict
from bench.scene import Scene
from pq_tfp.domain.axes import Axes
from pq_tfp.domain.malmquist import change
from pq_tfp.domain.quantities import Quantities
from pq_tfp.domain.series import Array

NAME = "malmquist"
GOAL = Goal(aim=10.0, floor=5.0)
WITHIN_S = 60.0
UNITS, YEARS = 63, 15
PROGRAMS = 6
"""Of one unit and pair of years: four distances under constant returns and two under variable ones."""


def panel(years: int) -> Quantities:
    """Make a panel of Cobb-Douglas units with noise, of very different sizes, always the same."""
    random = np.random.default_rng(63)
    capital, labour = np.exp(random.normal(3, 1, (2, UNITS, years)))
    output = capital**0.4 * labour**0.6 * np.exp(random.normal(0, 0.2, (UNITS, years)))
    axes = Axes(tuple(range(1900, 1900 + years)), tuple(f"unit {n}" for n in range(UNITS)))
    return Quantities(axes, {"K": capital, "L": labour}, {"Y": output})


def one_by_one(told: Quantities) -> Array:
    """Return M of the first pair of years as a script would: one call of linprog a program, pure efficiency included."""
    x = (
        np.stack([told.x["K"], told.x["L"]])[..., :2]
        / np.mean([*told.x.values()], axis=(1, 2))[:, None, None]
    )
    y = told.y["Y"][..., :2] / told.y["Y"].mean()

    def distance(of: int, unit: int, at: int, *, convex: bool = False) -> float:
        upper = np.vstack([np.r_[y[unit, at], -y[:, of]], np.c_[np.zeros(2), x[:, :, of]]])
        limit = np.r_[0.0, x[:, unit, at]]
        equation = {"A_eq": np.r_[0.0, np.ones(UNITS)][None], "b_eq": [1.0]} if convex else {}
        objective = np.r_[-1.0, np.zeros(UNITS)]
        return -1 / float(
            linprog(objective, A_ub=upper, b_ub=limit, method="highs", **equation).fun
        )

    index = np.empty(UNITS)
    for unit in range(UNITS):
        for year in (0, 1):
            distance(year, unit, year, convex=True)
        old = distance(0, unit, 1) / distance(0, unit, 0)
        index[unit] = np.sqrt(old * distance(1, unit, 1) / distance(1, unit, 0))
    return index


async def raw(told: Quantities) -> float:
    """Return programs a second of the loop."""
    began = time.process_time()
    one_by_one(told)
    return UNITS * PROGRAMS / (time.process_time() - began)


async def ours(told: Quantities) -> float:
    """Return programs a second of the engine on the whole panel."""
    began = time.process_time()
    change(told)
    return UNITS * (len(told.axes.years) - 1) * PROGRAMS / (time.process_time() - began)


def sizes() -> list[dict[str, float]]:
    """Return seconds and megabytes at three sizes; both should grow with the panel and not faster."""
    told = []
    for years in (YEARS, 2 * YEARS, 4 * YEARS):
        made = panel(years)
        began = time.process_time()
        change(made)
        seconds = time.process_time() - began
        tracemalloc.start()
        change(made)
        peak = tracemalloc.get_traced_memory()[1] / 1e6
        tracemalloc.stop()
        told.append({"years": years, "seconds": round(seconds, 3), "peak_mb": round(peak, 1)})
    return told


async def measure(scene: Scene) -> Result:
    """Measure, after both sides have given the same indices."""
    told = panel(YEARS)
    np.testing.assert_allclose(change(told).parts["M"][:, 0], one_by_one(told), rtol=1e-7)

    async def attempt() -> Compared:
        return await compare(partial(raw, told), partial(ours, told))

    attempts = await settled(attempt, within_s=WITHIN_S)
    return verdict(NAME, GOAL, attempts, sizes=sizes())
