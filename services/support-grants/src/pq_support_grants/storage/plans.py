"""Plans and their texts: one at a time, for change and for reading."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from pq_common.contracts.plans import Plan, TargetClause
from pq_support_grants.domain.activity_rules import PlanCodes
from pq_support_grants.domain.errors import PlanNotFound, TaskNotFound
from pq_support_grants.storage.tables import PlanCode, PlanRow, PlanTarget, PlanTask, PlanText

CLAUSE, TASK, PROGRAMME = "clause", "task", "programme"


async def claim(session: AsyncSession, plan: Plan) -> bool:
    """Write the head of a new plan; False when the code is taken, by whomever."""
    head = insert(PlanRow).values(code=plan.code, version=1, place_id=plan.place_id, text_version=1)
    taken = head.on_conflict_do_nothing().returning(PlanRow.code)
    return (await session.execute(taken)).first() is not None


async def lock(session: AsyncSession, code: str) -> PlanRow:
    """Return the head, locked until the transaction ends; raise PlanNotFound out of scope too."""
    row = await session.get(PlanRow, code, with_for_update=True)
    if row is None:
        raise not_found(code)
    return row


async def current_text(session: AsyncSession, head: PlanRow) -> Plan:
    """Return the newest text of a locked plan."""
    text = await session.get_one(PlanText, (head.code, head.text_version))
    return Plan.model_validate(text.document)


async def text_at(
    session: AsyncSession, code: str, *, valid_at: date, known_at: datetime | None
) -> PlanText:
    """Return the text that was true that day as it was known then; raise PlanNotFound.

    The newest recorded wins: an amendment replaces, from its day on, whatever was said before.
    """
    asked = texts_at(valid_at=valid_at, known_at=known_at).where(PlanText.plan_code == code)
    text = (await session.execute(asked)).scalar_one_or_none()
    if text is None:
        raise not_found(code)
    return text


def texts_at(*, valid_at: date, known_at: datetime | None) -> Select[PlanText]:
    """Return the query of one text per plan: true that day, as known then."""
    statement = (
        select(PlanText)
        .ext(distinct_on(PlanText.plan_code))
        .where(PlanText.valid_from <= valid_at)
        .order_by(PlanText.plan_code, PlanText.version.desc())
    )
    if known_at is not None:
        statement = statement.where(PlanText.recorded_at <= known_at)
    return statement


async def version_of(session: AsyncSession, code: str) -> int:
    """Return the version of the plan, which reports on its tasks raise as well."""
    return (await session.execute(select(PlanRow.version).where(PlanRow.code == code))).scalar_one()


async def write_text(
    session: AsyncSession,
    plan: Plan,
    *,
    version: int,
    valid_from: date,
    now: datetime,
    reason: str | None = None,
) -> None:
    """Write a text with its clauses, tasks and codes."""
    document = plan.model_dump(mode="json")
    session.add(
        PlanText(
            plan_code=plan.code, version=version, place_id=plan.place_id, level=plan.level,
            programmes=list(plan.programmes), first_year=plan.first_year, last_year=plan.last_year,
            valid_from=valid_from, recorded_at=now, reason=reason, document=document,
        )
    )  # fmt: skip
    session.add_all(_targets(plan, version))
    session.add_all(_tasks(plan, version))
    await session.flush()
    codes = insert(PlanCode).values(_codes(plan))
    await session.execute(
        codes.on_conflict_do_update(
            index_elements=["plan_code", "kind", "code"],
            set_={"indicators": codes.excluded.indicators},
        )
    )


async def codes(session: AsyncSession, plan_code: str) -> PlanCodes | None:
    """Return what an activity may refer to; None when there is no such plan."""
    rows = (
        await session.execute(select(PlanCode).where(PlanCode.plan_code == plan_code))
    ).scalars()
    found = list(rows)
    if not found:
        return None
    return PlanCodes(
        place_id=found[0].place_id,
        indicators={row.code: _reportable(row.indicators) for row in found if row.kind == CLAUSE},
        tasks=frozenset(row.code for row in found if row.kind == TASK),
    )


async def require_task(session: AsyncSession, plan_code: str, task_code: str) -> None:
    """Raise PlanNotFound, or TaskNotFound where no text of the plan has had the task."""
    known = await codes(session, plan_code)
    if known is None:
        raise not_found(plan_code)
    if task_code not in known.tasks:
        raise task_not_found(plan_code, task_code)


def task_not_found(plan_code: str, task_code: str) -> TaskNotFound:
    """Return the refusal of a task that the plan does not have."""
    return TaskNotFound(
        f"Kế hoạch {plan_code} không có nhiệm vụ {task_code!r}.",
        f"The plan {plan_code} has no task {task_code!r}.",
    )


def not_found(code: str) -> PlanNotFound:
    """Return the one refusal for what is not there and for what is not the caller's."""
    return PlanNotFound(
        f"Không có kế hoạch {code!r} (vào ngày, theo hiểu biết hoặc trong phạm vi được hỏi).",
        f"There is no plan {code!r} (on that day, by that knowledge, or in your scope).",
    )


def _reportable(indicators: Iterable[str]) -> frozenset[str]:
    """Return what an activity may report for a clause: for a rate of growth (``ENT-SUP-G``), what grows (``ENT-SUP``) as well."""
    named = frozenset(indicators)
    return named | {code.removesuffix("-G") for code in named}


def _indicators(clause: TargetClause) -> list[str]:
    return [clause.indicator, *clause.further_indicators]


def _targets(plan: Plan, version: int) -> Sequence[PlanTarget]:
    return [
        PlanTarget(
            plan_code=plan.code, version=version, code=clause.code, position=position,
            place_id=plan.place_id, indicators=_indicators(clause),
            first_year=clause.span.first_year, last_year=clause.span.last_year,
            document=clause.model_dump(mode="json"),
        )
        for position, clause in enumerate(plan.targets)
    ]  # fmt: skip


def _tasks(plan: Plan, version: int) -> Sequence[PlanTask]:
    return [
        PlanTask(
            plan_code=plan.code, version=version, code=task.code, position=position,
            place_id=plan.place_id, task_group=task.group, indicators=list(task.indicators),
            document=task.model_dump(mode="json"),
        )
        for position, task in enumerate(plan.tasks)
    ]  # fmt: skip


def _codes(plan: Plan) -> list[dict[str, object]]:
    named = [(CLAUSE, clause.code, _indicators(clause)) for clause in plan.targets]
    named += [(TASK, task.code, list(task.indicators)) for task in plan.tasks]
    named += [(PROGRAMME, programme, []) for programme in dict.fromkeys(plan.programmes)]
    return [
        {"plan_code": plan.code, "kind": kind, "code": code, "place_id": plan.place_id,
         "indicators": indicators}
        for kind, code, indicators in named
    ]  # fmt: skip
