"""What certification does when others speak: it remembers the enterprises that may hold certificates."""

from collections.abc import Sequence

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from pq_certification.storage.tables import KnownEnterprise
from pq_common.contracts.event import Shape, topic_of
from pq_common.contracts.registry import (
    Enterprise,
    EnterpriseChanged,
    EnterpriseClosed,
    EnterpriseRegistered,
)
from pq_common.events.projection import Projection
from pq_common.events.reader import Incoming

HEARD = {kind.TYPE for kind in (EnterpriseRegistered, EnterpriseChanged, EnterpriseClosed)}


class _Heard(Shape):
    """The one part that all three events share."""

    enterprise: Enterprise


async def remember(connection: AsyncConnection, events: Sequence[Incoming]) -> None:
    """Keep the last of what each enterprise was said to be; one statement for the whole batch."""
    last = {
        (event.subject, event.mode): (event.version, event.parse(_Heard).enterprise)
        for event in events
        if event.type in HEARD
    }
    if not last:
        return
    statement = insert(KnownEnterprise)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["enterprise_id", "mode"],
            set_={
                name: statement.excluded[name] for name in ("version", "place_id", "name", "status")
            },
            # Builds share this table: one that reads from the oldest event must not undo what is known.
            where=statement.excluded.version >= KnownEnterprise.version,
        ),
        [
            {
                "enterprise_id": subject,
                "mode": mode,
                "version": version,
                "place_id": told.place_id,
                "name": told.name,
                "status": told.status,
            }
            for (subject, mode), (version, told) in last.items()
        ],
    )


ENTERPRISES = Projection(
    name="certification-enterprises",
    version=1,
    topics=(topic_of(EnterpriseRegistered.TYPE),),
    apply=remember,
)
