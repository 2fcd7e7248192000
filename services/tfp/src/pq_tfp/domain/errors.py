"""What the engines refuse: which field, which unit, which year, what was seen, what would be right."""

from pq_common.errors import FieldError, Invalid, NotFound, RuleViolated


class SeriesRefused(Invalid):
    """The figures cannot carry the computation; every fault names its field and year."""

    code = "series_refused"

    @classmethod
    def because(cls, found: list[FieldError]) -> "SeriesRefused":
        return cls(
            f"Số liệu có {len(found)} lỗi, chưa tính được.",
            f"The figures have {len(found)} faults; nothing was computed.",
            errors=found,
        )


class RunNotFound(NotFound):
    code = "run_not_found"

    @classmethod
    def of(cls, run_id: str) -> "RunNotFound":
        return cls(
            f"Không có lần tính {run_id} trong phạm vi của bạn.",
            f"There is no run {run_id} in your scope.",
        )


class SeriesAlreadyDeclared(RuleViolated):
    """The same measure of the same place and vintage is stored; ``duplicate_of`` names it."""

    code = "series_already_declared"


class AlreadyPublished(RuleViolated):
    """A run is published once; a revision is another run."""

    code = "run_already_published"


def fault(field: str, year: int | None, code: str, vietnamese: str, english: str) -> FieldError:
    """Return a fault of one field, in one year where there is one."""
    pointer = f"/{field}" if year is None else f"/{field}/{year}"
    return FieldError(pointer, code, vietnamese, english)
