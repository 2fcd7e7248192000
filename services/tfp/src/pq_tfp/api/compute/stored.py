"""A stored run in the process that computes: parameters and series in, what the run keeps out."""

import json

from pq_tfp.api.compute.child import Tell
from pq_tfp.domain.running.compute import Computed, compute
from pq_tfp.domain.running.specification import specification_from
from pq_tfp.domain.store.stored import stored_from


def compute_stored(body: bytes, tell: Tell) -> Computed:
    """Return the run of a body ``{"parameters", "series"}``. Raises SeriesRefused with every fault."""
    told = json.loads(body)
    wanted = specification_from(told["parameters"])
    return compute(wanted, [stored_from(one) for one in told["series"]])
