"""When a certificate counts: printed dates are inclusive, intervals are half-open, an edition's end overrules the paper.

Dates are civil days in Viet Nam. Expiry is never computed from the day of issue: it is what the paper prints.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from pq_certification.domain.lifecycle import TRANSITIONS, Status
from pq_certification.domain.parameters import Edition, Scheme
from pq_common.errors import FieldError


@dataclass(frozen=True, slots=True)
class Printed:
    """The dates as printed, both inclusive; ``to`` None where the scheme prints no end."""

    decided_on: date
    valid_from: date
    to: date | None


def months_later(day: date, months: int) -> date:
    """Return the same day some months later, or the last day of a shorter month."""
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def valid_before(printed_to: date | None) -> date | None:
    """Return the first day on which the certificate no longer holds."""
    return None if printed_to is None else printed_to + timedelta(days=1)


def effective_before(printed_to: date | None, edition: Edition | None) -> date | None:
    """Return the first day on which it no longer counts: its own end or its edition's, whichever comes first."""
    ends = [printed_to, edition.ends_on if edition else None]
    known = [end for end in ends if end is not None]
    return valid_before(min(known)) if known else None


def counts_on(day: date, status: Status, *, valid_from: date, before: date | None) -> bool:
    """Tell whether a certificate of this status is valid on that day: suspended ones are not."""
    return status is Status.ACTIVE and valid_from <= day and (before is None or day < before)


def restorable_until(printed_to: date | None, scheme: Scheme, status: Status) -> date | None:
    """Return the last day on which the body may restore an expired certificate, or None when it may not.

    One that was withdrawn, cancelled or transferred ended otherwise than by its date: nothing restores it.
    """
    if printed_to is None or scheme.restorable_months == 0 or not TRANSITIONS[status]:
        return None
    return months_later(printed_to, scheme.restorable_months)


def surveillance_due(decided_on: date, printed_to: date) -> tuple[date, ...]:
    """Return the last permitted days of the surveillance audits of an initial cycle.

    The first within 12 months of the decision, then one in each calendar year before the recertification year
    (ISO/IEC 17021-1:2015, 9.1.3). None after the printed end: a certificate of a year or less has no surveillance.
    """
    first = months_later(decided_on, 12)
    later = (date(year, 12, 31) for year in range(first.year + 1, printed_to.year))
    return tuple(day for day in (first, *later) if day <= printed_to)


def faults(
    printed: Printed, scheme: Scheme, edition_name: str | None, *, today: date
) -> list[FieldError]:
    """List every reason to refuse these dates; an empty list means acceptable."""
    found = []
    if printed.decided_on > today:
        found.append(
            FieldError(
                "/decided_on", "day_in_future",
                f"Ngày quyết định {printed.decided_on:%d/%m/%Y} chưa đến.",
                f"The decision day {printed.decided_on} has not come yet.",
            )
        )  # fmt: skip
    if printed.to is not None and printed.to < printed.valid_from:
        found.append(
            FieldError(
                "/printed_to", "ends_before_it_begins",
                f"Hết hiệu lực {printed.to:%d/%m/%Y} trước ngày bắt đầu {printed.valid_from:%d/%m/%Y}.",
                f"It ends on {printed.to}, before it begins on {printed.valid_from}.",
            )
        )  # fmt: skip
    longest = months_later(printed.valid_from, int(scheme.longest_years * 12))
    if printed.to is not None and printed.to > longest:
        found.append(
            FieldError(
                "/printed_to", "validity_too_long",
                f"{scheme.name} không thể còn hiệu lực sau {longest:%d/%m/%Y}; nhận được {printed.to:%d/%m/%Y}.",
                f"{scheme.name} cannot be valid after {longest}; got {printed.to}.",
            )
        )  # fmt: skip
    names = [edition.name for edition in scheme.editions]
    if edition_name is not None and names and edition_name not in names:
        found.append(
            FieldError(
                "/edition", "edition_unknown",
                f"{scheme.name} có các phiên bản {', '.join(names)}; nhận được {edition_name}.",
                f"{scheme.name} has the editions {', '.join(names)}; got {edition_name}.",
            )
        )  # fmt: skip
    return found
