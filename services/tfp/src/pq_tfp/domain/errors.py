"""What the engines refuse: which field, which unit, which year, what was seen, what would be right."""

from datetime import datetime

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


class SeriesNotFound(NotFound):
    code = "series_not_found"

    @classmethod
    def of(cls, series_id: str) -> "SeriesNotFound":
        return cls(
            f"Không có chuỗi số liệu {series_id} trong phạm vi của bạn.",
            f"There is no series {series_id} in your scope.",
        )


class RunNotFound(NotFound):
    code = "run_not_found"

    @classmethod
    def of(cls, run_id: str) -> "RunNotFound":
        return cls(
            f"Không có lần tính {run_id} trong phạm vi của bạn.",
            f"There is no run {run_id} in your scope.",
        )


class BundleUnreadable(Invalid):
    """The file is no bundle of a run, or one that this version cannot compute again."""

    code = "bundle_unreadable"

    @classmethod
    def lacking(cls, names: list[str]) -> "BundleUnreadable":
        listed = ", ".join(names)
        return cls(f"Gói tính toán thiếu: {listed}.", f"The bundle lacks: {listed}.")

    @classmethod
    def of_format(cls, seen: object, known: str) -> "BundleUnreadable":
        return cls(
            f"Gói có định dạng {seen!r}; cần {known}.",
            f"The bundle is of format {seen!r}; {known} is needed.",
        )

    @classmethod
    def broken(cls, reason: Exception) -> "BundleUnreadable":
        told = f"{type(reason).__name__}: {reason}"
        return cls(
            f"Không đọc được tham số hoặc chuỗi trong gói ({told}).",
            f"Parameters or series of the bundle cannot be read ({told}).",
        )


class BundleNotKept(NotFound):
    """The run was kept before runs kept the series they read: its figures stand, it cannot be computed again."""

    code = "bundle_not_kept"


class IndustryNotPublished(RuleViolated):
    """Only the whole economy of a place is published: readers take a published share for that of the place."""

    code = "industry_run_not_published"


class EngineNotPublished(RuleViolated):
    """Frontiers of some thirty places serve analysis: what a few outliers show is not told as the productivity of a place."""

    code = "engine_run_not_published"


class SeriesAlreadyDeclared(RuleViolated):
    """The same measure of the same place and vintage is stored; ``duplicate_of`` names it."""

    code = "series_already_declared"


class SeriesAlreadyWithdrawn(RuleViolated):
    """A series is withdrawn once."""

    code = "series_already_withdrawn"

    @classmethod
    def of(cls, series_id: str, since: datetime) -> "SeriesAlreadyWithdrawn":
        when = since.isoformat(timespec="seconds")
        return cls(
            f"Chuỗi {series_id} đã được rút từ {when}.",
            f"The series {series_id} was withdrawn at {when}.",
        )


class RunOfWithdrawnSeries(RuleViolated):
    """A run made from a series that was withdrawn since is not published; it stays readable with its bundle."""

    code = "run_series_withdrawn"


class AlreadyPublished(RuleViolated):
    """A run is published once; a revision is another run."""

    code = "run_already_published"


def fault(field: str, year: int | None, code: str, vietnamese: str, english: str) -> FieldError:
    """Return a fault of one field, in one year where there is one."""
    pointer = f"/{field}" if year is None else f"/{field}/{year}"
    return FieldError(pointer, code, vietnamese, english)
