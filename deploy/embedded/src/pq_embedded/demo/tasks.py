"""Synthetic task reports: a state for most tasks of each plan, silence for the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from pq_common.contracts.plans import Plan
from pq_common.contracts.support_grants import TaskState

STATES: tuple[TaskState | None, ...] = (
    "done", "under_way", "done", None, "under_way", "not_started", "done", None, "under_way", "done", "dropped",
)  # fmt: skip
"""Dealt out in turn, from a drawn beginning, so that each plan shows every state."""


@dataclass(frozen=True, slots=True)
class DemoTaskReport:
    """One report on one task; ``decision`` is given where a task was dropped."""

    plan_code: str
    task_code: str
    state: TaskState
    reported_on: date
    note: str
    decision: str | None = None

    @property
    def key(self) -> str:
        return f"{self.plan_code}-{self.task_code}-{self.reported_on:%Y%m%d}"


def task_reports(random: Random, plans: Sequence[Plan]) -> list[DemoTaskReport]:
    """Return the reports of all provincial plans, in their December (of the plan's only year, or 2025)."""
    made = []
    for plan in plans:
        if plan.level != "provincial":
            continue
        begin = random.randrange(len(STATES))
        on = date(min(plan.last_year, 2025), 12, 10)
        for place, task in enumerate(plan.tasks):
            state = STATES[(begin + place) % len(STATES)]
            if state is None:
                continue
            dropped = f"MH-{place + 1:03d}/QĐ-UBND" if state == "dropped" else None
            made.append(
                DemoTaskReport(plan.code, task.code, state, on, "Báo cáo minh họa", dropped)
            )
    return made
