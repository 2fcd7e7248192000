"""The registration status of an organisation, and what may follow what.

Source: statuses of the National Business Registration Portal. The tax code's status is another list and is not mapped onto this one.
"""

from enum import StrEnum

from pq_registry.domain.errors import IllegalTransition


class Status(StrEnum):
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    NOT_AT_ADDRESS = "NOT_AT_ADDRESS"
    REVOKED_TAX = "REVOKED_TAX"
    DISSOLVING = "DISSOLVING"
    BANKRUPTCY_PROC = "BANKRUPTCY_PROC"
    TERMINATED = "TERMINATED"


NAMES_VI = {
    Status.ACTIVE: "Đang hoạt động",
    Status.SUSPENDED: "Tạm ngừng kinh doanh",
    Status.NOT_AT_ADDRESS: "Không còn hoạt động kinh doanh tại địa chỉ đã đăng ký",
    Status.REVOKED_TAX: "Bị thu hồi giấy chứng nhận do cưỡng chế về quản lý thuế",
    Status.DISSOLVING: "Đang làm thủ tục giải thể, đã bị chia, bị hợp nhất, bị sáp nhập",
    Status.BANKRUPTCY_PROC: "Đang làm thủ tục phá sản",
    Status.TERMINATED: "Đã giải thể, phá sản, chấm dứt tồn tại",
}

# A firm that is being wound up may still be saved by the court or by withdrawing the resolution; the dead stay dead.
TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.ACTIVE: frozenset(Status) - {Status.ACTIVE},
    Status.SUSPENDED: frozenset(Status) - {Status.SUSPENDED},
    Status.NOT_AT_ADDRESS: frozenset(Status) - {Status.NOT_AT_ADDRESS},
    Status.REVOKED_TAX: frozenset({Status.ACTIVE, Status.DISSOLVING, Status.TERMINATED}),
    Status.DISSOLVING: frozenset({Status.ACTIVE, Status.BANKRUPTCY_PROC, Status.TERMINATED}),
    Status.BANKRUPTCY_PROC: frozenset({Status.ACTIVE, Status.DISSOLVING, Status.TERMINATED}),
    Status.TERMINATED: frozenset(),
}


def check_transition(before: Status, after: Status, *, at: str = "") -> None:
    """Raise IllegalTransition when the table is silent; staying as it is is no transition and always allowed.

    ``at`` is the member that says ``after``.
    """
    if before is after or after in TRANSITIONS[before]:
        return
    raise IllegalTransition.at(
        at,
        f"Không thể chuyển từ “{NAMES_VI[before]}” sang “{NAMES_VI[after]}”.",
        f"The status cannot go from {before} to {after}.",
    )


def may_receive_new_support(status: Status) -> bool:
    """Only an organisation in operation may receive new support."""
    return status is Status.ACTIVE
