"""What reporting does when others speak: it keeps a copy, in the mode in which it was said."""

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from pydantic import TypeAdapter
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
from pq_common.contracts.tfp import TfpResultPublished, TfpSeriesWithdrawn
from pq_common.dates import legal_day
from pq_common.events.incoming import Incoming, Validator
from pq_common.events.reader import Projection
from pq_reporting.storage import tables, told
from pq_reporting.storage.keeping import Copies, Source

NAME: Final = "targets"
VERSION: Final = 2


def plan_heard(event: Incoming, data: PlanIssued | PlanAmended, copies: Copies) -> None:
    """Keep the whole text of the plan, beside those before it, with the day from which it holds."""
    plan = data.plan
    copies.put(
        tables.plan,
        (event.mode, plan.code, event.version),
        valid_from=first_day(data, legal_day(event.occurred_at)),
        place_id=plan.place_id,
        doc=plan.model_dump_json(),
    )


def first_day(data: PlanIssued | PlanAmended, told_on: date) -> date:
    """Return the day from which a text holds: as told, or where nobody told it the day of the plan or of the telling."""
    if isinstance(data, PlanAmended):
        return data.valid_from or told_on
    return data.plan.issued_on or min(date(data.plan.first_year, 1, 1), told_on)


def task_reported(event: Incoming, data: PlanTaskReported, copies: Copies) -> None:
    """Keep every report of a task, in the mode of the report: the plan's own text is official anyway."""
    report = data.report
    copies.put(
        tables.task_report,
        (report.mode, data.plan_code, report.task_code, event.version),
        state=report.state,
        reported_on=report.reported_on,
        doc=report.model_dump_json(),
    )


def activity_heard(
    event: Incoming,
    data: ActivityReported | ActivityCorrected | ActivityWithdrawn,
    copies: Copies,
) -> None:
    """Keep the activity as it stands; a withdrawn one stays, and counts for nothing."""
    one = data.activity
    copies.put(
        tables.activity,
        (event.mode, one.activity_id),
        place_id=one.place_id,
        indicator=one.indicator,
        title=one.title,
        starts_on=one.starts_on,
        ends_on=one.ends_on,
        quantity=Decimal(one.quantity),
        unit=one.unit,
        subjects=json.dumps(one.subjects),
        plan_code=one.plan_code,
        clause_codes=json.dumps(one.clause_codes),
        status=one.status,
    )


def enterprise_heard(event: Incoming, data: told.EnterpriseTold, copies: Copies) -> None:
    """Keep name, place and status."""
    one = data["enterprise"]
    copies.put(
        tables.enterprise,
        (event.mode, one["enterprise_id"]),
        name=one["name"],
        place_id=one["place_id"],
        status=one["status"],
    )


def certificate_recorded(event: Incoming, data: told.CertificateTold, copies: Copies) -> None:
    """Keep the certificate, with its first status from the day it is valid."""
    _keep_certificate(event, data["certificate"], copies, since=data["certificate"]["valid_from"])


def status_changed(event: Incoming, data: told.StatusTold, copies: Copies) -> None:
    """Keep the certificate, and from which day it has this status."""
    _keep_certificate(event, data["certificate"], copies, since=data["effective_on"])


def _keep_certificate(
    event: Incoming, one: told.KeptCertificate, copies: Copies, *, since: date
) -> None:
    key = event.mode, one["certificate_id"]
    ends = [day for day in (one.get("valid_before"), one.get("effective_before")) if day]
    copies.put(
        tables.certificate,
        key,
        enterprise_id=one["enterprise_id"],
        place_id=one["place_id"],
        scheme=one["scheme"],
        number=one["number"],
        decided_on=one["decided_on"],
        valid_from=one["valid_from"],
        valid_before=min(ends, default=None),
    )
    copies.put(tables.certificate_spell, (*key, since), status=one["status"])
    copies.stub(event.mode, one["enterprise_id"])


def result_published(event: Incoming, data: TfpResultPublished, copies: Copies) -> None:
    """Keep the published result whole; which one is superseded is a question for the reader."""
    one = data.result
    copies.put(
        tables.tfp_result,
        (event.mode, one.result_id),
        place_id=one.place_id,
        engine=one.engine,
        supersedes=one.supersedes,
        published_at=one.published_at,
        doc=one.model_dump_json(),
    )


def series_withdrawn(event: Incoming, data: TfpSeriesWithdrawn, copies: Copies) -> None:
    """Keep which series it was, since when and why; which results it concerns is a question for the reader."""
    one = data.series
    copies.put(
        tables.withdrawn_series,
        (event.mode, one.series_id),
        place_id=one.place_id,
        industry=one.industry,
        measure=one.measure,
        item=one.item,
        vintage=one.vintage,
        withdrawn_at=one.withdrawn_at or event.occurred_at,
        reason=data.reason,
    )


Hear = Callable[[Incoming, Any, Copies], None]

# What is read of each event, and who keeps it; a type that is not here is not for us, and passes.
HEARD: Final[dict[type[EventData], tuple[type, Hear]]] = {
    PlanIssued: (PlanIssued, plan_heard),
    PlanAmended: (PlanAmended, plan_heard),
    PlanTaskReported: (PlanTaskReported, task_reported),
    ActivityReported: (ActivityReported, activity_heard),
    ActivityCorrected: (ActivityCorrected, activity_heard),
    ActivityWithdrawn: (ActivityWithdrawn, activity_heard),
    EnterpriseRegistered: (told.EnterpriseTold, enterprise_heard),
    EnterpriseChanged: (told.EnterpriseTold, enterprise_heard),
    EnterpriseClosed: (told.EnterpriseTold, enterprise_heard),
    CertificateRecorded: (told.CertificateTold, certificate_recorded),
    CertificateStatusChanged: (told.StatusTold, status_changed),
    TfpResultPublished: (TfpResultPublished, result_published),
    TfpSeriesWithdrawn: (TfpSeriesWithdrawn, series_withdrawn),
}
TOPICS: Final = tuple(sorted({topic_of(kind.TYPE) for kind in HEARD}))
_BY_TYPE: Final[dict[str, tuple[Validator, Hear]]] = {
    kind.TYPE: (TypeAdapter(shape).validator, keep) for kind, (shape, keep) in HEARD.items()
}


class Hearing(Copies):
    """Copies of what was said, of each type of event as ``HEARD`` has it."""

    def hear(self, events: Sequence[Incoming]) -> None:
        """Keep what these events, in order, leave behind."""
        said = defaultdict[Source, list[datetime]](list)
        for event in events:
            heard = _BY_TYPE.get(event.type)
            if heard is not None:
                shape, keep = heard
                keep(event, event.checked(shape), self)
            said[event.mode, event.topic].append(event.occurred_at)
        for source, times in said.items():
            self.note(source, len(times), max(times))


async def apply(connection: AsyncConnection, events: Sequence[Incoming]) -> None:
    """Keep a batch of fresh events."""
    hearing = Hearing()
    hearing.hear(events)
    await hearing.write(connection)


PROJECTION: Final = Projection(NAME, VERSION, TOPICS, apply, tables.PROJECTION, Hearing)
