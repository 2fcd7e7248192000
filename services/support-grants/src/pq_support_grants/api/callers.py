"""Who may do what here, and of which places."""

from typing import Annotated

from pq_common.errors import FieldError
from pq_common.http.auth import Actor, require
from pq_support_grants.domain.errors import PlaceOutOfScope

READERS = require(
    "ministry-admin", "ministry-analyst", "province-officer", "agency", scope="support-grants:read"
)
Writer = Annotated[Actor, require("ministry-admin", "province-officer")]


def refuse_foreign(actor: Actor, place_id: str, *, at: str = "/place_id") -> None:
    """Raise PlaceOutOfScope for a place that is not the caller's; row-level security is the second wall."""
    if not actor.allows(place_id):
        vi = f"Địa bàn {place_id!r} không thuộc phạm vi của bạn."
        en = f"The place {place_id!r} is not in your scope."
        raise PlaceOutOfScope(vi, en, errors=[FieldError(at, PlaceOutOfScope.code, vi, en)])
