"""Wooldridge (2009): both stages of Levinsohn-Petrin at once, by moments; standard errors need no bootstrap.

    (1)  y = α + β_l l + c(k, proxy)'λ + v                instruments 1, l, c
    (2)  y = η + β_l l + β_k k + c(k, proxy)₋₁'δ + u      instruments 1, k, l₋₁, c₋₁

c holds the products of a polynomial of stated degree (so k is one of them, and its coefficient in (1) is not β_k). In (2) the news of productivity moves l
but neither k nor lags. β_l is shared. One step: GMM with the inverse of Z'Z per equation as weight (two-stage least squares of the system),
    β = (X'ZWZ'X)⁻¹X'ZWZ'y,   V = c·A(Σ_i Z_i'e_i e_i'Z_i)A',   A = (X'ZWZ'X)⁻¹X'ZW,   clustered by firm over both equations.
Source: Wooldridge (2009), Economics Letters 104(3), 112–114; f(·) of his (2) is absorbed by δ.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pq_tfp.domain.axes import refuse
from pq_tfp.domain.control_function import proxy_faults
from pq_tfp.domain.estimates import Estimate
from pq_tfp.domain.firm_panel import FirmPanel, Rows
from pq_tfp.domain.guards import sample_faults
from pq_tfp.domain.least_squares import (
    CONSTANT,
    Design,
    blocks,
    by_firm,
    collinear_faults,
    cross_products,
    polynomial,
    powers,
    product_names,
    small_sample,
    standardised,
    triangle,
)
from pq_tfp.domain.series import Array


@dataclass(frozen=True, slots=True)
class Equation:
    """Columns of the design: regressors and instruments; ``place`` says which coefficient each regressor has."""

    x: NDArray[np.intp]
    z: NDArray[np.intp]
    place: NDArray[np.intp]


def wooldridge(panel: FirmPanel, *, degree: int = 3) -> Estimate:
    """Return WRDG with its covariance clustered by firm, over rows with the year before. Raises SeriesRefused."""
    refuse(proxy_faults(panel, degree))
    at, roles = panel.with_lag, panel.roles
    inside = (roles.state, str(roles.proxy))
    columns = _columns(panel, product_names(inside, degree))
    equations = _equations(panel, columns)
    refuse(sample_faults("rows with the year before", len(at), minimum=len(columns)))
    design, firm = _design(panel, degree), panel.firm[at]
    gram = cross_products(design, firm)
    for equation in equations:
        for chosen in (equation.x, equation.z):
            R = triangle(gram[np.ix_(chosen, chosen)])
            refuse(collinear_faults(R, [columns[i] for i in chosen]))
    beta, covariance = _solved(design, firm, gram, equations)
    keep = np.arange(len(roles.inputs) + len(roles.controls))
    said = f"two equations, polynomials of degree {degree} in ({', '.join(inside)}), lagged free inputs"
    return Estimate(
        "WRDG", said, (*roles.inputs, *roles.controls), beta[keep],
        covariance[np.ix_(keep, keep)], len(at), len(np.unique(firm)),
    )  # fmt: skip


def _columns(panel: FirmPanel, products: list[str]) -> list[str]:
    """Name the columns of the design: what both equations share, then c, c₋₁, the lagged free inputs, and y."""
    roles = panel.roles
    lags = [f"{name}(-1)" for name in (*products, *roles.free)]
    return [*roles.inputs, *roles.controls, CONSTANT, *products, *lags, roles.output]


def _equations(panel: FirmPanel, columns: list[str]) -> tuple[Equation, Equation]:
    roles = panel.roles
    free, state = len(roles.free), len(roles.free)
    one = state + 1 + len(roles.controls)
    products = (len(columns) - one - 2 - free) // 2
    now = one + 1 + np.arange(products)
    before, lagged = now + products, one + 1 + 2 * products + np.arange(free)
    controls = np.arange(state + 1, one)
    shared = np.concatenate([np.arange(free), controls, [one]])
    first = np.concatenate([shared, now])
    second = np.concatenate([shared, [state], before])
    instruments = np.concatenate([lagged, controls, [one, state], before])
    # Coefficients: those of the shared columns but the constant, then each equation's own.
    place = np.concatenate([shared[:-1], [one], one + 2 + np.arange(products)])
    other = np.concatenate(
        [shared[:-1], [one + 1], [state], one + 2 + products + np.arange(products)]
    )
    return Equation(first, first, place), Equation(second, instruments, other)


def _design(panel: FirmPanel, degree: int) -> Design:
    at, roles = panel.with_lag, panel.roles
    places = powers((roles.state, str(roles.proxy)), degree)
    inside = [standardised(panel[name]) for name in (roles.state, str(roles.proxy))]
    # Every equation has a constant, so means cancel; without them the sums lose fewer digits.
    centred = {
        name: panel[name] - panel[name].mean()
        for name in (roles.output, *roles.inputs, *roles.controls)
    }

    def design(rows: slice) -> Array:
        now = at[rows]
        shared = [centred[name][now] for name in (*roles.inputs, *roles.controls)]
        made = polynomial([x[now] for x in inside], places)
        lagged = polynomial([x[now - 1] for x in inside], places)
        lagged += [centred[name][now - 1] for name in roles.free]
        return np.stack(
            [*shared, np.ones(len(now)), *made, *lagged, centred[roles.output][now]], axis=1
        )

    return design


def _solved(
    design: Design, firm: Rows, gram: Array, equations: tuple[Equation, ...]
) -> tuple[Array, Array]:
    """Return the coefficients and their clustered covariance."""
    size = 1 + int(max(equation.place.max() for equation in equations))
    total, target, maps = np.zeros((size, size)), np.zeros(size), []
    for equation in equations:
        cross = np.zeros((len(equation.z), size))
        cross[:, equation.place] = gram[np.ix_(equation.z, equation.x)]
        weighted = np.linalg.solve(gram[np.ix_(equation.z, equation.z)], cross)
        total += cross.T @ weighted
        target += weighted.T @ gram[equation.z, -1]
        maps.append(weighted)
    beta = np.linalg.solve(total, target).astype(np.float64)
    meat, groups = np.zeros((size, size)), 0
    for rows in blocks(firm):
        block = design(rows)
        score = np.zeros((len(block), size))
        for equation, weighted in zip(equations, maps, strict=True):
            residual = block[:, -1] - block[:, equation.x] @ beta[equation.place]
            score += (block[:, equation.z] * residual[:, np.newaxis]) @ weighted
        sums = by_firm(score, firm[rows])
        meat += sums.T @ sums
        groups += len(sums)
    inverse = np.linalg.inv(total)
    covariance: Array = inverse @ meat @ inverse.T * small_sample(groups, len(firm), size)
    return beta, covariance
