"""How sure a run is: draws of the period with a fixed seed, and each target held against them."""

from dataclasses import asdict, replace
from typing import Any

import numpy as np

from pq_tfp.domain import headline
from pq_tfp.domain.accounting import Inputs
from pq_tfp.domain.axes import Notice
from pq_tfp.domain.running.frame import Frame
from pq_tfp.domain.running.specification import Specification
from pq_tfp.domain.uncertainty import Case, Draws, Widths, band, check_target, simulate


def widths_of(found: Frame, wanted: Specification, first_year: int) -> Widths:
    """Return the widths to draw with. A stock built from investment remembers only a part of its first stock: K0 is drawn as wide as that.

    A declared stock is drawn at the full width; to first order Δln K_t = memory_t·Δln K0.
    """
    told = wanted.confidence.widths
    memory = found.capital.memory.get(first_year - 1, 1.0)
    return replace(told, K0_log_sd=told.K0_log_sd * memory)


def draw(
    found: Frame, wanted: Specification, inputs: Inputs, period: tuple[int, int]
) -> tuple[Case, Draws | None, Widths]:
    """Return the draws of the growth years ``period``; None where the mean α lies outside the range that is drawn."""
    first, last = period
    widths = widths_of(found, wanted, first)
    case = headline.case_of(inputs, tuple(range(first - 1, last + 1)), delta=found.capital.delta)
    if not headline.drawable(case, widths):
        return case, None, widths
    asked = wanted.confidence
    return case, simulate(case, widths, draws=asked.draws, seed=asked.seed), widths


def told(wanted: Specification, drawn: Draws | None, widths: Widths) -> dict[str, Any]:
    """Return the bands in percentage points, the shares as fractions, and what each target meets."""
    if drawn is None:
        return {"band": None, "band_reason": "ALPHA_OUTSIDE_DRAWN_RANGE", "targets": []}
    rates = {
        name: asdict(band(100 * getattr(drawn, name))) for name in ("g_Y", "g_K", "g_L", "g_A")
    }
    checks = [
        {"target": target, **asdict(check_target(drawn.growth_share_A, target))}
        for target in wanted.targets
    ]
    return {
        "band": {
            "unit": "percentage points; growth_share_A a fraction",
            **rates,
            "growth_share_A": asdict(band(drawn.growth_share_A)),
            "draws": wanted.confidence.draws,
            "seed": wanted.confidence.seed,
            "widths": asdict(widths),
        },
        "band_reason": None,
        "targets": checks,
    }


def logged(drawn: Draws) -> Draws:
    """Return the draws in log points per year, as TORNQVIST counts them: mean log growth, the same mean share."""
    Y, K, L = (np.log1p(getattr(drawn, name)) for name in ("g_Y", "g_K", "g_L"))
    A = Y - drawn.alpha * K - (1 - drawn.alpha) * L
    share = np.where(np.isfinite(drawn.growth_share_A), A / Y, np.nan)
    return Draws(Y, K, L, A, share, drawn.alpha)


def not_drawn(drawn: Draws | None) -> list[Notice]:
    """Note BAND_NOT_DRAWN where there is no band."""
    return [Notice("BAND_NOT_DRAWN", "alpha")] if drawn is None else []
