"""What it would take to reach a target, over HTTP."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from pq_tfp.api.compute.child import Tell
from pq_tfp.api.compute.engine import Engine, Route
from pq_tfp.api.compute.identities import hold
from pq_tfp.api.compute.shapes import Asked, Cell, Contract, Finite
from pq_tfp.domain import accounting, solve_target
from pq_tfp.domain.solve_target import Answer, Future, Past

Years = Annotated[int, Field(ge=0, le=50)]
EXAMPLE: Any = {
    "target": 0.47,
    "solve_for": "g_A",
    "past": {"years": 3, "Y": 1.3, "K": 1.4, "L": 1.03, "alpha": 0.4},
    "future": {"years": 2, "g_K": 0.09, "g_L": 0.01, "alpha": 0.4},
}


class PastAsked(Asked):
    """The years of the period that are over: how many, and last over first of Y, K and L; 0 years when none is."""

    years: Years = 0
    Y: Finite = 1.0
    K: Finite = 1.0
    L: Finite = 1.0
    alpha: Finite = 0.5


class FutureAsked(Asked):
    """The years left: rates a year as fractions. ``g_K`` is not read when it is what is solved for."""

    years: Years
    g_K: Finite = 0.0
    g_L: Finite
    alpha: Finite
    g_Y: Finite | None = None
    g_A: Finite | None = None


class TargetRequest(Asked):
    """The share of TFP in growth of the whole period that is wanted, and what may change in the years left."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    engine: Literal["VN-OFFICIAL"] = "VN-OFFICIAL"
    target: Finite = Field(description="A fraction: 0.47 for 47 %")
    solve_for: Literal["g_A", "g_K"] = Field(
        default="g_A", description="TFP growth, or the capital growth allowed"
    )
    hold: Literal["OUTPUT", "TFP"] = Field(
        default="OUTPUT",
        description="With g_K: keep future.g_Y, or keep future.g_A and let output follow",
    )
    past: PastAsked = PastAsked()
    future: FutureAsked


class TargetAnswer(Contract):
    """Rates of the years left, fractions a year, and the share the whole period then has; null with a ``reason`` when out of reach."""

    target: float
    solve_for: str
    g_Y: Cell
    g_K: Cell
    g_A: Cell
    growth_share_A: Cell
    reason: str | None


def solve(told: TargetRequest, tell: Tell) -> TargetAnswer:
    """Return what reaches the target, and check that it does."""
    past, future = Past(**told.past.model_dump()), Future(**told.future.model_dump())
    found: Answer = (
        solve_target.tfp_needed(past, future, target=told.target)
        if told.solve_for == "g_A"
        else solve_target.capital_allowed(past, future, target=told.target, hold=told.hold)
    )
    if found.growth_share_A is not None:
        hold("the share is the target", told.target, [found.growth_share_A], tolerance=1e-9)
    return TargetAnswer(
        engine=accounting.ENGINE, method_version=accounting.METHOD_VERSION, share_method="told",
        target=told.target, solve_for=told.solve_for, g_Y=found.g_Y, g_K=found.g_K, g_A=found.g_A,
        growth_share_A=found.growth_share_A, reason=found.reason,
    )  # fmt: skip


ROUTE = Route(
    name="solve-target",
    summary="What it would take to reach a target",
    description="The TFP growth, or the slower capital growth, of the years left that brings TFP's share of the period's growth to a target.",
    engines={accounting.ENGINE: Engine(asked=TargetRequest, call=solve)},
    answer=TargetAnswer,
)
