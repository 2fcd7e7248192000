"""From what the rules find to the one error that says it all."""

from collections.abc import Callable, Sequence

from pq_common.errors import FieldError, PqError
from pq_support_grants.domain import activity_rules
from pq_support_grants.domain.errors import ActivityTransitionIllegal

CheckVersion = Callable[[int], None]
"""Raises when the caller has not seen this version (If-Match at the door)."""


def refuse(kind: type[PqError], faults: Sequence[FieldError]) -> None:
    """Raise ``kind`` with every fault, saying the first; do nothing when there is none."""
    if not faults:
        return
    first, others = faults[0], len(faults) - 1
    more_vi = f" (và {others} lý do khác)" if others else ""
    more_en = f" (and {others} more reasons)" if others else ""
    raise kind(first.message_vi + more_vi, first.message_en + more_en, errors=faults)


def status_after(status: str, action: str) -> str:
    """Return the activity's next status; raise ActivityTransitionIllegal when the table is silent."""
    following = activity_rules.after(status, action)
    if following is None:
        raise ActivityTransitionIllegal(
            "Hoạt động đã được rút lại: không sửa, không rút lại lần nữa; hãy báo cáo hoạt động mới.",
            "The activity has been withdrawn: it is neither corrected nor withdrawn again; report a new one.",
        )
    return following
