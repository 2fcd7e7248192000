"""What a unit of each asset costs in use, and the volume of capital services that those costs weigh.

u_a,t = T_a,t·( p_a,t−1·r_t + δ_a·p_a,t − (p_a,t − p_a,t−1) ), and ex post r_t is the rate at which Σ_a u_a,t·S_a,t exhausts capital
income CAP_t. Δln K = Σ_a w̄_a·Δln S_a with w_a = u_a S_a / Σ_b u_b S_b and two-period means. Sources: Jorgenson and Griliches (1967);
OECD, Measuring Capital (2009); the EU KLEMS accounts use the same form.
Arrays have shape (assets, years); S_a,t is the productive stock in use in year t, p_a,t the price index of new assets.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pq_common.errors import FieldError
from pq_tfp.domain.axes import (
    Axes,
    Notice,
    axes_faults,
    finite_faults,
    placed,
    positive_faults,
    refuse,
    shape_faults,
)
from pq_tfp.domain.capital import delta_faults
from pq_tfp.domain.series import Array

OnNegative = Literal["EXOGENOUS", "KEEP"]
OTHER = "other"
"""What no group of assets claims."""


@dataclass(frozen=True, slots=True)
class Assets:
    """Stocks ``S`` and prices ``p`` above 0, shape (assets, years); ``delta`` (assets,) per year; ``axes.units`` name the assets."""

    axes: Axes
    S: Array
    p: Array
    delta: Array
    tax: Array | None = None

    def tax_factor(self) -> Array:
        """Return the tax factor of every year but the first, 1 where there is none."""
        return np.ones_like(self.p[:, 1:]) if self.tax is None else self.tax[:, 1:]


@dataclass(frozen=True, slots=True)
class UserCosts:
    """``u`` (assets, years − 1) in prices of the year, ``r`` (years − 1,) the nominal rate, ``exhausts`` where Σ u·S equals CAP."""

    axes: Axes
    u: Array
    r: Array
    exhausts: NDArray[np.bool_]
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class Services:
    """Log points, shape (years − 1,) or (assets, years − 1): growth of services, of the plain stock, and of quality, their difference."""

    axes: Axes
    dln_K: Array
    dln_stock: Array
    dln_KQ: Array
    weight: Array
    part: Array


def ex_post(
    assets: Assets,
    CAP: Array,
    *,
    real_rate: float = 0.04,
    on_negative: OnNegative = "EXOGENOUS",
) -> UserCosts:
    """Return user costs at the rate that exhausts ``CAP`` (years − 1,), the capital income of every year but the first.

    A year in which some asset would cost less than nothing is noted as NEGATIVE_USER_COST; with EXOGENOUS all assets of that
    year cost p·(real_rate + δ) instead and income is not exhausted (``r`` still tells the rate that would have exhausted it),
    with KEEP the negative cost stays. Raises SeriesRefused.
    """
    _check(assets, CAP)
    p, before, T = assets.p[:, 1:], assets.p[:, :-1], assets.tax_factor()
    gain = p - before
    wear = assets.delta[:, np.newaxis] * p
    S = assets.S[:, 1:]
    r = (CAP - (T * S * (wear - gain)).sum(axis=0)) / (T * S * before).sum(axis=0)
    u = T * (before * r + wear - gain)
    later = assets.axes.growth()
    notices = tuple(
        Notice("NEGATIVE_USER_COST", "u", asset, year) for _, asset, year in later.where(u < 0)
    )
    exhausts = np.ones(r.shape, dtype=bool)
    if on_negative == "EXOGENOUS":
        bad = (u < 0).any(axis=0)
        u = np.where(bad, T * p * (real_rate + assets.delta[:, np.newaxis]), u)
        exhausts = ~bad
    return UserCosts(later, u, r, exhausts, notices)


def exogenous(assets: Assets, *, real_rate: float) -> UserCosts:
    """Return user costs T·p·(real_rate + δ): a real rate from outside, revaluation left out. Income is not exhausted."""
    _check(assets, None)
    p = assets.p[:, 1:]
    u = assets.tax_factor() * p * (real_rate + assets.delta[:, np.newaxis])
    gain = (p / assets.p[:, :-1]).mean(axis=0)
    exhausts = np.zeros(p.shape[1], dtype=bool)
    return UserCosts(assets.axes.growth(), u, (1 + real_rate) * gain - 1, exhausts, ())


def services(S: Array, u: Array, axes: Axes) -> Services:
    """Return the growth of capital services from stocks and user costs of the same years, shape (assets, years).

    A negative user cost keeps its negative weight. ``part`` is w̄_a·Δln S_a and sums to dln_K over assets; quality is services
    less the plain sum of stocks at constant prices. Raises SeriesRefused.
    """
    refuse(axes_faults(axes) or shape_faults({"S": S, "u": u}, axes.shape))
    refuse(positive_faults("S", S, axes) + finite_faults("u", u, axes))
    cost = u * S
    refuse(positive_faults("CAP", cost.sum(axis=0), Axes(axes.years)))
    w = cost / cost.sum(axis=0)
    mean = (w[:, 1:] + w[:, :-1]) / 2
    part = mean * np.diff(np.log(S))
    dln_K = part.sum(axis=0)
    dln_stock = np.diff(np.log(S.sum(axis=0)))
    return Services(axes.growth(), dln_K, dln_stock, dln_K - dln_stock, mean, part)


def contributions(
    grown: Services, share_K: Array, groups: Mapping[str, Sequence[str]]
) -> dict[str, Array]:
    """Return s̄_K·Σ w̄_a·Δln S_a for each named group of assets, e.g. ICT, log points; what no group claims is ``other``.

    ``share_K`` (years − 1,) is the two-period mean share of capital. The parts sum to s̄_K·dln_K. Raises SeriesRefused for a
    group named ``other`` and for an asset that is unknown or claimed twice: its part would be lost, or counted twice.
    """
    units = grown.axes.units
    refuse(group_faults(groups, units))
    claimed = {asset for members in groups.values() for asset in members}
    everyone = {**groups, OTHER: [asset for asset in units if asset not in claimed]}
    return {
        name: share_K * grown.part[[units.index(asset) for asset in members]].sum(axis=0)
        for name, members in everyone.items()
    }


def group_faults(groups: Mapping[str, Sequence[str]], units: Sequence[str]) -> list[FieldError]:
    """Name a group that takes the name of the rest, and each asset that is unknown or claimed more than once."""
    claimed = Counter(asset for members in groups.values() for asset in members)
    taken = (
        f"tên {OTHER} dành cho phần còn lại.",
        f"the name {OTHER} is kept for what no group claims.",
    )
    once = (
        "cần là một tài sản của yêu cầu, và chỉ thuộc một nhóm.",
        "must be an asset of the request, in one group only.",
    )
    return [
        placed("groups", name, None, "group_name_taken", taken) for name in groups if name == OTHER
    ] + [
        placed("groups", asset, None, "asset_not_once" if asset in units else "asset_unknown", once)
        for asset, count in claimed.items()
        if count > 1 or asset not in units
    ]


def _check(assets: Assets, CAP: Array | None) -> None:
    axes = assets.axes
    arrays = {"S": assets.S, "p": assets.p} | ({} if assets.tax is None else {"tax": assets.tax})
    refuse(
        axes_faults(axes)
        or shape_faults(arrays, axes.shape)
        + shape_faults({"delta": assets.delta}, (len(axes.units),))
        + ([] if CAP is None else shape_faults({"CAP": CAP}, (len(axes.years) - 1,)))
    )
    found = [f for name, values in arrays.items() for f in positive_faults(name, values, axes)]
    for asset, delta in zip(axes.units, assets.delta.tolist(), strict=True):
        found += delta_faults(delta, f"delta_{asset}")
    refuse(found + ([] if CAP is None else positive_faults("CAP", CAP, Axes(axes.years[1:]))))
