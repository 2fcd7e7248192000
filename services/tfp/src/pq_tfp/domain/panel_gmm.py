"""GMM on a dynamic panel: one step with robust errors, or two with Windmeijer's correction; tests of the instruments and of serial correlation.

    b = A·X'ZWZ'y,   A = (X'ZWZ'X)⁻¹.   One step: W = (ΣZ_i'HZ_i)⁻¹, H the covariance that white noise has among its differences (2, −1 beside it)
    and among its levels (1); ``joint`` adds what it has between the two. Two steps: W = (ΣZ_i'e_i e_i'Z_i)⁻¹ with e of the first.
The covariance is clustered by firm, without a small-sample factor. Instruments are tested, χ² with as many degrees of freedom as they exceed the
coefficients, by Hansen's J = e'ZWZ'e after two steps, and by Sargan's J = e'ZWZ'e/σ² after one in differences, which white noise must deserve;
after one step with levels by nothing: they carry lasting differences, so H is not their covariance. Serial correlation: m_j, normal, of differenced
residuals j years apart; the first is negative by construction, the second must not differ from 0.
Sources: Arellano and Bond (1991), Review of Economic Studies 58(2), 277–297; Blundell and Bond (1998), Journal of Econometrics 87(1), 115–143;
Windmeijer (2005), Journal of Econometrics 126(1), 25–51; Roodman (2009), Stata Journal 9(1), 86–136 (``joint`` is his h(3), otherwise h(2)).
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from scipy.special import chdtrc, ndtr

from pq_common.errors import FieldError
from pq_tfp.domain.axes import placed, refuse
from pq_tfp.domain.firm_panel import FirmPanel
from pq_tfp.domain.guards import SMALLEST_SAMPLE
from pq_tfp.domain.least_squares import collinear_faults, triangle
from pq_tfp.domain.panel_moments import Model, Stack
from pq_tfp.domain.series import Array

Steps = Literal[1, 2]
ORDERS = (1, 2)
LOST = 1e-12
"""A direction of the instruments' cross products that is smaller than this part of the largest is none."""


class Tested(NamedTuple):
    """A statistic and the probability of one as far out if what is tested holds."""

    statistic: float
    p_value: float


@dataclass(frozen=True, slots=True)
class PanelGmm:
    """Coefficients of the terms and their covariance; ``rows`` in levels under "SYS", else in differences.

    ``degrees`` is by how many the instruments exceed the coefficients, ``serial`` is m_1 and m_2; None where there is nothing to test.
    """

    names: tuple[str, ...]
    beta: Array
    covariance: Array
    rows: int
    firms: int
    instruments: int
    degrees: int
    overidentified: Tested | None
    serial: tuple[Tested | None, ...]


class Step(NamedTuple):
    """What a weight gives: coefficients, A·X'ZW, A; then ΣZ'e, ΣZ'ee'Z and σ² from the differences."""

    beta: Array
    projection: Array
    A: Array
    score: Array
    omega: Array
    variance: float


def panel_gmm(panel: FirmPanel, model: Model, *, steps: Steps = 2, joint: bool = False) -> PanelGmm:
    """Return the estimates. Raises SeriesRefused: too many instruments to hold, too few rows in differences, fewer instruments than coefficients, terms
    that the instruments cannot tell apart; under two steps fewer firms than instruments, whose covariance could not be told.
    """
    stack = Stack(panel, model)
    refuse(_few_rows(int(stack.there[: stack.differences].sum())))
    ZHZ, ZX, Zy = _cross_products(stack, joint=joint)
    W, instruments = _inverse(ZHZ)
    size, terms = ZX.shape[1], len(model.terms)
    refuse(_fewer_instruments(instruments, size))
    names = (*map(str, model.terms), *(f"effect {i + 1}" for i in range(size - terms)))
    refuse(collinear_faults(triangle(ZX.T @ W @ ZX), names))
    step = _step(stack, ZX, Zy, W)
    V = step.projection @ step.omega @ step.projection.T
    J = None if stack.system else float(step.score @ W @ step.score) / step.variance
    if steps == 2:
        refuse(_fewer_firms(stack.firms, instruments))
        W, _ = _inverse(step.omega)
        first, step = step, _step(stack, ZX, Zy, W)
        V = _corrected(stack, first, step, W, V)
        J = float(step.score @ W @ step.score)
    degrees = instruments - size
    return PanelGmm(
        names[:terms], step.beta[:terms], V[:terms, :terms], stack.rows, stack.firms, instruments, degrees,
        None if J is None or degrees == 0 else Tested(J, float(chdtrc(degrees, J))),
        tuple(_serial(stack, step, V, order) for order in ORDERS),
    )  # fmt: skip


def _cross_products(stack: Stack, *, joint: bool) -> tuple[Array, Array, Array]:
    """Return ΣZ'HZ, ΣZ'X, ΣZ'y."""
    H, L = _white_noise(stack, joint=joint), stack.instruments
    size = len(stack.model.terms) + stack.effects.shape[1]
    ZHZ, ZX, Zy = np.zeros((L, L)), np.zeros((L, size)), np.zeros(L)
    for y, X, Z, _ in stack.blocks():
        flat = Z.reshape(-1, L)
        ZHZ += flat.T @ (H @ Z).reshape(-1, L)
        ZX += flat.T @ X.reshape(len(flat), -1)
        Zy += flat.T @ y.ravel()
    return ZHZ, ZX, Zy


def _white_noise(stack: Stack, *, joint: bool) -> Array:
    """Return H: MM' where M takes differences of levels, or keeps them."""
    times, D = np.array(stack.times), stack.differences
    years = np.arange(times.max(initial=0) + 1)
    M = (times[:, np.newaxis] == years).astype(np.float64)
    M[:D] -= times[:D, np.newaxis] - 1 == years
    H: Array = M @ M.T
    if not joint:
        H[:D, D:] = H[D:, :D] = 0.0
    return H


def _step(stack: Stack, ZX: Array, Zy: Array, W: Array) -> Step:
    A: Array = np.linalg.inv(ZX.T @ W @ ZX).astype(np.float64)
    projection = A @ ZX.T @ W
    beta, omega, squared = projection @ Zy, np.zeros_like(W), 0.0
    for y, X, Z, _ in stack.blocks():
        e = y - X @ beta
        scores = np.einsum("frl,fr->fl", Z, e)
        omega += scores.T @ scores
        squared += float((e[:, : stack.differences] ** 2).sum())
    freedom = int(stack.there[: stack.differences].sum()) - len(beta)
    # Differences of white noise have twice its variance.
    return Step(beta, projection, A, Zy - ZX @ beta, omega, squared / max(2 * freedom, 1))


def _corrected(stack: Stack, first: Step, second: Step, W: Array, robust: Array) -> Array:
    """Return Windmeijer's covariance: the weight of the second step moves with the coefficients of the first."""
    pull, moved = W @ second.score, np.zeros((len(W), len(first.beta)))
    for y, X, Z, _ in stack.blocks():
        scores = np.einsum("frl,fr->fl", Z, y - X @ first.beta)
        slopes = np.swapaxes(Z, 1, 2) @ X
        moved += np.einsum("flp,f->lp", slopes, scores @ pull)
        moved += scores.T @ np.einsum("flp,l->fp", slopes, pull)
    D, V = second.projection @ moved, second.A
    corrected: Array = V + D @ V + V @ D.T + D @ robust @ D.T
    return corrected


def _serial(stack: Stack, step: Step, V: Array, order: int) -> Tested | None:
    """Return m_j: Σw'e over its standard error, w the differenced residuals ``order`` years before."""
    D, Xw = stack.differences, np.zeros(len(step.beta))
    sums, Zew = np.zeros(2), np.zeros(len(step.score))
    for y, X, Z, _ in stack.blocks():
        e = y - X @ step.beta
        w = np.zeros_like(e)
        w[:, order:D] = e[:, : max(D - order, 0)]
        products = (w * e).sum(axis=1)
        sums += products.sum(), (products**2).sum()
        Xw += np.einsum("frp,fr->p", X, w)
        Zew += products @ np.einsum("frl,fr->fl", Z, e)
    squared = sums[1] - 2 * Xw @ step.projection @ Zew + Xw @ V @ Xw
    if not squared > 0:
        return None
    m = float(sums[0] / np.sqrt(squared))
    return Tested(m, float(2 * ndtr(-abs(m))))


def _inverse(gram: Array) -> tuple[Array, int]:
    """Return the inverse on what the instruments span, and its rank; columns that are 0, or made of others, count for nothing."""
    size = np.sqrt(np.diag(gram))
    scale = np.where(size > 0, 1 / np.where(size > 0, size, 1.0), 0.0)
    roots, directions = np.linalg.eigh(gram * np.outer(scale, scale))
    kept = roots > LOST * roots.max(initial=0.0)
    basis = directions[:, kept] * scale[:, np.newaxis]
    return (basis / roots[kept]) @ basis.T, int(kept.sum())


def _few_rows(rows: int) -> list[FieldError]:
    if rows >= SMALLEST_SAMPLE:
        return []
    said = (
        f"Chỉ {rows} lần một doanh nghiệp có đủ ba năm liền nhau; cần ít nhất {SMALLEST_SAMPLE}.",
        f"Only {rows} times does a firm have three years in a row; at least {SMALLEST_SAMPLE} are needed.",
    )
    return [placed("rows", None, None, "sample_too_small", said)]


def _fewer_instruments(instruments: int, coefficients: int) -> list[FieldError]:
    if instruments >= coefficients:
        return []
    said = (
        f"Có {instruments} biến công cụ cho {coefficients} hệ số; hãy lùi xa hơn, hoặc đừng gộp chúng.",
        f"There are {instruments} instruments for {coefficients} coefficients; go further back, or do not collapse them.",
    )
    return [placed("instruments", None, None, "fewer_instruments_than_coefficients", said)]


def _fewer_firms(firms: int, instruments: int) -> list[FieldError]:
    if firms >= instruments:
        return []
    said = (
        f"Hai bước cần ít nhất một doanh nghiệp cho mỗi biến công cụ: có {firms} doanh nghiệp, {instruments} biến công cụ. "
        "Hãy gộp các biến công cụ, giảm số năm trễ, hoặc chọn một bước.",
        f"Two steps need a firm for each instrument: there are {firms} firms and {instruments} instruments. "
        "Collapse the instruments, go back fewer years, or take one step.",
    )
    return [placed("firms", None, None, "fewer_firms_than_instruments", said)]
