"""Targets over HTTP: what each plan promised, what was reached, and what may be said. Public."""

from collections.abc import Sequence
from typing import Annotated, TypeVar

from fastapi import APIRouter, Path, Query, Request, Response

from pq_common.errors import NotFound
from pq_common.http.etag import not_modified
from pq_common.http.pages import Pages, Paging, refuse_cursor
from pq_reporting.api import asking
from pq_reporting.api.asking import Asked, tag_of, wanted
from pq_reporting.api.bodies import heading, records, target_body, task_body
from pq_reporting.api.schemas import TargetDetail, TargetPage, TaskPage
from pq_reporting.domain.status import Status
from pq_reporting.operations.judge_targets import JudgedTarget, TaskLine

router = APIRouter()
Line = TypeVar("Line", JudgedTarget, TaskLine)
Key = tuple[int, str, str]


class TargetNotFound(NotFound):
    """No plan has a clause of that code."""

    code = "target_not_found"
    title_vi, title_en = "Không có chỉ tiêu này", "No such target"


@router.get("/targets", operation_id="listTargets", response_model=TargetPage, tags=["targets"])
async def list_targets(
    request: Request,
    response: Response,
    picture: Asked,
    paging: Paging,
    *,
    plan: asking.Plan = None,
    place: asking.Place = None,
    status: Annotated[Status | None, Query(description="State on the day")] = None,
    group: asking.Group = None,
) -> TargetPage | Response:
    """List targets: national decisions first, then plan by plan in the order of the text."""
    filters = wanted(plan=plan, place=place, status=status, group=group)
    tag = tag_of(picture, "targets", filters, paging.slice)
    if (same := not_modified(request, tag)) is not None:
        return same
    response.headers["ETag"] = tag
    fitting = [one for one in picture.targets if filters.target_fits(one)]
    rows = _after(fitting, [one.said.code for one in fitting], paging)
    page = paging.page(rows, lambda row: target_body(row[1], picture), key=lambda row: row[0])
    return TargetPage(**heading(picture), items=page.items, next=page.next)


@router.get(
    "/targets/{plan}/{code}",
    operation_id="readTarget",
    response_model=TargetDetail,
    tags=["targets"],
)
async def read_target(
    request: Request,
    response: Response,
    picture: Asked,
    plan: Annotated[str, Path(max_length=80, examples=["hung-yen-2021-2030"])],
    code: Annotated[str, Path(max_length=40, examples=["HY-04"])],
) -> TargetDetail | Response:
    """Return one target with the records its figure is made of. 404 where the plan has no such clause."""
    found = [one for one in picture.targets if (one.plan.code, one.said.code) == (plan, code)]
    if not found:
        raise TargetNotFound(
            f"Kế hoạch {plan!r} không có chỉ tiêu {code!r}; xem danh sách ở /reporting/v1/targets.",
            f"Plan {plan!r} has no target {code!r}; see the list at /reporting/v1/targets.",
        )
    tag = tag_of(picture, "target", plan, code)
    if (same := not_modified(request, tag)) is not None:
        return same
    response.headers["ETag"] = tag
    body = target_body(found[0], picture)
    return TargetDetail(**heading(picture), target=body, records=records(found[0], picture))


@router.get("/tasks", operation_id="listTasks", response_model=TaskPage, tags=["tasks"])
async def list_tasks(
    request: Request,
    response: Response,
    picture: Asked,
    paging: Paging,
    *,
    plan: asking.Plan = None,
    place: asking.Place = None,
    group: asking.Group = None,
) -> TaskPage | Response:
    """List the tasks of the plans with the state last reported by the day; silence is ``unreported``."""
    filters = wanted(plan=plan, place=place, group=group)
    tag = tag_of(picture, "tasks", filters, paging.slice)
    if (same := not_modified(request, tag)) is not None:
        return same
    response.headers["ETag"] = tag
    fitting = [line for line in picture.tasks if filters.task_fits(line)]
    rows = _after(fitting, [line.task.code for line in fitting], paging)
    page = paging.page(rows, lambda row: task_body(row[1]), key=lambda row: row[0])
    return TaskPage(**heading(picture), items=page.items, next=page.next)


def _after(lines: Sequence[Line], codes: list[str], paging: Pages) -> list[tuple[Key, Line]]:
    """Return the lines after the cursor. The key names plan and code, so what is issued meanwhile moves nothing."""
    keyed: list[tuple[Key, Line]] = []
    seen: dict[str, int] = {}
    for line, code in zip(lines, codes, strict=True):
        place = seen[line.plan.code] = seen.get(line.plan.code, -1) + 1
        keyed.append(((place, line.plan.code, code), line))
    after = paging.slice.after
    if after is None:
        return keyed
    if len(after) != 3:
        raise refuse_cursor()
    begin = [index for index, (key, _) in enumerate(keyed) if key[1:] == after[1:]]
    return keyed[begin[0] + 1 :] if begin else []
