"""Which place is more productive in the same year, over HTTP: the multilateral index and who was in its sample."""

from typing import Any, Literal

import numpy as np
from pydantic import ConfigDict, Field

from pq_tfp.api.compute.child import Tell
from pq_tfp.api.compute.engine import Engine, Route
from pq_tfp.api.compute.identities import hold
from pq_tfp.api.compute.names import refuse_unread
from pq_tfp.api.compute.shapes import (
    Asked,
    Cell,
    Contract,
    PriceBasis,
    ShortText,
    arrays,
    by_year,
    noticed,
)
from pq_tfp.api.compute.units import FiguresPanel
from pq_tfp.domain import levels
from pq_tfp.domain.axes import Notice, placed, refuse
from pq_tfp.domain.series import Array

METHOD_VERSION = "1"
LARGEST_CHECK = 300
"""Above so many places the slow twin GEKS, quadratic in places, is not computed beside CCD."""
EXAMPLE: Any = {
    "reference": "Hải Phòng",
    "spatial_prices": "SCOLI 2023",
    "panel": {
        "units": ["Hải Phòng", "Hưng Yên", "Cà Mau"],
        "years": [2022, 2023],
        "y": {"Y": [[300.0, 330.0], [120.0, 130.0], [60.0, 62.0]]},
        "x": {
            "K": [[600.0, 650.0], [260.0, 280.0], [150.0, 160.0]],
            "L": [[1.1, 1.12], [0.7, 0.71], [0.65, 0.64]],
        },
        "z": {
            "share_K": [[0.45, 0.45], [0.42, 0.42], [0.4, 0.4]],
            "share_L": [[0.55, 0.55], [0.58, 0.58], [0.6, 0.6]],
        },
    },
}


class LevelsRequest(Asked):
    """Comparable levels of places: ``y`` holds Y, ``x`` the inputs, ``z`` a share_X of each; null takes a place out of that year."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    engine: Literal["CCD"] = "CCD"
    reference: ShortText = Field(description="The place that is 1")
    price_basis: PriceBasis | None = None
    spatial_prices: ShortText | None = Field(
        default=None,
        description="The index that made prices comparable between places, e.g. SCOLI and its year",
    )
    panel: FiguresPanel


class LevelsAnswer(Contract):
    """Levels relative to the reference by place and year, null for who was no member; the sample is part of the definition."""

    reference: str
    spatial_prices: str | None
    relative: dict[str, dict[str, Cell]]
    ln_T: dict[str, dict[str, Cell]]
    members: dict[str, list[str]]


def compare(told: LevelsRequest, tell: Tell) -> LevelsAnswer:
    """Return exp(ln T_i − ln T_ref) of each place and year; in years with all places CCD is checked to equal GEKS."""
    axes = told.panel.axes
    outputs, inputs = arrays(told.panel.y, axes), arrays(told.panel.x, axes)
    z = arrays(told.panel.z, axes)
    if "Y" not in outputs or not inputs:
        said = (
            "Cần y.Y và ít nhất một đầu vào trong x.",
            "y.Y and at least one input in x are needed.",
        )
        refuse([placed("Y", None, None, "series_missing", said)])
    refuse_unread(told.panel.y, "panel.y", ("Y",))
    refuse_unread(told.panel.z, "panel.z", [f"share_{name}" for name in inputs])
    shares = {n.removeprefix("share_"): values for n, values in z.items()}
    found = levels.compare(outputs["Y"], inputs, shares, axes, reference=told.reference)
    if len(axes.units) <= LARGEST_CHECK:
        _is_geks(inputs, shares, found.members)
    notices = [] if told.spatial_prices else [Notice("NO_SPATIAL_PRICES", "Y")]
    return LevelsAnswer(
        engine="CCD", method_version=METHOD_VERSION, price_basis=told.price_basis, share_method="told",
        reference=told.reference, spatial_prices=told.spatial_prices,
        relative={u: by_year(found.relative[i], axes.years) for i, u in enumerate(axes.units)},
        ln_T={u: by_year(found.ln_T[i], axes.years) for i, u in enumerate(axes.units)},
        members={
            str(year): [u for i, u in enumerate(axes.units) if found.members[i, t]]
            for t, year in enumerate(axes.years)
        },
        **noticed(notices),
    )  # fmt: skip


def _is_geks(inputs: dict[str, Array], shares: dict[str, Array], members: Any) -> None:
    ln_X = np.log(np.stack([inputs[name] for name in inputs], axis=-1))
    s = np.stack([shares[name] for name in inputs], axis=-1)
    quick = levels.ccd(ln_X, s, members)
    for year in np.flatnonzero(members.all(axis=0)).tolist():
        slow = levels.geks(ln_X[:, year], s[:, year])
        hold("CCD equals GEKS", quick[:, year] - quick[0, year], [slow], tolerance=1e-10)


ROUTE = Route(
    name="levels",
    summary="Productivity levels of places in the same year",
    description=(
        "The multilateral index of Caves, Christensen and Diewert, equal to GEKS-Törnqvist: transitive, and no place is its base. "
        "It needs output and capital that are comparable between places, made so by spatial prices."
    ),
    engines={"CCD": Engine(asked=LevelsRequest, call=compare)},
    answer=LevelsAnswer,
)
