"""Synthetic enterprises: a valid check digit, a number range no tax office has given out, and a name that says it."""

from dataclasses import dataclass
from random import Random

from stdnum.vn import mst

from pq_embedded.demo.cast import PROVINCES, Province

OFFICE = "99"
"""The first two digits name the tax office; no office has 99."""

LEGAL_FORMS = ("TNHH1", "TNHH2", "CTCP", "DNTN", "HTX")
INDUSTRIES = ("10", "11", "13", "14", "16", "20", "22", "25", "28", "31")
"""Divisions of VSIC 2018: food, drinks, textiles, garments, wood, chemicals, plastics, metal, machinery, furniture."""


@dataclass(frozen=True, slots=True)
class DemoEnterprise:
    """``number`` counts within the province; amounts are whole đồng."""

    tax_code: str
    name: str
    province: Province
    number: int
    legal_form: str
    industry: str
    employees: int
    revenue_dong: int
    capital_dong: int

    @property
    def key(self) -> str:
        """A name for idempotency keys and for tests."""
        return f"{self.province.short}-{self.number:04d}"


def tax_codes() -> list[str]:
    """Return as many codes as there are enterprises; sequences whose check digit would be 10 are skipped."""
    wanted = sum(province.enterprises for province in PROVINCES)
    found: list[str] = []
    sequence = 0
    while len(found) < wanted:
        sequence += 1
        stem = f"{OFFICE}{sequence:07d}"
        digit = mst.calc_check_digit(stem)
        if len(digit) == 1:
            found.append(stem + digit)
    return found


def enterprises(random: Random) -> list[DemoEnterprise]:
    """Return every enterprise of the demonstration, province by province."""
    codes = iter(tax_codes())
    made = []
    for province in PROVINCES:
        for number in range(1, province.enterprises + 1):
            employees = random.choice((6, 9, 24, 48, 85, 120, 180, 260))
            made.append(
                DemoEnterprise(
                    tax_code=next(codes),
                    name=f"DN minh họa {number:04d} ({province.name})",
                    province=province,
                    number=number,
                    legal_form=random.choice(LEGAL_FORMS),
                    industry=random.choice(INDUSTRIES),
                    employees=employees,
                    revenue_dong=employees * random.randrange(300, 900) * 1_000_000,
                    capital_dong=employees * random.randrange(150, 500) * 1_000_000,
                )
            )
    return made
