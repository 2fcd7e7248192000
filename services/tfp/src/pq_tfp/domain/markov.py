"""Productivity on a cubic of productivity a year before, for any elasticities, from sums made once.

ω₋₁ = φ̂₋₁ − β'x₋₁ is linear in β, so 1, ω₋₁, ω₋₁², ω₋₁³ are combinations of the monomials of (φ̂₋₁, x₋₁) up to degree 3, with coefficients that are products of β.
The cross products of those monomials and of whatever is regressed on them are summed over the rows once; an objective then costs
the same whether there are a thousand firms or a million.
"""

from dataclasses import dataclass
from math import factorial, prod

import numpy as np

from pq_tfp.domain.least_squares import polynomial, powers
from pq_tfp.domain.series import Array

CUBIC = 3
CHUNK_ROWS = 8192


@dataclass(frozen=True, slots=True)
class Markov:
    """Cross products of [1, monomials of the lags, others] over ``rows`` rows; exponents and multinomial counts of the monomials."""

    gram: Array
    exponents: Array
    counts: Array
    rows: int

    @property
    def monomials(self) -> int:
        return len(self.counts)

    def powers_of(self, weights: Array) -> Array:
        """Return the combinations that make 1, ω, ω², ω³ of ω = weights'(lags): shape (monomials, 4)."""
        terms = self.counts * np.prod(weights**self.exponents, axis=1)
        degree = self.exponents.sum(axis=1)
        made: Array = np.where(
            degree[:, np.newaxis] == np.arange(CUBIC + 1), terms[:, np.newaxis], 0.0
        )
        return made

    def cubic(self, weights: Array, on: Array) -> tuple[Array, Array]:
        """Return the coefficients g of the regression of ``on`` (a combination of the others) on 1, ω, ω², ω³, and the residual's combination."""
        T = self.powers_of(weights)
        inside = T.T @ self.gram[: self.monomials, : self.monomials] @ T
        target = T.T @ self.gram[: self.monomials, self.monomials :] @ on
        scale = 1 / np.sqrt(np.maximum(np.diag(inside), np.finfo(float).tiny))
        g = scale * np.linalg.lstsq(inside * np.outer(scale, scale), scale * target, rcond=None)[0]
        return g, np.concatenate([-T @ g, on])


def markov(lags: Array, others: Array) -> Markov:
    """Return the sums. ``lags`` (φ̂₋₁ and each x₋₁, around their means) have shape (lags, rows), ``others`` (others, rows)."""
    places = powers([str(i) for i in range(len(lags))], CUBIC)
    exponents = np.zeros((len(places) + 1, len(lags)))
    for at, product in enumerate(places, start=1):
        exponents[at] = np.bincount(product, minlength=len(lags))
    counts = [factorial(int(e.sum())) / prod(factorial(int(one)) for one in e) for e in exponents]
    size = len(exponents) + len(others)
    gram = np.zeros((size, size))
    for start in range(0, lags.shape[1], CHUNK_ROWS):
        rows = slice(start, start + CHUNK_ROWS)
        made = polynomial(list(lags[:, rows]), places)
        block = np.stack([np.ones(len(made[0])), *made, *others[:, rows]])
        gram += block @ block.T
    return Markov(gram, exponents, np.array(counts), lags.shape[1])
