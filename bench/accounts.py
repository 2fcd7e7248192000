"""Engines on panels beside plain loops: ``ccd`` (183 units × 66 years), ``accounting`` (63 places × 20 years), ``monte-carlo`` (10,000 draws).

Processor seconds on both sides, the same figures on both, checked before anything is measured.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bench.estimators import cpu
from bench.measure import Compared, Goal, Result, compare, settled, verdict
from bench.scene import Scene
from pq_tfp.domain.axes import Axes
from pq_tfp.domain.levels import compare as levels
from pq_tfp.domain.panel import account_panel
from pq_tfp.domain.series import Array
from pq_tfp.domain.uncertainty import DRAWS, Case, simulate

WITHIN_S = 60.0
LOOPED = 500
"""Draws of the plain loop: enough for a steady rate."""
Work = Callable[[], object]


@dataclass(frozen=True)
class Beside:
    """A measure of our ``work`` beside a plain ``loop``, both made by ``prepare``, which checks that they agree; rates in ``unit`` a second."""

    NAME: str
    GOAL: Goal
    prepare: Callable[[], tuple[Work, Work, float, float]]
    about: str

    async def measure(self, scene: Scene) -> Result:
        """Measure what was prepared: both works, and how much each of them does."""
        ours, loop, much, looped = self.prepare()

        async def raw() -> float:
            return looped / cpu(loop)

        async def engine() -> float:
            return much / cpu(ours)

        async def attempt() -> Compared:
            return await compare(raw, engine)

        attempts = await settled(attempt, within_s=WITHIN_S)
        return verdict(
            self.NAME,
            self.GOAL,
            attempts,
            raw_path=self.about,
            milliseconds=round(1e3 * cpu(ours), 2),
        )


def panel(units: int, years: int) -> tuple[Axes, Array, Array, Array, Array]:
    """Make Y, K, L and shares of labour."""
    random = np.random.default_rng(183)
    Y, K, L = np.exp(random.normal(5, 1, (3, units, years)))
    axes = Axes(tuple(range(1954, 1954 + years)), tuple(f"unit {n}" for n in range(units)))
    return axes, Y, K, L, random.uniform(0.4, 0.7, (units, years))


def ccd() -> tuple[Work, Work, float, float]:
    """Prepare levels of 183 units over 66 years."""
    axes, Y, K, L, beta = panel(183, 66)
    shares = {"K": 1 - beta, "L": beta}

    def loop() -> list[list[float]]:
        told = []
        for t in range(66):
            y, x = [math.log(v) for v in Y[:, t]], [[math.log(v) for v in X[:, t]] for X in (K, L)]
            s = [[float(v) for v in w[:, t]] for w in (shares["K"], shares["L"])]
            mean_y, mean_x, mean_s = (
                sum(y) / 183,
                [sum(a) / 183 for a in x],
                [sum(a) / 183 for a in s],
            )
            ln_T = [
                y[i]
                - mean_y
                - sum((s[j][i] + mean_s[j]) * (x[j][i] - mean_x[j]) for j in (0, 1)) / 2
                for i in range(183)
            ]
            told.append([math.exp(value - ln_T[0]) for value in ln_T])
        return told

    def ours() -> Array:
        return levels(Y, {"K": K, "L": L}, shares, axes, reference="unit 0").relative

    np.testing.assert_allclose(ours().T, loop(), rtol=1e-9)
    return ours, loop, 183 * 66, 183 * 66


def accounting() -> tuple[Work, Work, float, float]:
    """Prepare the official account of 63 places over 20 years."""
    axes, Y, K, L, beta = panel(63, 20)
    beta = beta[:, 1:]

    def loop() -> list[list[float]]:
        told = []
        for i in range(63):
            row = []
            for t in range(1, 20):
                g = [float(X[i, t]) / float(X[i, t - 1]) - 1 for X in (Y, K, L)]
                b = float(beta[i, t - 1])
                part_K, part_L = (1 - b) * g[1], b * g[2]
                g_A = g[0] - part_K - part_L
                shares = [
                    part / g[0] if g[0] >= 0.005 else math.nan for part in (part_K, part_L, g_A)
                ]
                row.append((g_A, 100 * part_K, 100 * part_L, 100 * g_A, *shares)[0])
            told.append(row)
        return told

    def ours() -> Array:
        return account_panel({"Y": Y, "K": K, "L": L}, 1 - beta, beta, axes).g_A

    np.testing.assert_allclose(ours(), loop(), rtol=1e-9)
    return ours, loop, 63 * 19, 63 * 19


def monte_carlo() -> tuple[Work, Work, float, float]:
    """Prepare the band of one place over 10 years: 10,000 draws at once beside draws one by one."""
    years = 10
    t = np.arange(years)
    case = Case(
        Axes(tuple(range(2014, 2014 + years))), 100 * 1.07**t, 50 * 1.01**t, 20 * 1.06 ** t[1:],
        np.full(years - 1, 0.4), 200.0, 0.05,
    )  # fmt: skip
    Y, L, flows, alphas = (a.tolist() for a in (case.Y, case.L, case.investment, case.alpha))

    def loop() -> Array:
        random = np.random.default_rng(1)
        told = []
        for _ in range(LOOPED):
            shift = 2.0
            while not 0.2 < alphas[0] + shift < 0.8:
                shift = random.normal(0, 0.03)
            delta, K = random.uniform(0.04, 0.08), 200.0 * math.exp(random.normal(0, 0.35))
            first, y, labour = K, math.log(Y[-1] / Y[0]), math.log(L[-1] / L[0])
            for flow in flows:
                K = (1 - delta) * K + flow
                y += random.normal(0, 0.003)
                labour += random.normal(0, 0.005)
            g_Y, g_K, g_L = (
                math.exp(x / (years - 1)) - 1 for x in (y, math.log(K / first), labour)
            )
            alpha = alphas[0] + shift
            told.append(g_Y - alpha * g_K - (1 - alpha) * g_L)
        return np.array(told)

    def ours() -> Array:
        return simulate(case).g_A

    np.testing.assert_allclose(np.median(ours()), np.median(loop()), atol=2e-3)
    return ours, loop, DRAWS, LOOPED


CCD = Beside("ccd", Goal(aim=10.0, floor=4.0), ccd, "the formula in plain Python, year by year")
ACCOUNTING = Beside(
    "accounting",
    Goal(aim=3.0, floor=1.5),
    accounting,
    "the formula in plain Python, place by place",
)
MONTE_CARLO = Beside(
    "monte-carlo",
    Goal(aim=10.0, floor=4.0),
    monte_carlo,
    "the same draws one by one in plain Python",
)
