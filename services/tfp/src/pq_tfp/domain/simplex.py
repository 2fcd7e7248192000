"""Many small linear programs at once: maximise z_0 subject to A z ≤ b with z, b ≥ 0, the last row an equation where asked.

The programs of a frontier have a handful of rows and one column per unit, and there are thousands of them: one solver call each costs
more than the arithmetic. Here every program has a tableau and all tableaux are pivoted together (Dantzig's rule, largest pivot among
ties). What comes out is a basis only; whoever uses it proves it on the original numbers, and asks HiGHS where the proof fails.
"""

import numpy as np
from numpy.typing import NDArray

from pq_tfp.domain.series import Array

Indices = NDArray[np.intp]
ROUNDS = 60
"""Pivots after which a program is given up; ordinary ones need about ten."""
EPSILON = 1e-10


def final_bases(A: Array, b: Array, *, equation: bool, rounds: int = ROUNDS) -> Indices:
    """Return the columns of an optimal basis of each program, shape (programs, rows); columns from A.shape[2] on are slacks.

    ``A`` has shape (programs, rows, columns), ``b`` (programs, rows). A row of −1 means: infeasible, or not finished in ``rounds``.
    """
    count, rows, columns = A.shape
    bases = np.full((count, rows), -1, dtype=np.intp)
    T = np.zeros((count, rows + 1, columns + rows + 1))
    T[:, :rows, :columns] = A
    T[:, range(rows), range(columns, columns + rows)] = 1.0
    T[:, :rows, -1] = b
    T[:, rows, 0] = 1.0
    basis = np.tile(np.arange(columns, columns + rows), (count, 1))
    artificial = columns + rows - 1 if equation else -1
    left = np.arange(count)
    for _ in range(rounds):
        first = (basis[:, -1] == artificial) & (T[:, rows - 1, -1] > EPSILON)
        enters, gain = _entering(T, first, artificial)
        done = gain <= EPSILON
        bases[left[done & ~first]] = basis[done & ~first]
        go = ~done
        left, T, basis, first, enters = left[go], T[go], basis[go], first[go], enters[go]
        if not left.size:
            break
        leaves = _leaving(T, enters, stuck=(basis[:, -1] == artificial) & ~first)
        _pivot(T, leaves, enters)
        basis[np.arange(left.size), leaves] = enters
    return bases


def _entering(T: Array, first: NDArray[np.bool_], artificial: int) -> tuple[Indices, Array]:
    """Return the column with the largest gain of each program; in the first phase the equation itself is what is to be filled."""
    prices = np.where(first[:, np.newaxis], T[:, -2, :-1], T[:, -1, :-1])
    if artificial >= 0:
        prices[:, artificial] = -np.inf
    enters = prices.argmax(axis=1)
    gain: Array = np.take_along_axis(prices, enters[:, np.newaxis], axis=1)[:, 0]
    return enters, gain


def _leaving(T: Array, enters: Indices, *, stuck: NDArray[np.bool_]) -> Indices:
    """Return the row with the smallest ratio of each program, among ties the one with the largest pivot.

    Where the artificial variable of the equation is still in the basis at zero (``stuck``), it leaves as soon as it can.
    """
    column = np.take_along_axis(T, enters[:, np.newaxis, np.newaxis], axis=2)[:, :-1, 0]
    usable = column > EPSILON
    ratio = np.where(usable, T[:, :-1, -1], np.inf) / np.where(usable, column, 1.0)
    least = ratio.min(axis=1, keepdims=True)
    leaves = np.where(usable & (ratio <= least + EPSILON), column, -np.inf).argmax(axis=1)
    last = column.shape[1] - 1
    rows: Indices = np.where(stuck & (np.abs(column[:, last]) > EPSILON), last, leaves)
    return rows


def _pivot(T: Array, leaves: Indices, enters: Indices) -> None:
    """Exchange one basic variable in every tableau, in place."""
    each = np.arange(len(T))
    row = T[each, leaves]
    row /= row[each, enters][:, np.newaxis]
    factor = T[each, :, enters]
    T -= factor[:, :, np.newaxis] * row[:, np.newaxis, :]
    T[each, leaves] = row
