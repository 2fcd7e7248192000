"""What was reached, for one clause: the figure, its years, its other readings, the records it is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pq_reporting.domain.deciding import Span
from pq_reporting.domain.facts import Sureness
from pq_reporting.domain.figure import MISSING, Figure, Words


@dataclass(frozen=True, slots=True)
class Source:
    """One record a figure is made of."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The figure under another reading of the same words."""

    label: Words
    figure: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """The figure reached. ``year`` is the year it speaks of where a clause is judged by the year; ``base`` what it must exceed.

    Of a published rate ``sure`` is the band, in percent, and ``span`` the years the result covers.
    """

    actual: Figure = MISSING
    years: Mapping[int, Figure] = field(default_factory=dict)
    year: int | None = None
    base: Figure = MISSING
    readings: tuple[Reading, ...] = ()
    notes: tuple[Words, ...] = ()
    sources: tuple[Source, ...] = ()
    sure: Sureness | None = None
    span: Span | None = None


def latest(years: Mapping[int, Figure]) -> tuple[int | None, Figure]:
    """Return the last year that has a number, else the last year that says anything but "missing"."""
    for wanted in (
        [year for year, figure in years.items() if figure.value is not None],
        [year for year, figure in years.items() if figure.kind != MISSING.kind],
    ):
        if wanted:
            return max(wanted), years[max(wanted)]
    return None, MISSING
