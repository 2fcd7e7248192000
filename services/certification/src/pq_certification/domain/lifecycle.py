"""What may follow what in the life of a certificate. Expiry is not a state: it is read from the dates.

Source: ISO/IEC 17021-1:2015, clauses 9.6.3 to 9.6.5.
"""

from enum import StrEnum

from pq_certification.domain.errors import IllegalTransition


class Status(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    TRANSFERRED = "transferred"


NAMES_VI = {
    Status.ACTIVE: "còn hiệu lực",
    Status.SUSPENDED: "đình chỉ",
    Status.WITHDRAWN: "thu hồi",
    Status.CANCELLED: "hủy theo yêu cầu của khách hàng",
    Status.TRANSFERRED: "chuyển sang tổ chức chứng nhận khác",
}

TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.ACTIVE: frozenset(
        {Status.SUSPENDED, Status.WITHDRAWN, Status.CANCELLED, Status.TRANSFERRED}
    ),
    # A suspended certificate cannot be transferred (IAF MD 2).
    Status.SUSPENDED: frozenset({Status.ACTIVE, Status.WITHDRAWN, Status.CANCELLED}),
    Status.WITHDRAWN: frozenset(),
    Status.CANCELLED: frozenset(),
    Status.TRANSFERRED: frozenset(),
}


def check_transition(before: Status, after: Status) -> None:
    """Raise IllegalTransition when the table is silent; staying is silent too."""
    if after not in TRANSITIONS[before]:
        raise IllegalTransition(
            f"Giấy chứng nhận đang “{NAMES_VI[before]}” không thể chuyển sang “{NAMES_VI[after]}”.",
            f"A certificate that is {before} cannot become {after}.",
        )
