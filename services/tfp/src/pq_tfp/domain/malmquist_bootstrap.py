"""How sure Malmquist figures are: the smoothed bootstrap of Simar and Wilson, bivariate because a unit's efficiencies in two years belong together.

The expansions δ = 1/E ≥ 1 of a pair of years are drawn anew from their kernel density, reflected at 1 in both years:

    Γ = (1 + h²)^−½·(Δ* + h·ε − mean Δ*) + mean Δ* ,   ε ~ N(0, Σ) ,   h = (4/(5n))^(1/6)

with Δ* drawn from the pairs and their three reflections, Σ the covariance of the pairs, its sign turned where one side alone is reflected;
what falls below 1 is reflected back. Every unit's outputs are then moved to the drawn distance from the frontier, y·δ/Γ, and M, EC and TC of the
units as they were are computed against the frontiers of those. Source: Simar and Wilson (1999), European Journal of Operational Research
115, 459–471; the band is theirs too: the estimate less the 5th and 95th percentile of (replication − estimate).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from pq_tfp.domain.axes import Notice
from pq_tfp.domain.distances import Technology, efficiency
from pq_tfp.domain.malmquist import Part
from pq_tfp.domain.quantities import Quantities, observe, pairs_of
from pq_tfp.domain.series import Array

SEED: Final = 1999
REPLICATIONS: Final = 1000
PERCENTILES: Final = (5.0, 95.0)
BANDED: Final[tuple[Part, ...]] = ("M", "EC", "TC")
PROGRAMS: Final = 4
"""Linear programs of one unit, year and replication."""
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Bands:
    """By part, shape (units, years − 1), NaN where there is no estimate: the 5–95 % band, and the estimate less its bias."""

    low: dict[Part, Array]
    corrected: dict[Part, Array]
    high: dict[Part, Array]
    replications: int
    seed: int
    notices: tuple[Notice, ...]


def bands(
    told: Quantities,
    *,
    replications: int = REPLICATIONS,
    seed: int = SEED,
    tell: Tell | None = None,
) -> Bands:
    """Return the bands of M, EC and TC under constant returns, in either orientation the same. Raises SeriesRefused.

    NO_SPREAD notes the pairs of years in which every unit is efficient: nothing is there to draw from, and the band is the estimate.
    ``tell(done, total)`` hears of every pair of years.
    """
    seen = observe(told, years=2)
    pairs = pairs_of(seen)
    found = {name: _empty(pairs.both.shape) for name in ("low", "corrected", "high")}
    notices = []
    for year in range(pairs.both.shape[1]):
        units = pairs.both[:, year]
        before, after = (seen.technology(units, at, "CRS") for at in (year, year + 1))
        random = np.random.default_rng([seed, year])
        estimate, drawn = _replicated(before, after, replications, random)
        if np.ptp(drawn, axis=0).max() == 0.0:
            notices.append(Notice("NO_SPREAD", "M", None, seen.axes.years[year + 1]))
        low, high = np.percentile(drawn - estimate, PERCENTILES, axis=0)
        ends = {"low": estimate - high, "high": estimate - low, "corrected": 2 * estimate - drawn.mean(axis=0)}  # fmt: skip
        for name, values in ends.items():
            for part, row in zip(BANDED, values, strict=True):
                found[name][part][units, year] = row
        if tell is not None:
            tell(year + 1, pairs.both.shape[1])
    return Bands(**found, replications=replications, seed=seed, notices=tuple(notices))


def smoothed(delta: Array, *, replications: int, random: np.random.Generator) -> Array:
    """Return draws (replications, units, 2) of the expansions of two years ``delta`` (units, 2), all at least 1."""
    units = len(delta)
    h = (4 / (5 * units)) ** (1 / 6)
    other = 2 - delta
    mixed = [
        np.column_stack([other[:, 0], delta[:, 1]]),
        np.column_stack([delta[:, 0], other[:, 1]]),
    ]
    reflected = np.concatenate([delta, other, *mixed])
    rows = random.integers(0, len(reflected), (replications, units))
    picked = reflected[rows]
    noise = random.standard_normal((replications, units, 2)) @ _root(np.cov(delta.T)).T
    noise[..., 1] *= np.where(rows < 2 * units, 1.0, -1.0)
    centre = picked.mean(axis=1, keepdims=True)
    drawn = centre + (picked - centre + h * noise) / np.sqrt(1 + h**2)
    inside: Array = np.where(drawn < 1, 2 - drawn, drawn)
    return inside


def _root(covariance: Array) -> Array:
    """Return a matrix whose product with its transpose is the covariance, which may be singular."""
    values, vectors = np.linalg.eigh(covariance)
    root: Array = vectors * np.sqrt(np.maximum(values, 0.0))
    return root


def _replicated(
    before: Technology, after: Technology, replications: int, random: np.random.Generator
) -> tuple[Array, Array]:
    """Return the estimates (parts, units), and the same against every drawn pair of frontiers (replications, parts, units)."""
    points = tuple(
        np.concatenate(pair, axis=1) for pair in ((before.X, after.X), (before.Y, after.Y))
    )

    def changed(first: Technology, second: Technology) -> tuple[Array, Array]:
        """Return M, EC and TC of the observed units against these frontiers, and the four efficiencies (2, 2, units)."""
        both = [efficiency(technology, *points) for technology in (first, second)]
        (old_before, old_after), (new_before, new_after) = (np.split(one, 2) for one in both)
        EC = new_after / old_before
        M = np.sqrt(old_after / old_before * (new_after / new_before))
        return np.stack([M, EC, M / EC]), np.stack([old_before, new_after])

    estimate, own = changed(before, after)
    delta = np.maximum(1 / own.T, 1.0)
    drawn = smoothed(delta, replications=replications, random=random)
    moved = delta / drawn
    found = [
        changed(replace(before, Y=before.Y * one[:, 0]), replace(after, Y=after.Y * one[:, 1]))[0]
        for one in moved
    ]
    return estimate, np.stack(found)


def _empty(shape: tuple[int, ...]) -> dict[Part, Array]:
    return {part: np.full(shape, np.nan) for part in BANDED}
