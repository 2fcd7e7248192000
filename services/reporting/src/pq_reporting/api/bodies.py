"""From the picture to the bodies of the answers."""

from collections import defaultdict
from typing import Any, cast

from pq_common import places
from pq_reporting.api.schemas import (
    AsOfBody,
    ComparisonBody,
    PartBody,
    ReadingBody,
    RecordBody,
    SiblingBody,
    SourceBody,
    SuccessorBody,
    TargetBody,
    TaskBody,
    Text,
    band,
    figure,
    text,
    withdrawn,
    years,
)
from pq_reporting.domain.wording import plan_value
from pq_reporting.operations.judge_targets import JudgedTarget, Picture, TaskLine


def heading(picture: Picture) -> dict[str, Any]:
    """Return the members every answer begins with."""
    offsets: dict[str, dict[str, int]] = defaultdict(dict)
    for topic, partition, position in picture.as_of.vector:
        offsets[topic][str(partition)] = position
    as_of = AsOfBody(
        events=picture.as_of.events,
        last_occurred_at=picture.as_of.last_occurred_at,
        offsets=offsets,
    )
    asked = picture.question
    return {"on": asked.on, "boundary": asked.boundary, "mode": asked.mode, "as_of": as_of}


def target_body(target: JudgedTarget, picture: Picture) -> TargetBody:
    """Return one judged target."""
    said, measure, verdict = target.said, target.measure, target.verdict
    return TargetBody(
        plan=target.plan.code, code=said.code, place_id=said.place_id, indicator=said.indicator,
        group=target.group, name=Text(vi=said.name_vi, en=said.name_en), sentence=said.sentence,
        plan_value=text(plan_value(target.clause)), comparator=said.comparator, cadence=said.cadence,
        value=said.value, value_high=said.value_high, unit=said.unit, span=said.span, due=said.due,
        actual=figure(measure.actual), actual_year=measure.year, needed=figure(verdict.needed),
        status=verdict.status, word=text(verdict.word), reason=text(verdict.reason), years=years(measure),
        readings=[ReadingBody(label=text(one.label), figure=figure(one.figure)) for one in measure.readings],
        notes=[text(note) for note in measure.notes], hedge=said.hedge, condition=said.condition,
        alternative_reading=said.alternative_reading, not_said=list(said.not_said), slips=list(said.slips),
        successor=_successor(target, picture),
        sources=[SourceBody(kind=cast(Any, one.kind), id=one.id) for one in measure.sources],
        band=band(measure), withdrawn_series=withdrawn(picture.withdrawn(measure.sources)),
    )  # fmt: skip


def records(target: JudgedTarget, picture: Picture) -> list[RecordBody]:
    """Return what is known of the records behind a figure."""
    found = []
    for source in target.measure.sources:
        named = picture.records[source.kind, source.id]
        found.append(
            RecordBody(
                kind=source.kind, id=source.id, title=named.title, place_id=named.place_id, detail=named.detail,
                withdrawn_series=[one.series_id for one in named.withdrawn],
            )
        )  # fmt: skip
    return found


def task_body(line: TaskLine) -> TaskBody:
    """Return one task with its state."""
    task = line.task
    return TaskBody(
        plan=line.plan.code, code=task.code, group=task.group, name=Text(vi=task.name_vi, en=task.name_en),
        sentence=task.sentence, letter=task.letter, lead_units=list(task.lead_units),
        state=cast(Any, line.state), report=line.report,
    )  # fmt: skip


def _successor(target: JudgedTarget, picture: Picture) -> SuccessorBody | None:
    found = target.beside
    if found is None:
        return None
    by_key = {(one.plan.code, one.said.code): one for one in picture.targets}
    siblings = [by_key[plan, said.code] for plan, said in target.siblings]
    day = places.boundary("2025-07-01").since
    return SuccessorBody(
        place_id=found.place_id,
        place=places.label(found.place_id, day),
        figure=figure(found.figure),
        parts=[
            PartBody(place_id=part.place_id, place=places.describe(part.place_id), figure=figure(part.figure))
            for part in found.parts
        ],
        siblings=[
            SiblingBody(plan=one.plan.code, code=one.said.code, plan_value=text(plan_value(one.clause)))
            for one in siblings
        ],
        comparison=None if found.verdict is None else ComparisonBody(
            status=found.verdict.status, word=text(found.verdict.word), reason=text(found.verdict.reason)
        ),
        withdrawn_series=withdrawn(picture.withdrawn(found.sources)),
    )  # fmt: skip
