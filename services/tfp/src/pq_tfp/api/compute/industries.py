"""Industries over HTTP: gross output and value added, tied by double deflation, and the economy with its reallocation."""

from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

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
    arrays,
    by_year,
    cell,
    noticed,
)
from pq_tfp.api.compute.units import FiguresPanel
from pq_tfp.domain import aggregation, guards, industries, tornqvist
from pq_tfp.domain.axes import Axes, finite_faults, placed, refuse
from pq_tfp.domain.series import Array
from pq_tfp.domain.tornqvist import LogGrowth

FEWEST = 3
READ = {
    "y": ("GO",),
    "x": ("K", "L", "II"),
    "z": ("cost_K", "cost_L", "cost_II", "GO", "II", "P_GO", "P_II"),
}
EXAMPLE: Any = {
    "price_basis": "constant-2010",
    "panel": {
        "units": ["A", "B-F", "G-T"],
        "years": [2020, 2021],
        "y": {"GO": [[100.0, 103.0], [400.0, 440.0], [200.0, 215.0]]},
        "x": {
            "K": [[80.0, 82.0], [300.0, 330.0], [220.0, 235.0]],
            "L": [[60.0, 58.0], [50.0, 53.0], [55.0, 57.0]],
            "II": [[45.0, 46.0], [290.0, 318.0], [90.0, 96.0]],
        },
        "z": {
            "cost_K": [[15.0, 15.5], [55.0, 62.0], [50.0, 55.0]],
            "cost_L": [[40.0, 41.5], [60.0, 66.0], [62.0, 68.0]],
            "cost_II": [[45.0, 47.0], [285.0, 322.0], [88.0, 97.0]],
        },
    },
}


class IndustriesRequest(Asked):
    """Volumes of GO (in ``y``), K, L and II (in ``x``), and in ``z`` what was paid, cost_K, cost_L, cost_II: together nominal gross output.

    With nominal ``GO`` and ``II`` prices ``P_GO`` and ``P_II`` in ``z``, constant-price value added is computed as well.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    engine: Literal["TORNQVIST"] = "TORNQVIST"
    price_basis: PriceBasis
    panel: FiguresPanel


class IndustryFigures(BaseModel):
    """One industry, log points by year: on gross output, on value added, and the double-deflated index of value added."""

    gross_output: dict[str, Row]
    value_added: dict[str, Row]
    VA_index: dict[str, Cell]
    VA_constant: dict[str, Cell] | None


class IndustriesAnswer(Contract):
    """Industries, and the economy: ``dln_A`` is ``within`` plus the three reallocations, which are restructuring and not technology."""

    contribution_unit: Literal["log points"] = "log points"
    units: dict[str, IndustryFigures]
    economy: dict[str, Row]


def account(told: IndustriesRequest, tell: Tell) -> IndustriesAnswer:
    """Compute both accounts of every industry, and split the economy's productivity over them."""
    axes = told.panel.axes
    for side, known in READ.items():
        refuse_unread(getattr(told.panel, side), f"panel.{side}", known)
    refuse(guards.price_basis_faults({"GO": told.price_basis}))
    refuse(guards.sample_faults("industries", len(axes.units), minimum=FEWEST))
    volumes = arrays({**told.panel.y, **told.panel.x}, axes)
    z = arrays(told.panel.z, axes)
    costs = {
        name.removeprefix("cost_"): values for name, values in z.items() if name.startswith("cost_")
    }
    refuse([f for n, v in costs.items() for f in finite_faults(f"cost_{n}", v, axes)])
    found = industries.account_industries(volumes, costs, axes)
    constant = _constant(z, axes)
    economy = _economy(found, volumes, costs, axes)
    units = {
        unit: IndustryFigures(
            gross_output=_rows(found.gross_output, i), value_added=_rows(found.value_added, i),
            VA_index=by_year(found.VA_index[i], axes.years),
            VA_constant=None if constant is None else by_year(constant[i], axes.years),
        )
        for i, unit in enumerate(axes.units)
    }  # fmt: skip
    return IndustriesAnswer(
        engine=tornqvist.ENGINE, method_version=tornqvist.METHOD_VERSION, price_basis=told.price_basis,
        base_year=int(told.price_basis[-4:]), share_method="cost shares",
        capital_method={"K": "declared stock"}, units=units, economy=economy,
        **noticed([*found.gross_output.notices, *found.value_added.notices]),
    )  # fmt: skip


def _economy(
    found: industries.Industries, volumes: dict[str, Array], costs: dict[str, Array], axes: Axes
) -> dict[str, Row]:
    nominal = {"VA": costs["K"] + costs["L"], "GO": costs["K"] + costs["L"] + costs["II"]}
    output = aggregation.tornqvist_output(found.dln_VA, nominal["VA"])
    whole = tornqvist.account_costs(
        output,
        {name: volumes[name].sum(axis=0) for name in "KL"},
        {name: costs[name].sum(axis=0) for name in "KL"},
        Axes(axes.years),
    )
    split = aggregation.aggregate(whole, found.value_added, nominal["VA"], minimum=FEWEST)
    parts = (split.within, split.reallocation_Y, split.reallocation_K, split.reallocation_L)
    hold("industries and reallocation sum to the economy", whole.dln_A, parts)
    columns = {
        "dln_Y": whole.dln_Y, "dln_A": whole.dln_A, "within": split.within,
        "reallocation_Y": split.reallocation_Y, "reallocation_K": split.reallocation_K,
        "reallocation_L": split.reallocation_L, **aggregation.domar(found, nominal),
    }  # fmt: skip
    return {
        str(year): {name: cell(values[at]) for name, values in columns.items()}
        for at, year in enumerate(split.axes.years)
    }


def _constant(z: dict[str, Array], axes: Axes) -> Array | None:
    needed = ("GO", "II", "P_GO", "P_II")
    given = [name for name in needed if name in z]
    if not given:
        return None
    said = ("cần cả GO, II, P_GO và P_II.", "GO, II, P_GO and P_II are needed together.")
    refuse([placed(name, None, None, "series_missing", said) for name in needed if name not in z])
    nominal = {"GO": z["GO"], "II": z["II"]}
    return industries.deflated_levels(nominal, {"GO": z["P_GO"], "II": z["P_II"]}, axes)


def _rows(grown: LogGrowth, at: int) -> dict[str, Row]:
    columns = {"dln_Y": grown.dln_Y, "dln_A": grown.dln_A}
    columns |= {f"share_{name}": values for name, values in grown.share.items()}
    columns |= {f"contribution_{name}": values for name, values in grown.contribution.items()}
    hold(
        "contributions sum to growth", grown.dln_Y[at], [v[at] for v in grown.contribution.values()]
    )
    return {
        str(year): {
            **{name: cell(values[at, t]) for name, values in columns.items()},
            "reason": str(np.asarray(grown.reason)[at, t]) or None,
        }
        for t, year in enumerate(grown.axes.years)
    }


ROUTE = Route(
    name="industries",
    summary="Industries, double deflation and reallocation",
    description="Gross-output and value-added productivity of each industry, and the economy's from theirs with what moving between them added.",
    engines={tornqvist.ENGINE: Engine(asked=IndustriesRequest, call=account)},
    answer=IndustriesAnswer,
)
