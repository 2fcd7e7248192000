"""Days as the law counts them, values that hold from a day, and half-open intervals."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import ClassVar, Generic, TypeVar
from zoneinfo import ZoneInfo

from pq_common.errors import Invalid

VN = ZoneInfo("Asia/Ho_Chi_Minh")

T_co = TypeVar("T_co", covariant=True)


class NoProvision(Invalid):
    """No text was in force on that day: there is no value, not even zero."""

    code: ClassVar[str] = "no_provision"
    title_vi, title_en = "Chưa có quy định", "No provision in force"


def legal_day(instant: datetime) -> date:
    """Return the day the law counts: 20:00 UTC is already tomorrow. Raise ValueError for a time without zone."""
    if instant.utcoffset() is None:
        raise ValueError(
            f"{instant.isoformat()} has no zone: an instant is stored in UTC with its zone"
        )
    return instant.astimezone(VN).date()


def vn_day(day: date) -> str:
    """Return a day as prose writes it, without padding: 1/7/2025."""
    return f"{day.day}/{day.month}/{day.year}"


@dataclass(frozen=True, slots=True)
class Provision(Generic[T_co]):
    """What a text lays down from a day on; ``source`` names decision, article, paragraph."""

    value: T_co
    since: date = field(kw_only=True)
    source: str = field(kw_only=True)


class DatedSeries(Generic[T_co]):
    """A legal value through time. Each provision holds until the next one begins."""

    def __init__(self, name: str, *, unit: str, provisions: Sequence[Provision[T_co]]) -> None:
        self.name = name
        self.unit = unit
        self.provisions = tuple(sorted(provisions, key=lambda provision: provision.since))
        days = [provision.since for provision in self.provisions]
        if not days or len(set(days)) < len(days):
            raise ValueError(f"{name}: expected at least one provision, and one per day")

    def on(self, day: date) -> Provision[T_co]:
        """Return what held that day, with its text. Raise NoProvision before the first."""
        for provision in reversed(self.provisions):
            if provision.since <= day:
                return provision
        first = self.provisions[0].since
        raise NoProvision(
            f"{self.name}: chưa có quy định vào ngày {vn_day(day)}; văn bản đầu tiên có hiệu lực từ {vn_day(first)}",
            f"{self.name}: nothing was in force on {day}; the first text takes effect on {first}",
            first=first.isoformat(),
        )


@dataclass(frozen=True, slots=True)
class Interval:
    """Days from ``valid_from`` up to and without ``valid_before``; None means it has no end yet."""

    valid_from: date
    valid_before: date | None = None

    def __post_init__(self) -> None:
        if self.valid_before is not None and self.valid_before <= self.valid_from:
            raise ValueError(
                f"an interval from {self.valid_from} before {self.valid_before} holds no day"
            )

    @property
    def last_day(self) -> date | None:
        """The last day it holds, as documents print it (inclusive)."""
        return None if self.valid_before is None else self.valid_before - timedelta(days=1)

    def holds(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_before is None or day < self.valid_before)

    def overlaps(self, other: "Interval") -> bool:
        """Tell whether some day belongs to both; neighbours that only touch do not overlap."""
        begins_in_time = self.valid_before is None or other.valid_from < self.valid_before
        return begins_in_time and (
            other.valid_before is None or self.valid_from < other.valid_before
        )
