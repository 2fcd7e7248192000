"""Production functions on 100,000 firm-years beside scripts of numpy and statsmodels: ``olley-pakes``, ``levinsohn-petrin``, ``acf``.

Processor seconds on both sides. The scripts are what one writes first: a design in one piece, least squares by ``lstsq`` at each point of the
search. Both give the same elasticities, checked before anything is measured. Time and memory of ours are told at three sizes; memory
also as copies of the data.
"""

import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import statsmodels.api as sm
from scipy.optimize import least_squares, minimize_scalar

from bench.measure import Compared, Goal, Result, compare, settled, verdict
from bench.scene import Scene
from pq_tfp.domain.ackerberg import STARTS, ackerberg
from pq_tfp.domain.control_function import GRID, Method, proxy_estimate
from pq_tfp.domain.firm_panel import FirmPanel, Roles, firm_panel
from pq_tfp.domain.series import Array

ROWS, YEARS = 100_000, 10
SIZES = (25_000, 50_000, 100_000)
WITHIN_S = 60.0
DEGREE = 3


def panel(rows: int, proxy: str) -> FirmPanel:
    """Make firms whose productivity shows in materials and in investment, always the same."""
    random, firms = np.random.default_rng(63), rows // YEARS
    omega, K = random.normal(0, 0.4, firms), np.exp(random.normal(0, 1, firms))
    kept = []
    for _ in range(YEARS):
        omega, k = 0.7 * omega + random.normal(0, 0.3, firms), np.log(K)
        labour = omega + 0.5 * k + random.normal(0, 0.4, firms)
        y = 0.6 * labour + 0.4 * k + omega + random.normal(0, 0.1, firms)
        invested = 1.5 * omega + 0.4 * k - 1
        kept.append((y, labour, k, {"M": 2 * omega + 0.6 * k, "I": invested}[proxy]))
        K = 0.85 * K + np.exp(invested)
    told = {name: np.array([row[at] for row in kept]).T.ravel() for at, name in enumerate("YLK")}
    told[proxy] = np.array([row[3] for row in kept]).T.ravel()
    firm, year = np.repeat(np.arange(firms), YEARS), np.tile(np.arange(2010, 2010 + YEARS), firms)
    return firm_panel(firm, year, told, roles=Roles(proxy=proxy), units="logs")


def first_stage(told: FirmPanel, inside: list[Array], outer: list[Array]) -> tuple[Array, Array]:
    """Return the coefficients of ``outer`` and the fitted values, by statsmodels on the whole design."""
    a, *rest = inside
    terms = [np.ones_like(a)]
    if len(rest) == 1:
        terms += [a**i * rest[0] ** j for i in range(4) for j in range(4 - i) if i + j]
    else:
        b, c = rest
        terms += [
            a**i * b**j * c**h for i in range(4) for j in range(4 - i) for h in range(4 - i - j) if i + j + h
        ]  # fmt: skip
    fit = sm.OLS(told.y, np.column_stack([*outer, *terms])).fit()
    return fit.params[: len(outer)], fit.fittedvalues


def proxy_by_script(told: FirmPanel) -> Array:
    """Return (β_l, β_k) of OP or LP."""
    k, labour, at = told["K"], told["L"], told.with_lag
    beta, phi = first_stage(told, [k, told[str(told.roles.proxy)]], [labour])
    net, lag = (told.y - beta[0] * labour)[at], (phi - beta[0] * labour)[at - 1]

    def objective(beta_k: float) -> float:
        omega = lag - beta_k * k[at - 1]
        W = np.column_stack([np.ones_like(omega), omega, omega**2, omega**3])
        left = net - beta_k * k[at]
        residual = left - W @ np.linalg.lstsq(W, left, rcond=None)[0]
        return float(residual @ residual)

    best = float(GRID[np.argmin([objective(b) for b in GRID])])
    found = minimize_scalar(objective, bounds=(best - 0.025, best + 0.025), method="bounded")
    return np.array([beta[0], found.x])


def acf_by_script(told: FirmPanel, start: Array) -> Callable[[], Array]:
    """Return a search from one start; the first stage is done before, and not measured."""
    k, labour, at = told["K"], told["L"], told.with_lag
    _, phi = first_stage(told, [k, labour, told["M"]], [])
    z = np.column_stack([labour[at - 1], k[at]])

    def moments(beta: Array) -> Array:
        omega = phi - beta[0] * labour - beta[1] * k
        W = np.column_stack([omega[at - 1] ** power for power in range(4)])
        news = omega[at] - W @ np.linalg.lstsq(W, omega[at], rcond=None)[0]
        return np.asarray(z.T @ news / len(at))

    return lambda: np.asarray(least_squares(moments, start, method="lm").x)


def cpu(work: Callable[[], object]) -> float:
    """Return the processor seconds of a piece of work."""
    began = time.process_time()
    work()
    return time.process_time() - began


def grown(work: Callable[[FirmPanel], object], proxy: str) -> list[dict[str, float]]:
    """Return seconds, peak megabytes and peak as copies of the data, at three sizes."""
    told = []
    for rows in SIZES:
        made = panel(rows, proxy)
        data = (
            sum(values.nbytes for values in made.values.values())
            + made.firm.nbytes
            + made.year.nbytes
        )
        seconds = cpu(lambda made=made: work(made))
        tracemalloc.start()
        work(made)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        told.append(
            {"rows": rows, "seconds": round(seconds, 3), "peak_mb": round(peak / 1e6, 1), "copies": round(peak / data, 2)}
        )  # fmt: skip
    return told


@dataclass(frozen=True)
class Proxy:
    """OP or LP: rows a second."""

    NAME: str
    method: Method
    proxy: str
    GOAL: Goal

    def estimate(self, told: FirmPanel) -> Array:
        return proxy_estimate(told, self.method, degree=DEGREE).estimate.beta

    async def measure(self, scene: Scene) -> Result:
        """Measure, after both sides have given the same elasticities."""
        told = panel(ROWS, self.proxy)
        np.testing.assert_allclose(self.estimate(told), proxy_by_script(told), atol=1e-5)

        async def raw() -> float:
            return ROWS / cpu(lambda: proxy_by_script(told))

        async def ours() -> float:
            return ROWS / cpu(lambda: self.estimate(told))

        async def attempt() -> Compared:
            return await compare(raw, ours, runs=3)

        attempts = await settled(attempt, within_s=WITHIN_S)
        about = "statsmodels OLS, then numpy lstsq at each of 81 points and in a bounded search"
        return verdict(
            self.NAME, self.GOAL, attempts, raw_path=about, sizes=grown(self.estimate, self.proxy)
        )


@dataclass(frozen=True)
class Acf:
    """ACF: starts a second, all of them searched, polished and told apart, the first stage included."""

    NAME: str
    GOAL: Goal

    async def measure(self, scene: Scene) -> Result:
        """Measure, after both sides have given the same elasticities."""
        told = panel(ROWS, "M")
        start = np.array([0.5, 0.5])
        search = acf_by_script(told, start)
        np.testing.assert_allclose(ackerberg(told).minima[0].beta, search(), atol=1e-4)

        async def raw() -> float:
            return 1 / cpu(search)

        async def ours() -> float:
            return STARTS / cpu(lambda: ackerberg(told))

        async def attempt() -> Compared:
            return await compare(raw, ours, runs=3)

        attempts = await settled(attempt, within_s=WITHIN_S)
        about = "scipy least_squares from one start, numpy lstsq at each evaluation, the first stage not counted"
        return verdict(
            self.NAME,
            self.GOAL,
            attempts,
            raw_path=about,
            starts=STARTS,
            sizes=grown(ackerberg, "M"),
        )


OLLEY_PAKES = Proxy("olley-pakes", "OP", "I", Goal(aim=3.0, floor=2.0))
LEVINSOHN_PETRIN = Proxy("levinsohn-petrin", "LP", "M", Goal(aim=3.0, floor=2.0))
ACF = Acf("acf", Goal(aim=5.0, floor=2.0))
