"""Every route of the engines, by name. Processes that compute load this module and with it all engines."""

from collections.abc import Mapping

from pq_tfp.api.compute import (
    accounting,
    capital,
    decomposition,
    frontiers,
    industries,
    levels,
    merger,
    production_function,
    sti,
    targets,
)
from pq_tfp.api.compute.child import Tell
from pq_tfp.api.compute.engine import Route, perform

ROUTES: Mapping[str, Route] = {
    route.name: route
    for route in (
        accounting.ROUTE,
        capital.ROUTE,
        decomposition.ROUTE,
        industries.ROUTE,
        levels.ROUTE,
        merger.ROUTE,
        production_function.ROUTE,
        sti.ROUTE,
        targets.ROUTE,
        *frontiers.ROUTES,
    )
}


def compute(name: str, body: bytes, tell: Tell, *, repeats: int | None = None) -> bytes:
    """Return the JSON that the route ``name`` answers to this body. Raises as ``engine.perform`` does."""
    return perform(ROUTES[name], body, tell, repeats=repeats)


def compute_within(name: str, repeats: int, body: bytes, tell: Tell) -> bytes:
    """Return what ``compute`` does, on an instance that repeats no estimate more often than ``repeats``."""
    return compute(name, body, tell, repeats=repeats)
