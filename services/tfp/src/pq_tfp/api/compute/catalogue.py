"""Every route of the engines, by name: for the server and its document; processes that compute do without."""

from collections.abc import Mapping
from typing import Final

from pq_tfp.api.compute.engine import Route
from pq_tfp.api.compute.engines import MODULES, route_of

ROUTES: Final[Mapping[str, Route]] = {name: route_of(name) for name in MODULES}
