"""Wooldridge (2009): both stages of Levinsohn-Petrin at once, by moments; standard errors need no bootstrap.

    (1)  y = α + β_l l + c(k, proxy)'λ + v                instruments 1, l, c
    (2)  y = η + β_l l + β_k k + c(k, proxy)₋₁'δ + u      instruments 1, k, l₋₁, c₋₁

c holds the products of a polynomial of stated degree (so k is one of them, and its coefficient in (1) is not β_k). In (2) the news of productivity moves l
but neither k nor lags. β_l is shared. One step: GMM with the inverse of Z'Z per equation as weight (two-stage least squares of the system),
    β = (X'ZWZ'X)⁻¹X'ZWZ'y,   V = c·A(Σ_i Z_i'e_i e_i'Z_i)A',   A = (X'ZWZ'X)⁻¹X'ZW,   clustered by firm over both equations.
``moments`` "added" is what Stata's prodest does: productivity is a random walk with drift, so that δ is λ; l₋₁ instruments l in (1) too, k is a regressor there;
and a moment of (1) is added to that of (2), with one weight, where "apart" keeps each.
Sources: Wooldridge (2009), Economics Letters 104(3), 112–114; f(·) of his (2) is absorbed by δ. Rovigatti and Mollisi (2018), Stata Journal 18(3), 618–662.
"""

from dataclasses import dataclass
from typing import Literal

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

Moments = Literal["apart", "added"]


@dataclass(frozen=True, slots=True)
class Equation:
    """Columns of the design: regressors and instruments; ``place`` says which coefficient each regressor has, ``moment`` where each instrument counts."""

    x: NDArray[np.intp]
    z: NDArray[np.intp]
    place: NDArray[np.intp]
    moment: NDArray[np.intp]


def wooldridge(panel: FirmPanel, *, degree: int = 3, moments: Moments = "apart") -> Estimate:
    """Return WRDG with its covariance clustered by firm, over rows with the year before. Raises SeriesRefused."""
    refuse(proxy_faults(panel, degree))
    at, roles = panel.with_lag, panel.roles
    inside = (roles.state, str(roles.proxy))
    columns = _columns(panel, product_names(inside, degree))
    equations = (_apart if moments == "apart" else _added)(panel, columns)
    refuse(sample_faults("rows with the year before", len(at), minimum=len(columns)))
    firm = panel.firm[at]
    beta, covariance = _solved(_design(panel, degree), firm, columns, equations)
    keep = np.arange(len(roles.inputs) + len(roles.controls))
    said = f"two equations, polynomials of degree {degree} in ({', '.join(inside)}), lagged free inputs"
    said += ", random walk, moments added" if moments == "added" else ""
    return Estimate(
        "WRDG", said, (*roles.inputs, *roles.controls), beta[keep],
        covariance[np.ix_(keep, keep)], len(at), len(np.unique(firm)),
    )  # fmt: skip


def _columns(panel: FirmPanel, products: list[str]) -> list[str]:
    """Name the columns of the design: what both equations share, then c, c₋₁, the lagged free inputs, and y."""
    roles = panel.roles
    lags = [f"{name}(-1)" for name in (*products, *roles.free)]
    return [*roles.inputs, *roles.controls, CONSTANT, *products, *lags, roles.output]


def _parts(panel: FirmPanel, columns: list[str]) -> tuple[NDArray[np.intp], ...]:
    """Return the places of free inputs, capital, controls, the constant, c, c₋₁ and the lagged free inputs in the design."""
    free, inputs = len(panel.roles.free), len(panel.roles.inputs)
    one = inputs + len(panel.roles.controls)
    products = (len(columns) - one - 2 - free) // 2
    ends = np.cumsum([free, 1, one - inputs, 1, products, products, free])
    return tuple(np.split(np.arange(ends[-1]), ends[:-1]))


def _apart(panel: FirmPanel, columns: list[str]) -> tuple[Equation, Equation]:
    free, state, controls, one, now, before, lagged = _parts(panel, columns)
    first = np.concatenate([free, controls, one, now])
    second = np.concatenate([free, controls, one, state, before])
    instruments = np.concatenate([lagged, controls, one, state, before])
    # Coefficients: those of the shared columns but the constant, then each equation's own.
    place = np.concatenate([free, controls, one, now + 1])
    other = np.concatenate([free, controls, one + 1, state, before + 1])
    return (
        Equation(first, first, place, np.arange(len(first))),
        Equation(second, instruments, other, len(first) + np.arange(len(instruments))),
    )


def _added(panel: FirmPanel, columns: list[str]) -> tuple[Equation, Equation]:
    """Coefficients and moments are those of the design up to c; the constant of the second equation comes last."""
    free, state, controls, one, now, before, lagged = _parts(panel, columns)
    shared, end = np.concatenate([state, controls]), before[:1]
    place = np.concatenate([free, shared, now, one])
    first = np.concatenate([free, shared, now, one])
    second = np.concatenate([free, shared, before, one])
    own = np.concatenate([free, shared, now, end])
    return (
        Equation(first, np.concatenate([lagged, first[len(free) :]]), place, place),
        Equation(second, np.concatenate([lagged, second[len(free) :]]), own, own),
    )


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
    design: Design, firm: Rows, columns: list[str], equations: tuple[Equation, ...]
) -> tuple[Array, Array]:
    """Return the coefficients and their clustered covariance. Raises SeriesRefused naming instruments, then regressors, that repeat others."""
    gram = cross_products(design, firm)
    told = {at: columns[i] for e in equations for at, i in zip(e.place, e.x, strict=True)}
    used = {at: columns[i] for e in equations for at, i in zip(e.moment, e.z, strict=True)}
    size, rank = len(told), len(used)
    ZX, Zy, ZZ = np.zeros((rank, size)), np.zeros(rank), np.zeros((rank, rank))
    for equation in equations:
        ZX[np.ix_(equation.moment, equation.place)] += gram[np.ix_(equation.z, equation.x)]
        ZZ[np.ix_(equation.moment, equation.moment)] += gram[np.ix_(equation.z, equation.z)]
        Zy[equation.moment] += gram[equation.z, -1]
    refuse(collinear_faults(triangle(ZZ), [used[at] for at in range(rank)]))
    weighted = np.linalg.solve(ZZ, ZX)
    total = ZX.T @ weighted
    refuse(collinear_faults(triangle(total), [told[at] for at in range(size)]))
    beta = np.linalg.solve(total, weighted.T @ Zy).astype(np.float64)
    meat, groups = np.zeros((size, size)), 0
    for rows in blocks(firm):
        block = design(rows)
        score = np.zeros((len(block), size))
        for equation in equations:
            residual = block[:, -1] - block[:, equation.x] @ beta[equation.place]
            score += (block[:, equation.z] * residual[:, np.newaxis]) @ weighted[equation.moment]
        sums = by_firm(score, firm[rows])
        meat += sums.T @ sums
        groups += len(sums)
    inverse = np.linalg.inv(total)
    covariance: Array = inverse @ meat @ inverse.T * small_sample(groups, len(firm), size)
    return beta, covariance
