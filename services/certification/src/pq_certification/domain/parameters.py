"""Schemes and their editions, each with the day it ends where a transition has one, and where that is known from."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Edition:
    """``ends_on``: last day on which any certificate to this edition counts, whatever it prints; None: no end set."""

    name: str
    ends_on: date | None
    source: str


@dataclass(frozen=True, slots=True)
class Scheme:
    """``kind``: certification of a system or product, or accreditation, which is another thing.

    ``restorable_months``: how long after expiry the body may restore; ``longest_years``: longest validity that can be right.
    """

    name: str
    kind: str
    editions: tuple[Edition, ...]
    aliases: tuple[str, ...] = ()
    restorable_months: int = 6
    longest_years: float = 3.5


_GENERAL = "ISO/IEC 17021-1:2015, 9.1.3 and 9.6.3"
_DOMAIN_PAGE = "published notice of the edition"

SCHEMES = {
    scheme.name: scheme
    for scheme in (
        Scheme(
            "ISO 9001", "certification",
            (
                Edition("2008", date(2018, 9, 15), "transition of the 2015 edition"),
                Edition("2015", date(2029, 9, 30), "transition of the 2026 edition, one source"),
                Edition("2026", None, _DOMAIN_PAGE),
            ),
            ("TCVN ISO 9001", "ISO 9000"),
        ),
        Scheme(
            "ISO 14001", "certification",
            (
                Edition("2004", date(2018, 9, 15), "transition of the 2015 edition"),
                Edition("2015", date(2029, 4, 30), "transition of the 2026 edition"),
                Edition("2026", None, _DOMAIN_PAGE),
            ),
            ("TCVN ISO 14001", "ISO 14000"),
        ),
        Scheme("ISO 45001", "certification", (Edition("2018", None, _GENERAL),), ("TCVN ISO 45001",)),
        Scheme(
            "ISO 22000", "certification", (Edition("2018", None, _GENERAL),),
            ("TCVN ISO 22000", "ISO 22.000"),
        ),
        Scheme("ISO 50001", "certification", (Edition("2018", None, _GENERAL),), ("TCVN ISO 50001",)),
        Scheme(
            "ISO/IEC 27001", "certification",
            (
                Edition("2013", date(2025, 10, 31), "transition of the 2022 edition"),
                Edition("2022", None, _GENERAL),
            ),
            ("ISO 27001",),
        ),
        Scheme("HACCP", "certification", (), ("TCVN 5603",)),
        Scheme("SA8000", "certification", (Edition("2014", None, _GENERAL), Edition("2026", None, _DOMAIN_PAGE)), ("SA 8000",)),
        Scheme("VietGAP", "certification", (), ("Viet GAP", "TCVN 11892-1")),
        Scheme("GLOBALG.A.P.", "certification", (), ("GlobalGAP",), longest_years=1.5),
        Scheme("TCVN 11041", "certification", (), ("Hữu cơ", "organic")),
        Scheme("HỢP CHUẨN", "certification", (), ("hợp chuẩn",)),
        Scheme("HỢP QUY", "certification", (), ("hợp quy",)),
        Scheme(
            "ISO/IEC 17025", "accreditation", (Edition("2017", None, _GENERAL),),
            ("ISO 17025", "17025"), restorable_months=0, longest_years=5.5,
        ),
    )
}  # fmt: skip
