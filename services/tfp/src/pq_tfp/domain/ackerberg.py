"""Ackerberg, Caves and Frazer (2015): stage 1 only removes noise, every elasticity comes from stage 2, searched from many starts.

Stage 1: φ̂ from y on a polynomial of stated degree in all inputs and the proxy. Stage 2: ω(β) = φ̂ − β'x, and the moments of ``acf_moments``. There are
as many moments as elasticities, and still several minima: the criterion is also near 0 far from economic sense. So: starts from a
Sobol sequence (the same for everybody), each polished, all distinct minima listed, the lowest inside the admissible region chosen,
MULTIPLE_MINIMA noted. Criteria that are 0 but for rounding are equal; then the minimum that most starts end in is chosen.
Source: Ackerberg, Caves and Frazer (2015), Econometrica 83(6), 2411–2451.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from pq_tfp.domain.acf_moments import Moments, moments_of
from pq_tfp.domain.axes import Notice, refuse
from pq_tfp.domain.control_function import proxy_faults
from pq_tfp.domain.estimates import Estimate, unknown_covariance
from pq_tfp.domain.firm_panel import FirmPanel
from pq_tfp.domain.guards import sample_faults
from pq_tfp.domain.series import Array

STARTS = 64
"""A power of 2, for which a Sobol sequence is balanced."""
FEWEST_STARTS = 50
PATIENCE = 400
BOX = (-0.5, 1.5)
"""Where starts lie, in each elasticity; the search itself is not bounded."""
ADMISSIBLE = (0.0, 1.0)
RETURNS = (0.4, 1.6)
"""Admissible: every elasticity in the first, their sum in the second."""
SAME = 1e-4
"""Minima whose elasticities are all closer than this are one."""
ZERO = 1e-12
"""A criterion below this part of the variance of φ̂ is 0: what is left is rounding."""
_ROUGH = {"xtol": 1e-8, "ftol": 1e-8, "gtol": 1e-10}
_FINE = {"xtol": 1e-14, "ftol": 1e-14, "gtol": 1e-14}


@dataclass(frozen=True, slots=True)
class Minimum:
    """A distinct minimum: elasticities (free inputs, then capital), the criterion there, how many starts ended in it."""

    beta: Array
    criterion: float
    admissible: bool
    starts: int


@dataclass(frozen=True, slots=True)
class Multistart:
    """The estimate chosen; every minimum in the order of choice; starts made, and starts that came to no rest."""

    estimate: Estimate
    minima: tuple[Minimum, ...]
    starts: int
    lost: int


def ackerberg(
    panel: FirmPanel, *, degree: int = 3, starts: int = STARTS, patience: int = PATIENCE
) -> Multistart:
    """Return ACF; the proxy of ``panel.roles`` is materials or investment. Raises SeriesRefused; so it does for fewer than 50 starts.

    ``patience`` is the most evaluations a start may take. No covariance is given: a bootstrap by firm must tell. Controls enter stage 1 linearly and are taken out of φ̂.
    """
    refuse(proxy_faults(panel, degree))
    refuse(sample_faults("starts", starts, minimum=FEWEST_STARTS))
    moments = moments_of(panel, degree)
    seeds = _seeds(moments.size, starts)
    tried = [_descend(moments, seed, patience, _ROUGH) for seed in seeds]
    ends = [end for end in tried if end is not None]
    refuse(sample_faults("starts that came to rest", len(ends), minimum=1))
    minima = _distinct(moments, ends)
    roles = panel.roles
    beta = np.concatenate([minima[0].beta, moments.beta_controls])
    inputs = ", ".join((*roles.inputs, str(roles.proxy)))
    estimate = Estimate(
        "ACF", f"stage 1 polynomial of degree {degree} in ({inputs}); ω on a cubic of ω₋₁",
        (*roles.inputs, *roles.controls), beta, unknown_covariance(len(beta)),
        moments.sums.rows, len(np.unique(panel.firm[panel.with_lag])), _notices(minima),
    )  # fmt: skip
    return Multistart(estimate, minima, starts, starts - len(ends))


def ackerberg_from(
    panel: FirmPanel, start: Array, *, degree: int = 3, patience: int = PATIENCE
) -> Array:
    """Return the elasticities (and controls) of the minimum downhill from ``start``: what a draw of a bootstrap needs; NaN without rest."""
    moments = moments_of(panel, degree)
    end = _descend(moments, start[: moments.size], patience, _ROUGH)
    beta = np.full(moments.size, np.nan) if end is None else end
    return np.concatenate([beta, moments.beta_controls])


def _seeds(dimensions: int, starts: int) -> Array:
    """Return Sobol points in ``BOX``, rows (starts)."""
    from scipy.stats import qmc  # noqa: PLC0415 - takes seconds to load, and nothing else here needs it

    power = int(np.ceil(np.log2(starts)))
    points = qmc.Sobol(dimensions, scramble=False).random_base2(power)[:starts]
    seeds: Array = qmc.scale(points, *BOX)
    return seeds


def _descend(
    moments: Moments, start: Array, patience: int, tolerances: Mapping[str, float]
) -> Array | None:
    found = least_squares(moments.weighted, start, method="lm", max_nfev=patience, **tolerances)
    return np.asarray(found.x) if found.success else None


def _distinct(moments: Moments, ends: Sequence[Array]) -> tuple[Minimum, ...]:
    """Return the distinct minima in the order of choice, each polished; what polishing brings together is one."""
    polished = [
        (least_squares(moments.weighted, end, method="lm", **_FINE).x, count)
        for end, count in _merged([(end, 1) for end in ends])
    ]
    minima = [
        Minimum(end, _criterion(moments, end), admissible(end), count)
        for end, count in _merged(polished)
    ]
    return tuple(sorted(minima, key=lambda m: (not m.admissible, m.criterion, -m.starts)))


def _criterion(moments: Moments, beta: Array) -> float:
    """Return the criterion, 0 where only rounding is left of it."""
    value = float(np.sum(moments.weighted(beta) ** 2))
    return value if value > ZERO * moments.variance else 0.0


def _merged(ends: Sequence[tuple[Array, int]]) -> list[tuple[Array, int]]:
    """Put together what is the same point, adding up the starts."""
    groups: list[tuple[Array, int]] = []
    for end, count in ends:
        twin = next((at for at, (other, _) in enumerate(groups) if _same(end, other)), None)
        if twin is None:
            groups.append((end, count))
        else:
            groups[twin] = (groups[twin][0], groups[twin][1] + count)
    return groups


def _same(one: Array, other: Array) -> bool:
    return bool(np.abs(one - other).max() < SAME)


def admissible(beta: Array) -> bool:
    """Say whether the elasticities make economic sense: each in ADMISSIBLE, their sum in RETURNS."""
    inside = (beta >= ADMISSIBLE[0]) & (beta <= ADMISSIBLE[1])
    return bool(inside.all() and RETURNS[0] <= beta.sum() <= RETURNS[1])


def _notices(minima: tuple[Minimum, ...]) -> tuple[Notice, ...]:
    said = {
        "MULTIPLE_MINIMA": len(minima) > 1,
        "NO_ADMISSIBLE_MINIMUM": not minima[0].admissible,
    }
    return tuple(Notice(code, "beta") for code, holds in said.items() if holds)
