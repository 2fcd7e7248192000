"""How far a point lies from the frontier that observed units span: Shephard's distance functions by linear programs.

    output: max φ with Σλ_j y_j ≥ φ·y, Σλ_j x_j ≤ x        D_o(x, y) = 1/φ
    input:  min θ with Σλ_j y_j ≥ y, Σλ_j x_j ≤ θ·x        D_i(x, y) = 1/θ

λ ≥ 0; Σλ = 1 under variable returns to scale. The input program is solved for φ = 1/θ with λ/θ in the place of λ, so that both are the
same program but for its last row, and under constant returns the very same. Sources: Shephard (1970); Färe, Grosskopf and Lovell (1994).
Columns are scaled by their means, each program's rows by its own point and its units by their size: units of measure cannot matter.
Every solution is accepted only with its proof: feasible, dual feasible, equal values. Where the proof fails, HiGHS decides.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from pq_tfp.domain.series import Array
from pq_tfp.domain.simplex import ROUNDS, Indices, final_bases

Orientation = Literal["output", "input"]
Returns = Literal["CRS", "VRS"]
PROOF = 1e-9
"""Largest violation of a constraint, and largest relative difference of primal and dual value, of an accepted solution."""
UNREACHED = 1e-12
"""An expansion that is 0 but for rounding: an input program whose outputs nobody can reach, θ = 1/0."""
CHUNK_BYTES = 4_000_000
"""Tableaux worked on at once: what a processor keeps near, so that memory does not grow with the panel."""


@dataclass(frozen=True, slots=True)
class Technology:
    """Observed inputs ``X`` (inputs, units) and outputs ``Y`` (outputs, units), all above 0, and the returns to scale."""

    X: Array
    Y: Array
    returns: Returns = "CRS"


@dataclass(frozen=True, slots=True)
class Radial:
    """``phi`` (points,) is the factor of expansion, NaN where the program is infeasible or was not solved.

    ``u`` (points, outputs) and ``v`` (points, inputs) are shadow prices at the frontier: u·y = 1 for an output program under either
    returns, v·x = φ for an input program; prices are per unit of the original quantities.
    """

    phi: Array
    u: Array
    v: Array


def radial(
    technology: Technology,
    x: Array,
    y: Array,
    *,
    orientation: Orientation = "output",
    rounds: int = ROUNDS,
) -> Radial:
    """Return the radial expansion of points ``x`` (inputs, points), ``y`` (outputs, points), observed or not, all above 0.

    ``rounds`` bounds the pivots of the fast path; 0 sends every program to HiGHS.
    """
    scale_x, scale_y = technology.X.mean(axis=1), technology.Y.mean(axis=1)
    X, Y = technology.X.T / scale_x, technology.Y.T / scale_y
    points = (x.T / scale_x, y.T / scale_y)
    phi, prices = np.empty(x.shape[1]), np.empty((x.shape[1], len(y) + len(x)))
    for part in _chunks(x.shape[1], (len(x) + len(y) + 2) * (X.shape[0] + 8) * 8):
        at_x, at_y = points[0][part], points[1][part]
        A, b = _programs((X, Y), at_x, at_y, technology.returns, orientation)
        phi[part], dual = _solve(A, b, equation=technology.returns == "VRS", rounds=rounds)
        prices[part] = dual[:, : prices.shape[1]] / np.concatenate([at_y, at_x], axis=1)
    return Radial(phi, prices[:, : len(y)] / scale_y, prices[:, len(y) :] / scale_x)


def efficiency(
    technology: Technology, x: Array, y: Array, *, orientation: Orientation = "output"
) -> Array:
    """Return Farrell's efficiency of each point, 1/φ: the output distance, or the share θ of inputs that would do."""
    return 1 / radial(technology, x, y, orientation=orientation).phi


def own(values: Array) -> Array:
    """Return the efficiencies of units against the frontier they span; raise ArithmeticError for one above 1."""
    if (values > 1 + PROOF).any():
        raise ArithmeticError(f"a unit beyond its own frontier: {np.nanmax(values)}")
    return values


def _chunks(count: int, bytes_each: int) -> Iterator[slice]:
    step = max(1, CHUNK_BYTES // bytes_each)
    return (slice(start, start + step) for start in range(0, count, step))


def _programs(
    observed: tuple[Array, Array],
    at_x: Array,
    at_y: Array,
    returns: Returns,
    orientation: Orientation,
) -> tuple[Array, Array]:
    """Return A (points, rows, 1 + units) and b (points, rows): output rows, input rows, and under VRS the sum of λ."""
    X, Y = observed
    outputs, inputs, convex = at_y.shape[1], at_x.shape[1], int(returns == "VRS")
    A = np.zeros((len(at_x), outputs + inputs + convex, 1 + len(X)))
    b = np.zeros(A.shape[:2])
    A[:, :outputs, 0] = 1.0
    A[:, :outputs, 1:] = -Y.T / at_y[:, :, np.newaxis]
    A[:, outputs : outputs + inputs, 1:] = X.T / at_x[:, :, np.newaxis]
    b[:, outputs : outputs + inputs] = 1.0
    # λ_j counts in the size of its unit as seen from the point: without it a unit 10¹² times as large has a λ that looks like rounding.
    sizes = np.abs(A[:, :, 1:]).max(axis=1, keepdims=True)
    A[:, :, 1:] /= sizes
    if convex:
        A[:, -1, 1:] = 1.0 / sizes[:, 0]
        if orientation == "input":
            A[:, -1, 0] = -1.0
        else:
            b[:, -1] = 1.0
    return A, b


def _solve(A: Array, b: Array, *, equation: bool, rounds: int) -> tuple[Array, Array]:
    """Return the values and the duals of all programs, NaN where there is no optimum above 0."""
    bases = final_bases(A, b, equation=equation, rounds=rounds)
    phi, dual, proved = _prove(A, b, bases, equation=equation)
    for at in np.flatnonzero(~proved):
        phi[at], dual[at] = _highs(A[at], b[at], equation=equation)
    phi[phi <= UNREACHED] = np.nan
    return phi, dual


def _prove(
    A: Array, b: Array, bases: Indices, *, equation: bool
) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Solve primal and dual at each basis on the original numbers, and say for which this proves the optimum."""
    count, rows, columns = A.shape
    full = np.concatenate([A, np.broadcast_to(np.eye(rows), (count, rows, rows))], axis=2)
    found = bases[:, 0] >= 0
    tried = np.where(found[:, np.newaxis], bases, np.arange(columns, columns + rows))
    B = np.take_along_axis(full, tried[:, np.newaxis, :], axis=2)
    B[np.flatnonzero(np.linalg.det(B) == 0.0)] = np.eye(rows)
    z = np.linalg.solve(B, b[:, :, np.newaxis])[:, :, 0]
    cost = (tried == 0).astype(np.float64)
    dual = np.linalg.solve(B.transpose(0, 2, 1), cost[:, :, np.newaxis])[:, :, 0]
    phi = (cost * z).sum(axis=1)
    slack = np.einsum("pr,prc->pc", dual, A)
    slack[:, 0] -= 1.0
    signed = dual[:, :-1] if equation else dual
    worst = np.max([-z.min(axis=1), -slack.min(axis=1), -signed.min(axis=1)], axis=0)
    if equation:
        worst = np.maximum(worst, np.where(tried == columns + rows - 1, np.abs(z), 0.0).max(axis=1))
    gap = np.abs((dual * b).sum(axis=1) - phi) / np.maximum(1.0, np.abs(phi))
    return phi, dual, found & (worst <= PROOF) & (gap <= PROOF)


def _highs(A: Array, b: Array, *, equation: bool) -> tuple[float, Array]:
    """Solve one program with HiGHS; NaN unless it reports an optimum."""
    free = len(b) - int(equation)
    objective = np.zeros(A.shape[1])
    objective[0] = -1.0
    found = linprog(
        objective, A_ub=A[:free], b_ub=b[:free], A_eq=A[free:], b_eq=b[free:], method="highs"
    )
    if found.status != 0:
        return np.nan, np.full(len(b), np.nan)
    return -float(found.fun), -np.concatenate([found.ineqlin.marginals, found.eqlin.marginals])
