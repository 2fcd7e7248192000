"""International growth accounting: engine ``TORNQVIST``, any number of inputs, two-period mean shares, additive over time.

Δln A_t = Δln Y_t − Σ_i s̄_i,t Δln X_i,t with s̄_i,t = ½(s_i,t + s_i,t−1) and Σ_i s_i = 1; A_T/A_0 = exp Σ_t Δln A_t.
Sources: Diewert (1976), Exact and superlative index numbers, Journal of Econometrics 4, 115–145; Penn World Table 10.01
(rtfpna) and the BLS KLEMS accounts publish this form.
"""

from collections.abc import Mapping
from dataclasses import dataclass

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
from pq_tfp.domain.series import Array
from pq_tfp.domain.sharing import reasons, share_faults, shares_of

ENGINE = "TORNQVIST"
METHOD_VERSION = "1"
TFP = "A"
Inputs = Mapping[str, Array]


@dataclass(frozen=True, slots=True)
class LogGrowth:
    """Log growth by year; every array has shape (units, years − 1) or (years − 1,), ``A_index`` one year more.

    ``contribution`` holds each input and ``A``, in log points, and sums to ``dln_Y``; ``growth_share`` is a fraction, NaN where
    ``reason`` is not empty; ``A_index`` is 1 in the first year.
    """

    axes: Axes
    dln_Y: Array
    dln_X: Inputs
    dln_A: Array
    share: Inputs
    contribution: Inputs
    growth_share: Inputs
    A_index: Array
    reason: NDArray[np.str_]
    notices: tuple[Notice, ...]


def account(Y: Array, X: Inputs, shares: Inputs, axes: Axes) -> LogGrowth:
    """Return the accounting from levels and shares of every year, all of shape ``axes.shape``.

    A share lies in (0, 1) and the shares of a year sum to 1. Raises SeriesRefused naming field, unit and year.
    """
    named = {f"share_{name}": values for name, values in shares.items()}
    refuse(_frame_faults(Y, X, named, axes))
    refuse(_missing(X, shares, "share") or share_faults(named, axes, blame="share"))
    return _account(Y, X, shares, axes, ())


def account_costs(Y: Array, X: Inputs, costs: Inputs, axes: Axes) -> LogGrowth:
    """Return the accounting from levels and the money paid to each input, shape ``axes.shape``.

    A negative cost is kept and noted as NEGATIVE_COST_SHARE (capital income is negative in published accounts too); a total
    that is not above 0 is refused with SeriesRefused.
    """
    named = {f"cost_{name}": values for name, values in costs.items()}
    refuse(_frame_faults(Y, X, named, axes))
    refuse(_missing(X, costs, "cost"))
    total = np.sum(list(costs.values()), axis=0)
    refuse(
        [f for name, values in named.items() for f in finite_faults(name, values, axes)]
        or positive_faults("cost", total, axes)
    )
    notices = tuple(
        Notice("NEGATIVE_COST_SHARE", f"cost_{name}", unit, year)
        for name, values in costs.items()
        for _, unit, year in axes.where(values < 0)
    )
    return _account(Y, X, {name: costs[name] / total for name in X}, axes, notices)


def _account(
    Y: Array, X: Inputs, shares: Inputs, axes: Axes, notices: tuple[Notice, ...]
) -> LogGrowth:
    dln_Y = np.diff(np.log(Y))
    dln_X = {name: np.diff(np.log(values)) for name, values in X.items()}
    mean = {name: (shares[name][..., 1:] + shares[name][..., :-1]) / 2 for name in X}
    parts = {name: mean[name] * dln_X[name] for name in X}
    dln_A = dln_Y - np.sum(list(parts.values()), axis=0)
    parts[TFP] = dln_A
    start = np.zeros((*dln_A.shape[:-1], 1))
    return LogGrowth(
        axes=axes.growth(), dln_Y=dln_Y, dln_X=dln_X, dln_A=dln_A, share=mean, contribution=parts,
        growth_share={name: shares_of(part, dln_Y) for name, part in parts.items()},
        A_index=np.exp(np.concatenate([start, np.cumsum(dln_A, axis=-1)], axis=-1)),
        reason=reasons(dln_Y), notices=notices,
    )  # fmt: skip


def per_year(grown: LogGrowth, first_year: int, last_year: int) -> dict[str, Array]:
    """Return ``Y`` and each contribution from ``first_year`` to ``last_year``, log points per year, additive.

    Raises SeriesRefused when the period lies outside the data.
    """
    years = grown.axes.years
    if not years[0] - 1 <= first_year < last_year <= years[-1]:
        said = (
            f"Giai đoạn {first_year}-{last_year} nằm ngoài số liệu {years[0] - 1}-{years[-1]}.",
            f"The period {first_year}-{last_year} lies outside the data {years[0] - 1}-{years[-1]}.",
        )
        refuse([placed("period", None, None, "period_outside_series", said)])
    inside = np.array([first_year < year <= last_year for year in years])
    flows = {"Y": grown.dln_Y, **grown.contribution}
    return {name: values[..., inside].mean(axis=-1) for name, values in flows.items()}


def per_unit_of(grown: LogGrowth, dln_H: Array) -> dict[str, Array]:
    """Return Δln(Y/H) as ``Y`` and what each input and ``A`` add to it, log points.

    Δln(Y/H) = Δln A + Σ_i s̄_i(Δln X_i − Δln H), exact because shares sum to 1. Source: BLS, TFP by industry, contributions to
    labour productivity.
    """
    deep = {name: grown.share[name] * (grown.dln_X[name] - dln_H) for name in grown.dln_X}
    return {"Y": grown.dln_Y - dln_H, **deep, TFP: grown.dln_A}


def _frame_faults(Y: Array, X: Inputs, weights: Inputs, axes: Axes) -> list[FieldError]:
    found = axes_faults(axes) or shape_faults({"Y": Y, **X, **weights}, axes.shape)
    if found:
        return found
    return [
        f for name, values in {"Y": Y, **X}.items() for f in positive_faults(name, values, axes)
    ]


def _missing(X: Inputs, weights: Inputs, kind: str) -> list[FieldError]:
    return [
        placed(
            f"{kind}_{name}", None, None, "series_missing",
            (f"Thiếu {kind}_{name} hoặc {name}.", f"{kind}_{name} or {name} is missing: each input needs both."),
        )
        for name in sorted(set(X) ^ set(weights))
    ]  # fmt: skip
