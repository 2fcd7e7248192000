"""Least squares over many rows in blocks of whole firms: never more than a block of the design in memory.

The cross products of a block are added up, their Cholesky factor gives a first answer, and one step of iterative refinement on the rows themselves
brings back the digits that cross products lose. Standard errors are clustered by firm: V = c·(X'X)⁻¹(Σ_i X_i'e_i e_i'X_i)(X'X)⁻¹,
c = G/(G − 1)·(N − 1)/(N − p), G firms, N rows, p columns of the design (Stata's factor; effects swept out by firm are not counted in p, because they
are nested in the clusters).
Sources: Björck (1996), Numerical Methods for Least Squares Problems, section 6.6 (corrected seminormal equations); Cameron and
Miller (2015), Journal of Human Resources 50(2), 317–372.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations_with_replacement

import numpy as np
from scipy.linalg import solve_triangular

from pq_common.errors import FieldError
from pq_tfp.domain.axes import placed, refuse
from pq_tfp.domain.firm_panel import Rows
from pq_tfp.domain.guards import sample_faults
from pq_tfp.domain.series import Array

BLOCK_ROWS = 8192
COLLINEAR = 1e-6
"""A column is collinear when less than this part of its length is left after the columns before it."""
SHARES_IN_IT = 1e-6
CONSTANT = "1"
Design = Callable[[slice], Array]
"""Returns the columns of X, then y, of these rows."""


@dataclass(frozen=True, slots=True)
class Fit:
    """``beta`` and the bread (X'X)⁻¹ in the order of ``names``; the sum of squared residuals."""

    names: tuple[str, ...]
    beta: Array
    bread: Array
    ssr: float


def regress(design: Design, firm: Rows, names: Sequence[str]) -> Fit:
    """Return the least-squares fit. Raises SeriesRefused: collinear or constant columns by name, no more rows than columns."""
    p = len(names)
    refuse(sample_faults("rows", len(firm), minimum=p + 1))
    R = triangle(cross_products(design, firm))
    refuse(collinear_faults(R[:p, :p], names))
    inverse = solve_triangular(R[:p, :p], np.eye(p))
    beta, bread = inverse @ R[:p, p], inverse @ inverse.T
    left, ssr = np.zeros(p), 0.0
    for rows in blocks(firm):
        block = design(rows)
        residual = block[:, p] - block[:, :p] @ beta
        left += residual @ block[:, :p]
        ssr += float(residual @ residual)
    return Fit(tuple(names), beta + bread @ left, bread, ssr)


def cross_products(design: Design, firm: Rows) -> Array:
    """Return [X y]'[X y]."""
    parts = (design(rows) for rows in blocks(firm))
    return reduce(np.add, (block.T @ block for block in parts))


def triangle(gram: Array) -> Array:
    """Return the upper R with R'R = gram; a column that the ones before it explain has 0 on the diagonal and an empty row."""
    R = np.zeros_like(gram)
    for j in range(len(gram)):
        rest = gram[j, j:] - R[:j, j] @ R[:j, j:]
        if rest[0] > COLLINEAR**2 * gram[j, j]:
            R[j, j:] = rest / np.sqrt(rest[0])
    return R


def clustered(design: Design, firm: Rows, fit: Fit) -> Array:
    """Return the covariance of ``fit.beta``, clustered by firm."""
    p, meat, groups = len(fit.beta), np.zeros((len(fit.beta),) * 2), 0
    for rows in blocks(firm):
        block = design(rows)
        residual = block[:, p] - block[:, :p] @ fit.beta
        sums = by_firm(block[:, :p] * residual[:, np.newaxis], firm[rows])
        meat += sums.T @ sums
        groups += len(sums)
    covariance: Array = fit.bread @ meat @ fit.bread * small_sample(groups, len(firm), p)
    return covariance


def small_sample(groups: int, rows: int, columns: int) -> float:
    """Return G/(G − 1)·(N − 1)/(N − p). Raises SeriesRefused for fewer than 3 firms: nothing varies between so few."""
    refuse(sample_faults("firms", groups))
    return groups / (groups - 1) * (rows - 1) / (rows - columns)


def by_firm(values: Array, firm: Rows) -> Array:
    """Return the sum of each firm's rows."""
    summed: Array = np.add.reduceat(values, np.flatnonzero(np.diff(firm, prepend=-1)), axis=0)
    return summed


def blocks(firm: Rows) -> Iterator[slice]:
    """Yield slices of whole firms, about BLOCK_ROWS rows each; a firm longer than that is a block of its own."""
    begins = np.flatnonzero(np.diff(firm, prepend=-1))
    start = 0
    while start < len(firm):
        after = np.searchsorted(begins, start + BLOCK_ROWS)
        stop = int(begins[after]) if after < len(begins) else len(firm)
        yield slice(start, stop)
        start = stop


def collinear_faults(R: Array, names: Sequence[str]) -> list[FieldError]:
    """Name each column that is constant, or a combination of columns before it, and the columns it is made of."""
    found = []
    kept: list[int] = []
    for j, name in enumerate(names):
        length = float(np.linalg.norm(R[: j + 1, j]))
        if R[j, j] > 0:
            kept.append(j)
            continue
        weights = np.linalg.lstsq(R[:, kept], R[:, j], rcond=None)[0] if kept else np.array([])
        sizes = np.abs(weights) * np.linalg.norm(R[:, kept], axis=0) if kept else weights
        others = [
            names[i] for i, size in zip(kept, sizes, strict=True) if size > SHARES_IN_IT * length
        ]
        found.append(_collinear(name, [other for other in others if other != CONSTANT]))
    return found


def _collinear(name: str, others: Sequence[str]) -> FieldError:
    if not others:
        said = (
            f"{name} không thay đổi trong mẫu, nên không ước lượng được hệ số.",
            f"{name} does not vary in the sample, so its coefficient cannot be estimated.",
        )
        return placed(name, None, None, "column_constant", said)
    listed = ", ".join(others)
    said = (
        f"{name} là tổ hợp tuyến tính của {listed}; hãy bỏ một trong các cột đó.",
        f"{name} is a linear combination of {listed}; leave one of these columns out.",
    )
    return placed(name, None, None, "columns_collinear", said)


def powers(names: Sequence[str], degree: int) -> list[tuple[int, ...]]:
    """List the products of a polynomial without its constant, each as places in ``names``: for (a, b) and 2: a, b, aa, ab, bb."""
    return [
        places
        for order in range(1, degree + 1)
        for places in combinations_with_replacement(range(len(names)), order)
    ]


def product_names(names: Sequence[str], degree: int) -> list[str]:
    """Name the products of ``powers``: K, M, K·K, K·M, …"""
    return ["·".join(names[i] for i in product) for product in powers(names, degree)]


def polynomial(columns: Sequence[Array], places: Sequence[tuple[int, ...]]) -> list[Array]:
    """Return the products listed by ``powers``, each made from a shorter one."""
    made: dict[tuple[int, ...], Array] = {}
    for product in places:
        shorter = made.get(product[:-1])
        last = columns[product[-1]]
        made[product] = last if shorter is None else shorter * last
    return list(made.values())


def around(values: Array, mean: Array | float) -> Array:
    """Return the values around a mean; zeros where less than COLLINEAR of their length is left, for that is rounding and no variation."""
    left: Array = values - mean
    if np.linalg.norm(left) <= COLLINEAR * np.linalg.norm(values):
        left = np.zeros_like(left)
    return left


def standardised(values: Array) -> Array:
    """Return the column around its mean in units of its standard deviation: the same polynomials, better conditioned."""
    spread = float(values.std())
    scaled: Array = (values - values.mean()) / (spread if spread > 0 else 1.0)
    return scaled
