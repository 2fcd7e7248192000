"""A run under engine TORNQVIST: log growth, two-period mean shares, additive over time; a merged place with what its parts leave."""

from dataclasses import asdict
from typing import Any

import numpy as np

from pq_tfp.domain import tornqvist
from pq_tfp.domain.aggregation import aggregate
from pq_tfp.domain.axes import Axes, refuse
from pq_tfp.domain.running import confidence, quality
from pq_tfp.domain.running.frame import Frame, One
from pq_tfp.domain.running.official import Outcome, inputs_of
from pq_tfp.domain.running.specification import Specification
from pq_tfp.domain.series import gap_faults, levels
from pq_tfp.domain.sharing import GIVEN, reasons, shares_of
from pq_tfp.domain.tornqvist import LogGrowth

NAMES = ("K", "L", "A")


def logarithmic(found: Frame, wanted: Specification) -> Outcome:
    """Return the run. Raises SeriesRefused with every fault."""
    whole, years = found.whole, list(found.years)
    refuse(gap_faults("beta", whole.beta, years))
    grown = _account(whole, years)
    first = wanted.first_year if wanted.first_year is not None else years[1]
    last = wanted.last_year if wanted.last_year is not None else years[-1]
    period = _period(grown, first, last)
    _, drawn, widths = confidence.draw(found, wanted, inputs_of(whole), (first, last))
    logs = None if drawn is None else confidence.logged(drawn)
    told = confidence.told(wanted, logs, widths)
    if told["band"] is not None:
        told["band"]["unit"] = "log points times 100; growth_share_A a fraction"
    results = {
        "engine": tornqvist.ENGINE,
        "method_version": tornqvist.METHOD_VERSION,
        "vintage": wanted.vintage,
        "contribution_unit": "log points",
        **found.contract,
        "growth": _growth(grown, found.imputed),
        "period": period,
        "A_index": dict(zip(years, grown.A_index.tolist(), strict=True)),
        "merger": _merger(found, grown, years),
        **told,
    }
    notices = [*found.notices, *grown.notices, *confidence.not_drawn(drawn)]
    if wanted.labour_quality:
        results["labour_quality"], noticed = quality.told(found, period["share_L"], (first, last))
        notices += noticed
    inputs = {name: {y: getattr(whole, name)[y] for y in years} for name in ("Y", "K", "L", "beta")}
    return Outcome(inputs, results, tuple(notices))


def _account(one: One, years: list[int]) -> LogGrowth:
    beta = levels(one.beta, years)
    X = {"K": levels(one.K, years), "L": levels(one.L, years)}
    return tornqvist.account(
        levels(one.Y, years), X, {"K": 1 - beta, "L": beta}, Axes(tuple(years))
    )


def _growth(grown: LogGrowth, imputed: frozenset[int]) -> dict[str, Any]:
    made_up = np.array([bool({year - 1, year} & imputed) for year in grown.axes.years])
    rates = {
        "dln_Y": grown.dln_Y, "dln_K": grown.dln_X["K"], "dln_L": grown.dln_X["L"], "dln_A": grown.dln_A,
        **{f"contribution_{name}": grown.contribution[name] for name in NAMES},
        **{f"growth_share_{name}": grown.growth_share[name] for name in NAMES},
    }  # fmt: skip
    masked = {name: np.where(made_up, np.nan, values) for name, values in rates.items()}
    return {
        "years": grown.axes.years,
        **masked,
        "share_K": grown.share["K"],
        "share_L": grown.share["L"],
        "reasons": tuple(
            "IMPUTED" if hidden else str(reason) or None
            for hidden, reason in zip(made_up, grown.reason, strict=True)
        ),
    }


def _period(grown: LogGrowth, first: int, last: int) -> dict[str, Any]:
    """Return mean log points a year from the year before ``first`` to ``last``; the sum of the years over their number."""
    mean = tornqvist.per_year(grown, first - 1, last)
    inside = np.array([first <= year <= last for year in grown.axes.years])
    reason = str(reasons(np.asarray(mean["Y"])))
    return {
        "first_year": first,
        "last_year": last,
        "dln_Y": float(mean["Y"]),
        "dln_A": float(mean["A"]),
        **{f"contribution_{name}": float(mean[name]) for name in NAMES},
        **{f"growth_share_{n}": float(shares_of(mean[n], mean["Y"])) for n in NAMES},
        **{f"share_{name}": float(grown.share[name][inside].mean()) for name in "KL"},
        "reason": None if reason == GIVEN else reason,
    }


def _merger(found: Frame, whole: LogGrowth, years: list[int]) -> dict[str, Any] | None:
    """Return Δln A of the whole as Σ w̄_i·Δln A_i and reallocation, in the years that every part tells; None without parts."""
    if not found.parts or not found.supply.has("VA"):
        return None
    added = found.supply.level("VA").parts
    told = [
        year
        for year in years
        if all(
            year in values for part, one in found.parts.items() for values in _all(one, added[part])
        )
    ]
    if len(told) < 2 or told != list(range(told[0], told[-1] + 1)):
        return None
    parts, axes = tuple(found.parts), Axes(tuple(told), tuple(found.parts))
    beta = np.array([levels(found.parts[part].beta, told) for part in parts])
    table = {n: np.array([levels(getattr(found.parts[p], n), told) for p in parts]) for n in "YKL"}
    apart = tornqvist.account(
        table["Y"], {"K": table["K"], "L": table["L"]}, {"K": 1 - beta, "L": beta}, axes
    )
    VA = np.array([levels(added[part], told) for part in parts])
    split = aggregate(_account(found.whole, told), apart, VA)
    return {
        **asdict(split),
        "reallocation": split.reallocation,
        "parts": parts,
        "unit": "log points",
    }


def _all(one: One, added: Any) -> tuple[Any, ...]:
    return one.Y, one.K, one.L, one.beta, added
