"""A merged place over HTTP: computed from the summed levels of all its predecessors, with the reallocation told."""

from typing import Any, Literal

import numpy as np
from pydantic import ConfigDict, Field

from pq_common import places
from pq_common.errors import PqError
from pq_tfp.api.compute.child import Tell
from pq_tfp.api.compute.engine import Engine, Route
from pq_tfp.api.compute.figures import Row
from pq_tfp.api.compute.identities import hold
from pq_tfp.api.compute.names import refuse_unread
from pq_tfp.api.compute.shapes import (
    Asked,
    Cell,
    Contract,
    PriceBasis,
    Series,
    ShortText,
    arrays,
    by_year,
    cell,
    yearly,
)
from pq_tfp.api.compute.units import FiguresPanel
from pq_tfp.domain import guards, mergers, tornqvist
from pq_tfp.domain.axes import Axes, placed, refuse
from pq_tfp.domain.mergers import Merged
from pq_tfp.domain.series import Array, level_faults

READ = {"y": ("Y",), "x": ("K", "L"), "z": ("VA", "labour_income")}
EXAMPLE: Any = {
    "place_id": "vn-31-2025",
    "price_basis": "constant-2010",
    "panel": {
        "units": ["vn-31-1997", "vn-30-1997"],
        "years": [2022, 2023],
        "y": {"Y": [[220.0, 242.0], [100.0, 108.0]]},
        "x": {"K": [[480.0, 530.0], [230.0, 250.0]], "L": [[1.1, 1.12], [0.95, 0.96]]},
        "z": {
            "VA": [[360.0, 400.0], [150.0, 165.0]],
            "labour_income": [[190.0, 210.0], [85.0, 93.0]],
        },
    },
    "published": {"Y": {"2023": 350.0}},
}


class MergerRequest(Asked):
    """Levels of exactly the predecessors of ``place_id``: Y in ``y``, K and L in ``x``, nominal VA and labour_income in ``z``.

    ``published`` totals of the merged place check that no part was dropped.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    engine: Literal["TORNQVIST"] = "TORNQVIST"
    place_id: ShortText
    price_basis: PriceBasis
    panel: FiguresPanel
    published: dict[ShortText, Series] = Field(default={}, max_length=10)


class MergerAnswer(Contract):
    """``dln_A`` of the whole is ``within``, the weighted parts, plus the reallocations; TFP of the whole is never the mean of the parts."""

    contribution_unit: Literal["log points"] = "log points"
    place_id: str
    parts: list[str]
    levels: dict[str, dict[str, Cell]]
    beta: dict[str, Cell]
    years: dict[str, Row]
    A_index: dict[str, Cell]
    units: dict[str, dict[str, Row]]


def merge(told: MergerRequest, tell: Tell) -> MergerAnswer:
    """Sum the levels, account for the whole and the parts, and split the whole over them. Raises SeriesRefused."""
    axes = told.panel.axes
    for side, known in READ.items():
        refuse_unread(getattr(told.panel, side), f"panel.{side}", known)
    if told.price_basis == "chained":
        refuse([f for name in ("Y", "K") for f in guards.additivity_faults(name, "chained")])
    refuse(guards.price_basis_faults({"Y": told.price_basis, "K": told.price_basis}))
    tables = arrays({**told.panel.y, **told.panel.x, **told.panel.z}, axes)
    said = ("Thiếu chuỗi này.", "This series is missing.")
    refuse(
        [placed(n, None, None, "series_missing", said) for n in mergers.SUMMED if n not in tables]
    )
    found = mergers.merge(tables, axes, expected=_predecessors(told.place_id))
    _check_published(told, found.levels, axes)
    split, whole = found.split, found.whole
    parts = (split.within, split.reallocation_Y, split.reallocation_K, split.reallocation_L)
    hold("parts and reallocation sum to the whole", whole.dln_A, parts)
    return MergerAnswer(
        engine=tornqvist.ENGINE, method_version=tornqvist.METHOD_VERSION, price_basis=told.price_basis,
        base_year=int(told.price_basis[-4:]), share_method="full labour income / value added",
        capital_method={"K": "declared stock"}, place_id=told.place_id, parts=list(axes.units),
        levels={name: by_year(values, axes.years) for name, values in found.levels.items()},
        beta=by_year(found.beta, axes.years), years=_years(found),
        A_index=by_year(whole.A_index, axes.years), units=_units(found),
    )  # fmt: skip


def _predecessors(place_id: str) -> tuple[str, ...]:
    try:
        found = places.predecessors(place_id)
    except (PqError, KeyError, ValueError):
        found = ()
    if not found:
        said = (f"{place_id} không phải là nơi sáp nhập.", f"{place_id} is no merged place.")
        refuse([placed("place_id", None, None, "place_not_merged", said)])
    return tuple(found)


def _check_published(told: MergerRequest, summed: dict[str, Array], axes: Axes) -> None:
    found = []
    for name, series in told.published.items():
        values = yearly(series)
        found += level_faults(f"published_{name}", values, sorted(values))
        if name in summed:
            found += mergers.completeness_faults(name, summed[name], values, Axes(axes.years))
        else:
            said = ("không phải là chuỗi được cộng.", "is no series that is summed.")
            found.append(placed(f"published_{name}", None, None, "series_unknown", said))
    refuse(found)


def _years(found: Merged) -> dict[str, Row]:
    split, whole = found.split, found.whole
    columns = {
        "dln_Y": whole.dln_Y, "dln_A": whole.dln_A,
        **{f"contribution_{name}": part for name, part in whole.contribution.items()},
        **{f"growth_share_{name}": part for name, part in whole.growth_share.items()},
        "within": split.within, "reallocation_Y": split.reallocation_Y,
        "reallocation_K": split.reallocation_K, "reallocation_L": split.reallocation_L,
    }  # fmt: skip
    reasons = np.asarray(whole.reason)
    return {
        str(year): {
            **{name: cell(values[at]) for name, values in columns.items()},
            "reason": str(reasons[at]) or None,
        }
        for at, year in enumerate(split.axes.years)
    }


def _units(found: Merged) -> dict[str, dict[str, Row]]:
    parts, split = found.parts, found.split
    return {
        unit: {
            str(year): {
                "dln_Y": cell(parts.dln_Y[i, t]), "dln_A": cell(parts.dln_A[i, t]),
                "weight": cell(split.weight[i, t]), "part": cell(split.part[i, t]),
            }
            for t, year in enumerate(parts.axes.years)
        }
        for i, unit in enumerate(parts.axes.units)
    }  # fmt: skip


ROUTE = Route(
    name="merged-place",
    summary="A merged place from its predecessors",
    description="Productivity of a merged place from the summed levels of all its predecessors, checked for completeness, with the reallocation between them.",
    engines={tornqvist.ENGINE: Engine(asked=MergerRequest, call=merge)},
    answer=MergerAnswer,
)
