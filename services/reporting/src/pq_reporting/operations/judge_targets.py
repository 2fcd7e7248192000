"""Judge every target of every plan on one day, on one boundary, in one mode."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import get_args

from sqlalchemy.ext.asyncio import AsyncSession

from pq_common import places
from pq_common.contracts.event import Mode
from pq_common.contracts.plans import Plan, TargetClause, Task
from pq_common.contracts.support_grants import TaskReport
from pq_common.contracts.tfp import TfpResult
from pq_reporting.domain.boundaries import TODAY, Beside, Boundary, beside, is_sibling, on_boundary
from pq_reporting.domain.clauses import Clause
from pq_reporting.domain.facts import Facts
from pq_reporting.domain.groups import group_of
from pq_reporting.domain.measured import Measure, Source
from pq_reporting.domain.progress import judge
from pq_reporting.domain.status import Status, Verdict
from pq_reporting.domain.withdrawing import WithdrawnSeries
from pq_reporting.storage.facts import Named, clauses_of, load
from pq_reporting.storage.reading import AsOf, HeldPlan, Projected

BOUNDARIES: tuple[Boundary, ...] = get_args(Boundary)


@dataclass(frozen=True, slots=True)
class Question:
    """What makes one picture differ from another."""

    on: date
    boundary: Boundary
    mode: Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedTarget:
    """One clause of one plan with everything that may be said about it."""

    plan: Plan
    said: TargetClause
    clause: Clause
    measure: Measure
    verdict: Verdict
    beside: Beside | None = None
    siblings: tuple[tuple[str, TargetClause], ...] = ()

    @property
    def group(self) -> int | None:
        """Return the task group its indicator belongs to."""
        return group_of(self.clause.indicator)


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One task of one plan, and its last report if anybody made one."""

    plan: Plan
    task: Task
    report: TaskReport | None

    @property
    def state(self) -> str:
        """Return the state reported; silence is ``unreported``."""
        return "unreported" if self.report is None else self.report.state


@dataclass(frozen=True, slots=True)
class Picture:
    """All plans with their targets and tasks, as one question finds them, and how far reporting had heard."""

    question: Question
    as_of: AsOf
    plans: tuple[HeldPlan, ...]
    targets: tuple[JudgedTarget, ...]
    tasks: tuple[TaskLine, ...]
    records: dict[tuple[str, str], Named]
    accounts: tuple[TfpResult, ...] = ()
    comparisons: tuple[TfpResult, ...] = ()

    def withdrawn(self, sources: Iterable[Source]) -> list[WithdrawnSeries]:
        """Return the series of the results among these records that were withdrawn since, each once."""
        found = [self.records[source.kind, source.id].withdrawn for source in sources]
        return list({one.series_id: one for gone in found for one in gone}.values())


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader wants to see of a picture; None means everything."""

    plan: str | None = None
    place: str | None = None
    status: Status | None = None
    group: int | None = None

    def plan_fits(self, plan: Plan) -> bool:
        """Say whether a plan is wanted: by its code, and by its place or what that place was merged from."""
        if self.plan is not None and plan.code != self.plan:
            return False
        return self.place is None or plan.place_id in places.scope([self.place])

    def target_fits(self, target: JudgedTarget) -> bool:
        """Say whether a target is wanted."""
        return (
            self.plan_fits(target.plan)
            and self.status in (None, target.verdict.status)
            and self.group in (None, target.group)
        )

    def task_fits(self, line: TaskLine) -> bool:
        """Say whether a task is wanted."""
        return self.plan_fits(line.plan) and self.group in (None, line.task.group)


class Pictures:
    """The last pictures, each good as long as nothing new is heard: the offset vector is part of the key."""

    def __init__(self, size: int = 16) -> None:
        self._size = size
        self._kept: OrderedDict[tuple[object, ...], Picture] = OrderedDict()

    def get(self, key: tuple[object, ...]) -> Picture | None:
        """Return a picture kept under this key."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, key: tuple[object, ...], picture: Picture) -> None:
        """Keep a picture, and let the one unused for longest go."""
        self._kept[key] = picture
        if len(self._kept) > self._size:
            self._kept.popitem(last=False)


async def judge_targets(
    session: AsyncSession, question: Question, *, pictures: Pictures
) -> Picture:
    """Return the picture for a question. The offsets are read first: what is kept is never newer than it says."""
    projected = await Projected.open(session)
    as_of = await projected.as_of(question.mode)
    key = (as_of.schema, as_of.vector, question)
    kept = pictures.get(key)
    if kept is None:
        kept = await _picture(projected, as_of, question)
        pictures.put(key, kept)
    return kept


async def _picture(projected: Projected, as_of: AsOf, question: Question) -> Picture:
    plans = sorted(await projected.plans(question.mode, question.on), key=_in_order)
    heard = await load(projected, question.mode)
    reports = await projected.task_reports(question.mode, question.on)
    clauses = [
        (held.plan, said, clause) for held in plans for said, clause in clauses_of(held.plan)
    ]
    targets = tuple(_judged(one, clauses, heard.facts, question) for one in clauses)
    tasks = tuple(
        TaskLine(held.plan, task, reports.get((held.plan.code, task.code)))
        for held in plans
        for task in held.plan.tasks
    )
    return Picture(
        question, as_of, tuple(plans), targets, tasks, heard.records, heard.accounts, heard.comparisons
    )  # fmt: skip


def _in_order(held: HeldPlan) -> tuple[bool, str, str]:
    """National decisions first, then plans by the code of their place."""
    return held.plan.level != "national", held.plan.place_id, held.plan.code


def _judged(
    one: tuple[Plan, TargetClause, Clause],
    clauses: list[tuple[Plan, TargetClause, Clause]],
    facts: Facts,
    question: Question,
) -> JudgedTarget:
    plan, said, clause = one
    measure = on_boundary(clause, facts, question.boundary, on=question.on)
    verdict = judge(clause, measure, on=question.on)
    if question.boundary != TODAY:
        return JudgedTarget(plan=plan, said=said, clause=clause, measure=measure, verdict=verdict)
    siblings = tuple(
        (other_plan.code, other_said)
        for other_plan, other_said, other in clauses
        if is_sibling(clause, other)
    )
    return JudgedTarget(
        plan=plan, said=said, clause=clause, measure=measure, verdict=verdict,
        beside=beside(clause, facts, on=question.on), siblings=siblings,
    )  # fmt: skip
