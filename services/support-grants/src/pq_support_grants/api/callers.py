"""Who may do what here, and of which places."""

from typing import Annotated

from pq_common.http.auth import Actor, require

READERS = require(
    "ministry-admin", "ministry-analyst", "province-officer", "agency", scope="support-grants:read"
)
Writer = Annotated[Actor, require("ministry-admin", "province-officer")]
