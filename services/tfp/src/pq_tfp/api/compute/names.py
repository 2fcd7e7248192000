"""Names of series in a request: one that no engine reads is a slip, and nothing that was sent is left out in silence."""

from collections.abc import Collection, Iterable, Mapping

from pq_common.errors import FieldError
from pq_tfp.api.compute.shapes import Rows
from pq_tfp.domain.axes import placed, refuse

Tables = Mapping[str, Rows]
UNKNOWN = "series_unknown"


def refuse_unread(names: Iterable[str], where: str, known: Collection[str]) -> None:
    """Refuse each of ``names`` that is not read there, telling those that are. Raises SeriesRefused."""
    listed = ", ".join(known)
    refuse(
        [
            placed(
                name, None, None, UNKNOWN,
                (
                    f"{where} không dùng {name}; dùng được: {listed}.",
                    f"{where} does not read {name}; it reads: {listed}.",
                ),
            )
            for name in names
            if name not in known
        ]
    )  # fmt: skip


def refuse_unnamed(options: Mapping[str, Iterable[str]], known: Collection[str]) -> None:
    """Refuse each series that an option names and the request does not have. Raises SeriesRefused."""
    said = (
        "yêu cầu không có chuỗi nào tên này mà tùy chọn dùng được.",
        "the request has no series of this name that the option could use.",
    )
    refuse(
        [
            placed(option, name, None, UNKNOWN, said)
            for option, names in options.items()
            for name in names
            if name not in known
        ]
    )


def twice_faults(sides: Iterable[Tables]) -> list[FieldError]:
    """Name each series that stands on two sides of a panel: only one of them would be read."""
    names = [name for tables in sides for name in tables]
    said = ("xuất hiện ở hai phía của panel.", "stands on two sides of the panel.")
    return [
        placed(name, None, None, "series_twice", (f"{name} {said[0]}", f"{name} {said[1]}"))
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
