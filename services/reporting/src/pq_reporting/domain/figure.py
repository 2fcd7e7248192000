"""A figure that knows what it is: a number (zero among them), or one of four ways of having none."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    """Zero is a number. The other four have no value, and no path turns one kind into another."""

    NUMBER = "number"
    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"
    NOT_COMPARABLE = "not_comparable"
    SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True)
class Words:
    """The same sentence in both languages of the pages."""

    vi: str
    en: str

    def in_(self, lang: str) -> str:
        """Return the sentence in ``vi`` or ``en``."""
        return self.en if lang == "en" else self.vi


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. ``reason`` says why there is no number; a missing report needs none.

    ``unit`` stands where the figure was told in one, whatever the clause's own.
    """

    kind: Kind
    value: Decimal | None = None
    reason: Words | None = None
    unit: str | None = None

    def __post_init__(self) -> None:
        if (self.kind is Kind.NUMBER) != (self.value is not None):
            raise ValueError("a number has a value, and nothing else has one")
        if self.reason is None and self.kind not in (Kind.NUMBER, Kind.MISSING):
            raise ValueError(f"a figure that is {self.kind} says why")


MISSING = Figure(Kind.MISSING)


def number(value: Decimal | int, unit: str | None = None) -> Figure:
    """Return a figure that has a value; zero is one."""
    return Figure(Kind.NUMBER, Decimal(value), unit=unit)


def not_applicable(vi: str, en: str) -> Figure:
    """Return the figure of something that was not asked for."""
    return Figure(Kind.NOT_APPLICABLE, reason=Words(vi, en))


def not_comparable(vi: str, en: str) -> Figure:
    """Return the figure of something that cannot be computed from what is known."""
    return Figure(Kind.NOT_COMPARABLE, reason=Words(vi, en))


def suppressed(vi: str, en: str) -> Figure:
    """Return the figure of something that is known and may not be shown."""
    return Figure(Kind.SUPPRESSED, reason=Words(vi, en))


def total(figures: Iterable[Figure]) -> Figure:
    """Add numbers; missing parts are left out, and with no number at all the sum is missing, never zero."""
    values = [figure.value for figure in figures if figure.value is not None]
    return number(sum(values, Decimal(0))) if values else MISSING
