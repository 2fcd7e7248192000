"""Certificates in two readings: issued in the year, or valid at its end; of all bodies, or of the supported ones."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pq_reporting.domain.counting import Where
from pq_reporting.domain.facts import Certificate, Deed
from pq_reporting.domain.figure import MISSING, Figure, Words, number
from pq_reporting.domain.parameters import SCHEMES, SUPPORTED

Measured = Literal["issued_in_year", "valid_at_year_end"]
Population = Literal["all", "supported"]


@dataclass(frozen=True, slots=True)
class CertificateReading:
    """One way to read "the certificates" of a clause."""

    measured: Measured
    population: Population

    @property
    def label(self) -> Words:
        """Name the reading for a page."""
        issued = self.measured == "issued_in_year"
        everybody = self.population == "all"
        return Words(
            f"{'cấp trong năm' if issued else 'còn hiệu lực cuối năm'}, "
            f"{'mọi tổ chức' if everybody else 'tổ chức được hỗ trợ'}",
            f"{'issued in the year' if issued else 'valid at year end'}, "
            f"{'all bodies' if everybody else 'supported bodies'}",
        )


READINGS = tuple(
    CertificateReading(measured, population)
    for population in ("all", "supported")
    for measured in ("issued_in_year", "valid_at_year_end")
)


def reading_of(measure: str | None, population: str | None) -> CertificateReading:
    """Return the reading a clause holds; where it says nothing, issued in the year, of all bodies."""
    return CertificateReading(
        "valid_at_year_end" if measure == "valid_at_year_end" else "issued_in_year",
        "supported" if population == "supported" else "all",
    )


def scheme_of(indicator: str) -> str | None:
    """Return the scheme an indicator counts certificates of, growth or not; None for any other indicator."""
    return SCHEMES.get(indicator.removesuffix("-G"))


def supported_bodies(deeds: Iterable[Deed], where: Where) -> frozenset[str]:
    """Return the bodies that reports of support name, whenever it was."""
    return frozenset[str]().union(
        *(
            deed.subjects
            for deed in deeds
            if deed.indicator == SUPPORTED and where.holds(deed.place_id)
        )
    )


def of_scheme(certificates: Iterable[Certificate], scheme: str, where: Where) -> list[Certificate]:
    """Return the certificates of one scheme in one territory."""
    return [one for one in certificates if one.scheme == scheme and where.holds(one.place_id)]


def issued(certificates: list[Certificate], since: date, until: date) -> Figure:
    """Count first decisions in these days. Where no certificate was ever heard of, the figure is missing, not zero."""
    if not certificates:
        return MISSING
    return number(sum(since <= one.decided_on <= until for one in certificates))


def valid(certificates: list[Certificate], day: date) -> Figure:
    """Count certificates in force on a day; missing where none was ever heard of."""
    if not certificates:
        return MISSING
    return number(sum(one.is_valid_on(day) for one in certificates))
