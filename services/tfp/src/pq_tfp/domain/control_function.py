"""Production functions with a proxy for productivity: Olley-Pakes (investment) and Levinsohn-Petrin (materials), in two stages.

Stage 1: y on free inputs, controls and a polynomial of stated degree in (k, proxy) gives β of the free inputs and the fitted φ̂.
Stage 2: β_k minimises Σ(y − β_l l − β_k k − g(φ̂₋₁ − β_l l₋₁ − β_k k₋₁))², g a cubic with its constant, estimated anew for each β_k: one
dimension, searched on a grid and then by bounded minimisation around the best point; the curve is reported.
``expectation`` "fitted" instead fits g to φ̂ − β_l l − β_k k and keeps the residuals above, as levpet and prodest do: another objective, another β_k.
Sources: Olley and Pakes (1996), Econometrica 64(6), 1263–1297; Levinsohn and Petrin (2003), Review of Economic Studies 70(2), 317–341; Petrin, Poi and
Levinsohn (2004), Stata Journal 4(2), 113–123. Without their correction for exit.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import minimize_scalar, root_scalar

from pq_common.errors import FieldError
from pq_tfp.domain.axes import Notice, placed, refuse
from pq_tfp.domain.estimates import Estimate, unknown_covariance
from pq_tfp.domain.firm_panel import FirmPanel, Rows, lag_faults
from pq_tfp.domain.least_squares import (
    CONSTANT,
    Design,
    around,
    blocks,
    polynomial,
    powers,
    product_names,
    regress,
    standardised,
)
from pq_tfp.domain.markov import CUBIC, Markov, markov
from pq_tfp.domain.series import Array

Method = Literal["OP", "LP"]
Expectation = Literal["joint", "fitted"]
DEGREES = (2, 3)
GRID = np.linspace(-0.5, 1.5, 81)
"""Where β_k is looked for; the reported curve."""
ROUGH = 1e-6


@dataclass(frozen=True, slots=True)
class Profiled:
    """The estimate and the objective over ``curve_beta``: the mean squared residual of stage 2, g fitted at each point."""

    estimate: Estimate
    curve_beta: Array
    curve: Array
    phi: Array
    stage: "SecondStage"


def proxy_estimate(
    panel: FirmPanel, method: Method, *, degree: int = 3, expectation: Expectation = "joint"
) -> Profiled:
    """Return OP or LP; the proxy of ``panel.roles`` is investment or materials. Raises SeriesRefused.

    No covariance is given: the second stage stands on the first, so a bootstrap by firm must tell.
    """
    refuse(proxy_faults(panel, degree))
    outer = (*panel.roles.free, *panel.roles.controls)
    beta, phi = first_stage(panel, outer, (panel.roles.state, _proxy(panel)), degree)
    at = panel.with_lag
    refuse(lag_faults(panel, minimum=CUBIC + 3))
    outside = sum(b * panel[name] for name, b in zip(outer, beta, strict=True))
    net, clean, k = panel.y - outside, phi - outside, panel[panel.roles.state]
    # g has a constant, so means cancel; without them the sums lose fewer digits.
    lags = np.stack([column[at - 1] - column[at - 1].mean() for column in (clean, k)])
    centre = net[at].mean()
    others = np.stack([net[at] - centre, k[at] - k[at].mean(), clean[at] - centre])
    stage = SecondStage(markov(lags, others), expectation)
    curve = np.array([stage.objective(b) for b in GRID])
    best, notices = _minimum(stage, curve)
    free = len(panel.roles.free)
    beta = np.concatenate([beta[:free], [best], beta[free:]])
    names = (*panel.roles.inputs, *panel.roles.controls)
    said = (
        f"stage 1 polynomial of degree {degree} in ({panel.roles.state}, {_proxy(panel)}); g cubic"
        + (", fitted to φ̂" if expectation == "fitted" else "")
    )
    estimate = Estimate(
        method, said, names, beta, unknown_covariance(len(beta)),
        len(at), len(np.unique(panel.firm[at])), notices,
    )  # fmt: skip
    return Profiled(estimate, GRID, curve, phi, stage)


@dataclass(frozen=True, slots=True)
class SecondStage:
    """The profiled objective of β_k: ``sums`` over φ̂₋₁ less free inputs and k₋₁, and over y less free inputs, k, φ̂ less free inputs."""

    sums: Markov
    expectation: Expectation

    def objective(self, beta_k: float) -> float:
        """Return the mean squared residual of y − β_l l − β_k k − g(ω₋₁), ω₋₁ = φ̂₋₁ − β_l l₋₁ − β_k k₋₁."""
        residual = self._residual(beta_k)
        return float(residual @ self.sums.gram @ residual) / self.sums.rows

    def slope(self, beta_k: float) -> float:
        """Return the derivative of the objective."""
        residual, step = self._residual(beta_k), 1e-6
        turned = (self._residual(beta_k + step) - self._residual(beta_k - step)) / (2 * step)
        return float(2 * (residual @ self.sums.gram @ turned)) / self.sums.rows

    def _residual(self, beta_k: float) -> Array:
        output, productivity = np.array([1.0, -beta_k, 0.0]), np.array([0.0, -beta_k, 1.0])
        fitted = output if self.expectation == "joint" else productivity
        _, residual = self.sums.cubic(np.array([1.0, -beta_k]), fitted)
        return np.concatenate([residual[: self.sums.monomials], output])


def first_stage(
    panel: FirmPanel, outer: tuple[str, ...], inside: tuple[str, ...], degree: int
) -> tuple[Array, Array]:
    """Return the coefficients of ``outer`` and the fitted φ̂ of y on them and the polynomial in ``inside``."""
    places = powers(inside, degree)
    terms = product_names(inside, degree)
    scaled = [standardised(panel[name]) for name in inside]
    plain = [around(panel[name], panel[name].mean()) for name in outer]

    def design(rows: slice) -> Array:
        block = [x[rows] for x in plain]
        made = polynomial([x[rows] for x in scaled], places)
        return np.stack([np.ones(len(made[0])), *block, *made, panel.y[rows]], axis=1)

    fit = regress(design, panel.firm, [CONSTANT, *outer, *terms])
    return fit.beta[1 : 1 + len(outer)], _fitted(design, panel.firm, fit.beta)


def _fitted(design: Design, firm: Rows, beta: Array) -> Array:
    phi = np.empty(len(firm))
    for rows in blocks(firm):
        phi[rows] = design(rows)[:, :-1] @ beta
    return phi


def _minimum(stage: SecondStage, curve: Array) -> tuple[float, tuple[Notice, ...]]:
    lowest = int(np.argmin(curve))
    low, high = GRID[max(lowest - 1, 0)], GRID[min(lowest + 1, len(GRID) - 1)]
    best = float(
        minimize_scalar(
            stage.objective, bounds=(low, high), method="bounded", options={"xatol": ROUGH}
        ).x
    )
    inner = curve[1:-1]
    dips = int(((inner < curve[:-2]) & (inner < curve[2:])).sum())
    notices = []
    if lowest in (0, len(GRID) - 1):
        notices.append(Notice("AT_THE_EDGE", "K"))
    else:
        # A minimum found from values has half the digits of one found from the slope.
        best = float(root_scalar(stage.slope, x0=best, x1=best + ROUGH, method="secant").root)
    if dips > 1:
        notices.append(Notice("MULTIPLE_MINIMA", "K"))
    return best, tuple(notices)


def proxy_faults(panel: FirmPanel, degree: int) -> list[FieldError]:
    """Refuse a missing proxy and a degree that is not offered."""
    found = []
    if panel.roles.proxy is None:
        said = ("Phương pháp này cần cột đại diện.", "This method needs a proxy column.")
        found.append(placed("proxy", None, None, "column_missing", said))
    if degree not in DEGREES:
        said = (f"Bậc {degree}; cần 2 hoặc 3.", f"The degree is {degree}; 2 or 3 is needed.")
        found.append(placed("degree", None, None, "degree_not_offered", said))
    return found


def _proxy(panel: FirmPanel) -> str:
    return str(panel.roles.proxy)
