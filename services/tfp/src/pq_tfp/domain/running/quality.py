"""Labour quality of a run, a line of its own: groups of workers that are paid differently, summed over the predecessors."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from pq_common.errors import FieldError
from pq_tfp.domain import labour
from pq_tfp.domain.axes import Axes, Notice, refuse
from pq_tfp.domain.errors import fault
from pq_tfp.domain.running.frame import Frame
from pq_tfp.domain.running.supply import Supply
from pq_tfp.domain.series import common_years, levels


def told(found: Frame, beta: float, years: tuple[int, int]) -> tuple[dict[str, Any], list[Notice]]:
    """Return Δln LQ by year and what it adds in the growth years ``years``; nothing of it is moved out of TFP.

    Without groups the answer is empty and FALLS_BACK_TO_PERSONS is noted. Raises SeriesRefused.
    """
    grown = grown_of(found.supply)
    if grown is None:
        return {"dln_LQ": None, "contribution": None}, [Notice("FALLS_BACK_TO_PERSONS", "h")]
    by_year = dict(zip(grown.axes.years, grown.dln_LQ.tolist(), strict=True))
    inside = [by_year[year] for year in range(years[0], years[1] + 1) if year in by_year]
    mean = float(np.mean(inside)) if inside else None
    return {
        "unit": "log points",
        "groups": list(found.supply.items("h")),
        "dln_LQ": by_year,
        "dln_LQ_mean": mean,
        "contribution": None if mean is None else beta * mean,
        "years": len(inside),
    }, []


def grown_of(supply: Supply) -> labour.LabourInput | None:
    """Return labour input from hours or persons and wages by group; None where no group is told. Raises SeriesRefused."""
    groups = supply.items("h")
    if not groups:
        return None
    refuse(supply.missing([(name, group) for group in groups for name in ("h", "wage")]))
    refuse(_units(supply, groups))
    h = {group: supply.level("h", group) for group in groups}
    wage = {group: supply.level("wage", group) for group in groups}
    years = common_years(
        {
            f"{name} {group} {part}": values
            for name, levels_of in (("h", h), ("wage", wage))
            for group in groups
            for part, values in levels_of[group].parts.items()
        }
    )
    # The mean wage of the whole is the summed bill over the summed hours.
    hours = np.array([[levels(h[g].parts[p], years) for p in supply.parts] for g in groups])
    pay = np.array([[levels(wage[g].parts[p], years) for p in supply.parts] for g in groups])
    summed = hours.sum(axis=1)
    mean = (hours * pay).sum(axis=1) / summed
    return labour.quality(summed, mean, Axes(tuple(years), groups))


def _units(supply: Supply, groups: Sequence[str]) -> list[FieldError]:
    """Refuse monthly wages beside hours, hourly wages beside persons, and groups in different units."""
    per_hour = {supply.level("h", group).dimension == "hours" for group in groups}
    hourly = {supply.level("wage", group).dimension == "hourly wage" for group in groups}
    if len(per_hour) == 1 and per_hour == hourly:
        return []
    vi = "Giờ công đi với tiền công theo giờ, số người đi với tiền công theo người; mọi nhóm cùng một đơn vị."
    en = "Hours go with hourly wages, persons with wages per person; all groups in one unit."
    return [fault("wage", None, "units_differ", vi, en)]
