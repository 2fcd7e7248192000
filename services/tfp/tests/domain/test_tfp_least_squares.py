"""Least squares in blocks: where blocks are cut, what is collinear, and the digits that cross products would lose."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pq_tfp.domain import least_squares
from pq_tfp.domain.least_squares import (
    blocks,
    collinear_faults,
    polynomial,
    powers,
    product_names,
    regress,
    standardised,
    triangle,
)
from pq_tfp.domain.series import Array


@settings(deadline=None)
@given(st.lists(st.integers(1, 30), min_size=1, max_size=40), st.integers(1, 50))
def test_blocks_hold_whole_firms_in_order_and_leave_none_out(lengths: list[int], size: int) -> None:
    firm = np.repeat(np.arange(len(lengths)), lengths)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(least_squares, "BLOCK_ROWS", size)
        cut = list(blocks(firm))
    assert np.concatenate([firm[rows] for rows in cut]).tolist() == firm.tolist()
    for before, after in itertools.pairwise(cut):
        assert before.stop == after.start
        assert firm[before.stop - 1] != firm[after.start]


def test_a_polynomial_lists_every_product_once_and_none_is_constant() -> None:
    assert product_names(("K", "M"), 2) == ["K", "M", "K·K", "K·M", "M·M"]
    a, b = np.array([2.0, 3.0]), np.array([5.0, 7.0])
    made = polynomial([a, b], powers(("a", "b"), 3))
    assert [column.tolist() for column in made] == [
        v.tolist() for v in (a, b, a * a, a * b, b * b, a**3, a * a * b, a * b * b, b**3)
    ]


def test_a_column_without_spread_is_centred_and_left_alone() -> None:
    assert standardised(np.full(3, 7.0)).tolist() == [0, 0, 0]


def test_a_column_of_zeros_is_constant() -> None:
    X = np.stack([np.arange(5.0), np.zeros(5)], axis=1)
    faults = collinear_faults(triangle(X.T @ X), ["K", "M"])
    assert [(fault.code, fault.pointer) for fault in faults] == [("column_constant", "/M")]
    assert [f.pointer for f in collinear_faults(np.zeros((1, 1)), ["K"])] == ["/K"]


def test_digits_that_cross_products_lose_are_brought_back() -> None:
    random = np.random.default_rng(2)
    x = random.normal(size=500)
    near = x + 1e-4 * random.normal(size=500)
    X = np.stack([np.ones(500), x, near], axis=1)
    truth = np.array([1.0, 2.0, -3.0])

    def design(rows: slice) -> Array:
        return np.column_stack([X[rows], (X @ truth)[rows]])

    fit = regress(design, np.arange(500), ["1", "x", "near"])
    np.testing.assert_allclose(fit.beta, truth, rtol=1e-11)
    assert fit.ssr < 1e-6
