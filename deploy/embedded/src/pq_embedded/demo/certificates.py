"""Synthetic certificates: enough ISO 9001 and ISO 14001 in Quảng Bình to see growth, and one year in which it fails."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from pq_embedded.demo.cast import LAST_DAY
from pq_embedded.demo.enterprises import DemoEnterprise

BODIES = ("A", "B", "C")
EDITIONS = {
    "ISO 9001": "2015",
    "ISO 14001": "2015",
    "ISO 22000": "2018",
    "HACCP": None,
    "ISO 45001": "2018",
}
SINCE = 2018
"""The first year in which all these editions existed; older papers are shown without one."""

NEW_IN_QB = {
    "ISO 9001": {2020: 6, 2021: 7, 2022: 8, 2023: 2, 2024: 2, 2025: 2, 2026: 1},
    "ISO 14001": {2020: 3, 2021: 4, 2022: 4, 2023: 2, 2024: 2, 2025: 3, 2026: 0},
}
"""Enterprises certified for the first time in each year; all of them renew. Issued in the year, renewals included,
ISO 9001 goes 6, 7, 8, 8, 9, 10: at least 10 % more each year but 2023."""

FIRST_HALF = 6
"""Quảng Bình's certificates are dated before July, so that those of 2025 still belong to the old province."""


@dataclass(frozen=True, slots=True)
class DemoCertificate:
    """The printed dates are inclusive, as on the paper."""

    key: str
    enterprise: DemoEnterprise
    scheme: str
    edition: str | None
    body: str
    number: str
    decided_on: date
    printed_from: date
    printed_to: date


def certificates(random: Random, everyone: Iterable[DemoEnterprise]) -> list[DemoCertificate]:
    """Return every certificate: counted ones in Quảng Bình, one or two for a third of the others, some since 2012."""
    everyone = list(everyone)
    made = _of_quang_binh(random, [one for one in everyone if one.province.short == "QB"])
    for enterprise in everyone:
        if enterprise.province.short == "QB" or random.random() < 0.65:
            continue
        for scheme in random.sample(sorted(EDITIONS), k=random.choice((1, 1, 2))):
            made += _cycles(random, enterprise, scheme, random.randrange(2012, 2027))
    return made


def _of_quang_binh(random: Random, enterprises: list[DemoEnterprise]) -> list[DemoCertificate]:
    made = []
    for scheme, new_in in NEW_IN_QB.items():
        holders = iter(enterprises)
        for year, count in new_in.items():
            for _ in range(count):
                made += _cycles(random, next(holders), scheme, year, months=FIRST_HALF)
    return made


def _cycles(
    random: Random, enterprise: DemoEnterprise, scheme: str, year: int, *, months: int = 12
) -> list[DemoCertificate]:
    """Return the certificate and its renewals: three years each, the next from the day after the last."""
    body = random.choice(BODIES)
    months = min(months, LAST_DAY.month) if year == LAST_DAY.year else months
    begins = date(year, random.randrange(1, months + 1), random.randrange(1, 28))
    made: list[DemoCertificate] = []
    while begins <= LAST_DAY:
        cycle = len(made) + 1
        after = date(begins.year + 3, begins.month, begins.day)
        made.append(
            DemoCertificate(
                key=f"{enterprise.key}-{scheme.replace(' ', '-').lower()}-{cycle}",
                enterprise=enterprise,
                scheme=scheme,
                edition=EDITIONS[scheme] if begins.year >= SINCE else None,
                body=body,
                number=f"MH-{body}-{scheme.replace(' ', '')}-{enterprise.key}/{cycle}",
                decided_on=begins,
                printed_from=begins,
                printed_to=after - timedelta(days=1),
            )
        )
        begins = after
    return made
