"""What we do when others speak: keep the few facts of enterprises that activities refer to."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from pq_common.contracts.event import topic_of
from pq_common.contracts.registry import (
    EnterpriseChanged,
    EnterpriseClosed,
    EnterpriseRegistered,
)
from pq_common.events.incoming import Incoming
from pq_common.events.projection import Projection
from pq_support_grants.storage import enterprises

Heard = EnterpriseRegistered | EnterpriseChanged | EnterpriseClosed
SHAPES: dict[str, type[Heard]] = {
    shape.TYPE: shape for shape in (EnterpriseRegistered, EnterpriseChanged, EnterpriseClosed)
}


async def keep_enterprises(connection: AsyncConnection, batch: Sequence[Incoming]) -> None:
    """Keep the newest facts of each enterprise in the batch; a kind of event we do not know says nothing to us."""
    newest: dict[tuple[str, str], dict[str, object]] = {}
    for event in batch:
        shape = SHAPES.get(event.type)
        if shape is None:
            continue
        enterprise = event.parse(shape).enterprise
        newest[event.mode, event.subject] = {
            "mode": event.mode,
            "enterprise_id": event.subject,
            "place_id": enterprise.place_id,
            "status": enterprise.status,
            "version": event.version,
        }
    await enterprises.keep(connection, list(newest.values()))


ENTERPRISES = Projection(
    name=enterprises.PROJECTION,
    version=1,
    topics=(topic_of(EnterpriseRegistered.TYPE),),
    apply=keep_enterprises,
    tables=enterprises.projected,
)
