"""What this service refuses, each with its public code."""

from pq_common.errors import Invalid, NotFound, RuleViolated


class PlanNotFound(NotFound):
    """No plan has this code, or it is not the caller's to change."""

    code = "plan_not_found"


class TargetNotFound(NotFound):
    """The plan has no such clause."""

    code = "target_not_found"


class TaskNotFound(NotFound):
    """The plan has no such task."""

    code = "task_not_found"


class ActivityNotFound(NotFound):
    """No such activity in the caller's scope."""

    code = "activity_not_found"


class PlanExists(RuleViolated):
    """A plan with this code has been issued already."""

    code = "plan_exists"


class PlanRefused(Invalid):
    """The text of the plan cannot be kept as it is; every reason is in ``errors``."""

    code = "plan_refused"
    title_vi, title_en = "Kế hoạch chưa hợp lệ", "Plan refused"


class TaskTransitionIllegal(RuleViolated):
    """The task cannot go from the state it is in to the one reported."""

    code = "task_transition_illegal"
    title_vi, title_en = "Trạng thái không cho phép", "State does not allow it"


class TaskReportRefused(Invalid):
    """The report cannot be kept as it is; every reason is in ``errors``."""

    code = "task_report_refused"
    title_vi, title_en = "Báo cáo nhiệm vụ chưa hợp lệ", "Task report refused"


class ActivityRefused(Invalid):
    """The activity cannot be kept as it is; every reason is in ``errors``."""

    code = "activity_refused"
    title_vi, title_en = "Hoạt động chưa hợp lệ", "Activity refused"


class ActivityTransitionIllegal(RuleViolated):
    """The activity is in a state that does not allow this."""

    code = "activity_transition_illegal"
    title_vi, title_en = "Trạng thái không cho phép", "State does not allow it"
