"""The shape of a panel of enterprises over HTTP: a row per firm, a value per year, null where nothing was observed."""

import random
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from pq_tfp.api.compute.shapes import Asked, Panel, ShortText, arrays
from pq_tfp.api.schemas import CONSTANT
from pq_tfp.domain.firm_panel import FirmPanel, Roles, firm_panel

Names = Annotated[list[ShortText], Field(max_length=10)]


class FirmsAsked(Asked):
    """A panel and which of its columns play which part; ``y`` holds the output, ``x`` everything else."""

    price_basis: Annotated[str, CONSTANT]
    values: Literal["logs", "levels"]
    """Levels are turned into logarithms, all but the controls."""
    panel: Panel
    output: ShortText = "Y"
    free: Annotated[list[ShortText], Field(min_length=1, max_length=5, default=["L"])]
    state: ShortText = "K"
    controls: Annotated[Names, Field(default=[])]


def read_panel(told: FirmsAsked, proxy: str | None) -> tuple[FirmPanel, int]:
    """Return the panel and how many rows lack something that is used; a row that lacks everything is not observed and does not count."""
    roles = Roles(told.output, tuple(told.free), told.state, proxy, tuple(told.controls))
    tables = arrays({**told.panel.y, **told.panel.x}, told.panel.axes)
    used = [tables[name] for name in (*roles.in_logs, *roles.controls) if name in tables]
    shape = told.panel.axes.shape
    missing = np.isnan(np.stack(used)) if used else np.zeros((1, *shape), bool)
    whole = ~missing.any(axis=0)
    firm, year = (a.ravel() for a in np.meshgrid(told.panel.units, told.panel.years, indexing="ij"))
    keep = whole.ravel()
    columns = {name: table.ravel()[keep] for name, table in tables.items()}
    panel = firm_panel(firm[keep], year[keep], columns, roles=roles, units=told.values)
    return panel, int((~whole & ~missing.all(axis=0)).sum())


def example_panel() -> dict[str, Any]:
    """Return ten made-up firms over five years in which labour earns 0.6 and capital 0.4; the same on every machine."""
    chance = random.Random(2050)  # noqa: S311 - figures of an example, not a secret
    table: dict[str, list[list[float]]] = {name: [] for name in "YLKM"}
    for _ in range(10):
        omega, capital = chance.gauss(0, 0.4), 10 ** chance.gauss(2, 0.4)
        rows: dict[str, list[float]] = {name: [] for name in "YLKM"}
        for _ in range(5):
            omega = 0.7 * omega + chance.gauss(0, 0.3)
            labour = 2.718281828 ** (omega + chance.gauss(0, 0.4)) * capital**0.5
            made = 2.718281828 ** (omega + chance.gauss(0, 0.05)) * labour**0.6 * capital**0.4
            material = 2.718281828 ** (2 * omega) * capital**0.6
            for name, value in zip("YLKM", (made, labour, capital, material), strict=True):
                rows[name].append(round(value, 2))
            capital = 0.9 * capital + 0.1 * capital * 2.718281828 ** (1.5 * omega)
        for name, values in rows.items():
            table[name].append(values)
    x = {name: table[name] for name in "LKM"}
    units = [f"DN {number:02d}" for number in range(1, 11)]
    return {"units": units, "years": list(range(2019, 2024)), "y": {"Y": table["Y"]}, "x": x}
