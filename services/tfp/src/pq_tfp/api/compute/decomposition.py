"""Where a change of aggregate productivity comes from, over HTTP: five definitions, by ``engine``, the definition in the answer."""

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import ConfigDict, Field

from pq_tfp.api.compute.child import Tell
from pq_tfp.api.compute.engine import Engine, Route
from pq_tfp.api.compute.identities import hold
from pq_tfp.api.compute.shapes import Asked, Contract, Finite, ShortText, noticed
from pq_tfp.domain.axes import Notice
from pq_tfp.domain.firm_decomposition import NOT_OBSERVED, Snapshot, decompose, snapshot, static
from pq_tfp.domain.firm_panel import LARGEST_LOG

MOST_FIRMS = 200_000
LARGEST_WEIGHT = 1e100
"""The sum of weights is still a number."""
METHOD_VERSION = "1"
EXAMPLE: Any = {
    "share_of": "value_added",
    "before": {"year": 2022, "units": ["a", "b", "c"], "p": [1.0, 2.0, 0.5], "weight": [5.0, 3.0, 2.0]},
    "after": {"year": 2023, "units": ["a", "b", "d"], "p": [1.5, 2.5, 2.0], "weight": [6.0, 2.0, 2.0]},
    "entered": ["d"],
    "left": ["c"],
}  # fmt: skip
Logs = Annotated[
    list[Annotated[Finite, Field(ge=-LARGEST_LOG, le=LARGEST_LOG)]], Field(max_length=MOST_FIRMS)
]
Weights = Annotated[list[Annotated[Finite, Field(le=LARGEST_WEIGHT)]], Field(max_length=MOST_FIRMS)]
Firms = Annotated[list[ShortText], Field(max_length=MOST_FIRMS)]


def _example(engine: str) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [{"engine": engine, **EXAMPLE}]})


class FirmsOfYear(Asked):
    """The firms of one year: their names, ln TFP ``p``, and the weight that shares are made of."""

    year: Annotated[int, Field(ge=1900, le=2099)]
    units: Firms
    p: Logs
    weight: Weights

    def read(self) -> Snapshot:
        """Return the firms as the engine takes them. Raises SeriesRefused."""
        return snapshot(self.units, np.array(self.p), np.array(self.weight), year=self.year)


class ChangeAsked(Asked):
    """Two years. ``entered`` and ``left`` are those the register says so of; anybody else who comes or goes is NOT_OBSERVED."""

    share_of: Literal["value_added", "output"]
    before: FirmsOfYear
    after: FirmsOfYear
    entered: Firms | None = None
    left: Firms | None = None


class MpRequest(ChangeAsked):
    """Melitz and Polanec, dynamic Olley-Pakes."""

    model_config = _example("MP")
    engine: Literal["MP"] = "MP"


class FhkRequest(ChangeAsked):
    """Foster, Haltiwanger and Krizan."""

    model_config = _example("FHK")
    engine: Literal["FHK"]


class GrRequest(ChangeAsked):
    """Griliches and Regev."""

    model_config = _example("GR")
    engine: Literal["GR"]


class DfRequest(ChangeAsked):
    """Diewert and Fox."""

    model_config = _example("DF")
    engine: Literal["DF"]


class StaticRequest(Asked):
    """Olley and Pakes' split of one year."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"engine": "OP", "share_of": "value_added", "firms": EXAMPLE["before"]},
            ]
        }
    )

    engine: Literal["OP"]
    share_of: Literal["value_added", "output"]
    firms: FirmsOfYear


class DecompositionAnswer(Contract):
    """Log points; ``contributions`` sum to ``change`` (of one year: to ``P_after``). ``definition`` belongs to the figures."""

    definition: str
    share_of: str
    contribution_unit: Literal["log points"] = "log points"
    P_before: float | None = None
    P_after: float
    change: float | None = None
    contributions: dict[str, float]
    firms: dict[str, int]


def change(told: MpRequest | FhkRequest | GrRequest | DfRequest, tell: Tell) -> DecompositionAnswer:
    """Decompose the change between two years."""
    before, after = told.before.read(), told.after.read()
    found = decompose(before, after, told.engine, entered=told.entered, left=told.left)
    hold("contributions sum to the change", found.change, found.components.values())
    unknown = {"entry": "entered", "exit": "left"}
    notices = [
        Notice(NOT_OBSERVED, field)
        for side, field in unknown.items()
        if found.firms[f"{side}_{NOT_OBSERVED}"]
    ]
    return DecompositionAnswer(
        engine=told.engine, method_version=METHOD_VERSION, definition=found.definition,
        share_of=told.share_of, P_before=found.P_before, P_after=found.P_after, change=found.change,
        contributions=found.components, firms=found.firms, **noticed(notices),
    )  # fmt: skip


def one_year(told: StaticRequest, tell: Tell) -> DecompositionAnswer:
    """Split one year into the plain mean and the covariance of share and productivity."""
    found = static(told.firms.read())
    hold("mean and covariance sum to P", found.P, (found.mean, found.covariance))
    return DecompositionAnswer(
        engine=told.engine, method_version=METHOD_VERSION, definition=found.definition,
        share_of=told.share_of, P_after=found.P,
        contributions={"mean": found.mean, "covariance": found.covariance},
        firms={"all": len(told.firms.units)},
    )  # fmt: skip


ROUTE = Route(
    name="decomposition",
    summary="Decomposition of aggregate productivity",
    description="Split a change of aggregate productivity into within firms, between them, entry and exit.",
    engines={
        "MP": Engine(asked=MpRequest, call=change),
        "FHK": Engine(asked=FhkRequest, call=change),
        "GR": Engine(asked=GrRequest, call=change),
        "DF": Engine(asked=DfRequest, call=change),
        "OP": Engine(asked=StaticRequest, call=one_year),
    },
    answer=DecompositionAnswer,
)
