"""Where the engines of each route are. Processes that compute load this module, and an engine when it is first asked for.

scipy alone takes a second or two to load; who accounts for growth needs none of it.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Final

from pq_tfp.api.compute.child import Tell
from pq_tfp.api.compute.engine import Route, perform

MODULES: Final[Mapping[str, str]] = {
    "accounting": "accounting",
    "capital-stock": "capital",
    "decomposition": "decomposition",
    "industries": "industries",
    "levels": "levels",
    "merged-place": "merger",
    "production-function": "production_function",
    "sti": "sti",
    "solve-target": "targets",
    "malmquist": "frontiers",
    "hicks-moorsteen": "frontiers",
    "fare-primont": "frontiers",
    "frontier": "frontiers",
}
"""The module of each route, in the order of the document; it has one ``ROUTE`` or several ``ROUTES``."""


def route_of(name: str) -> Route:
    """Return the route of this name, loading its engines."""
    module = import_module(f"{__package__}.{MODULES[name]}")
    routes: tuple[Route, ...] = getattr(module, "ROUTES", None) or (module.ROUTE,)
    return next(route for route in routes if route.name == name)


def compute(name: str, body: bytes, tell: Tell, *, repeats: int | None = None) -> bytes:
    """Return the JSON that the route ``name`` answers to this body. Raises as ``engine.perform`` does."""
    return perform(route_of(name), body, tell, repeats=repeats)


def compute_within(name: str, repeats: int, body: bytes, tell: Tell) -> bytes:
    """Return what ``compute`` does, on an instance that repeats no estimate more often than ``repeats``."""
    return compute(name, body, tell, repeats=repeats)
