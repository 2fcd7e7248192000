"""What reporting does when others speak: it keeps a copy, in the mode in which it was said."""

from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from pq_common.contracts.certification import CertificateRecorded, CertificateStatusChanged
from pq_common.contracts.event import EventData, topic_of
from pq_common.contracts.registry import EnterpriseChanged, EnterpriseClosed, EnterpriseRegistered
from pq_common.contracts.support_grants import (
    ActivityCorrected,
    ActivityReported,
    ActivityWithdrawn,
    PlanAmended,
    PlanIssued,
    PlanTaskReported,
)
from pq_common.contracts.tfp import TfpResultPublished
from pq_common.events.incoming import Incoming
from pq_common.events.reader import Projection
from pq_reporting.storage import tables
from pq_reporting.storage.keeping import Copies

NAME: Final = "targets"
VERSION: Final = 1


def plan_heard(event: Incoming, data: PlanIssued | PlanAmended, copies: Copies) -> None:
    """Keep the whole text of the plan as it stands."""
    doc = data.plan.model_dump(mode="json")
    key = {"mode": event.mode, "plan_code": data.plan.code}
    copies.put(tables.plan, {**key, "place_id": data.plan.place_id, "doc": doc})


def task_reported(_: Incoming, data: PlanTaskReported, copies: Copies) -> None:
    """Keep the last report of a task, in the mode of the report: the plan's own text is official anyway."""
    report = data.report
    row = {"mode": report.mode, "plan_code": data.plan_code, "task_code": report.task_code}
    said = {"state": report.state, "reported_on": report.reported_on.isoformat()}
    copies.put(tables.task_report, {**row, **said, "doc": report.model_dump(mode="json")})


def activity_heard(
    event: Incoming,
    data: ActivityReported | ActivityCorrected | ActivityWithdrawn,
    copies: Copies,
) -> None:
    """Keep the activity as it stands; a withdrawn one stays, and counts for nothing."""
    said = data.activity.model_dump(mode="json")
    kept = {each.name: said[each.name] for each in tables.activity.columns if each.name != "mode"}
    copies.put(tables.activity, {"mode": event.mode, **kept})


def enterprise_heard(
    event: Incoming,
    data: EnterpriseRegistered | EnterpriseChanged | EnterpriseClosed,
    copies: Copies,
) -> None:
    """Keep name, place and status."""
    one = data.enterprise
    row = {"mode": event.mode, "enterprise_id": one.enterprise_id}
    said = {"name": one.name, "place_id": one.place_id, "status": one.status}
    copies.put(tables.enterprise, {**row, **said})


def certificate_heard(
    event: Incoming, data: CertificateRecorded | CertificateStatusChanged, copies: Copies
) -> None:
    """Keep the certificate, and from which day it has which status."""
    said = data.certificate.model_dump(mode="json")
    ends = [day for day in (said["valid_before"], said["effective_before"]) if day is not None]
    names = (
        "certificate_id",
        "enterprise_id",
        "place_id",
        "scheme",
        "number",
        "decided_on",
        "valid_from",
    )
    kept = {name: said[name] for name in names}
    copies.put(
        tables.certificate, {"mode": event.mode, **kept, "valid_before": min(ends, default=None)}
    )
    since = (
        data.effective_on
        if isinstance(data, CertificateStatusChanged)
        else data.certificate.valid_from
    )
    spell = {
        "mode": event.mode,
        "certificate_id": said["certificate_id"],
        "since": since.isoformat(),
    }
    copies.put(tables.certificate_spell, {**spell, "status": said["status"]})
    copies.stub(event.mode, data.certificate.enterprise_id)


def result_published(event: Incoming, data: TfpResultPublished, copies: Copies) -> None:
    """Keep the published result whole; which one is superseded is a question for the reader."""
    said = data.result.model_dump(mode="json")
    names = ("result_id", "place_id", "engine", "supersedes", "published_at")
    kept = {name: said[name] for name in names}
    copies.put(tables.tfp_result, {"mode": event.mode, **kept, "doc": said})


# Each function takes the shape it stands beside; a type that is not here is not for us, and passes.
HEARD: Final[dict[type[EventData], Callable[..., None]]] = {
    PlanIssued: plan_heard,
    PlanAmended: plan_heard,
    PlanTaskReported: task_reported,
    ActivityReported: activity_heard,
    ActivityCorrected: activity_heard,
    ActivityWithdrawn: activity_heard,
    EnterpriseRegistered: enterprise_heard,
    EnterpriseChanged: enterprise_heard,
    EnterpriseClosed: enterprise_heard,
    CertificateRecorded: certificate_heard,
    CertificateStatusChanged: certificate_heard,
    TfpResultPublished: result_published,
}
SHAPES: Final = {shape.TYPE: shape for shape in HEARD}
TOPICS: Final = tuple(sorted({topic_of(kind) for kind in SHAPES}))


async def apply(connection: AsyncConnection, batch: Sequence[Incoming]) -> None:
    """Keep a batch of fresh events, in order."""
    copies = Copies()
    for event in batch:
        shape = SHAPES.get(event.type)
        if shape is not None:
            HEARD[shape](event, event.parse(shape), copies)
        copies.note(event.mode, event.topic, event.occurred_at)
    await copies.write(connection)


PROJECTION: Final = Projection(NAME, VERSION, TOPICS, apply, tables.PROJECTION)
