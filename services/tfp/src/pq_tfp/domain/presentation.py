"""Figures as they are printed: rounded, and still adding up. Stored and sent figures are never rounded like this."""

from collections.abc import Mapping
from decimal import ROUND_FLOOR, Decimal

DIGITS = 2


def rounded_shares(shares: Mapping[str, float], *, digits: int = DIGITS) -> dict[str, Decimal]:
    """Return fractions as percent with ``digits`` decimals that add to the rounded sum, 100.00 for the shares of a whole.

    Each part is cut down, then the largest remainders get the units left (ties: in the order told), so no part moves by a unit or more.
    """
    unit = Decimal(1).scaleb(-digits)
    exact = {name: Decimal(repr(float(share))) * 100 for name, share in shares.items()}
    total = sum(exact.values(), Decimal(0)).quantize(unit)
    cut = {name: value.quantize(unit, rounding=ROUND_FLOOR) for name, value in exact.items()}
    left = int((total - sum(cut.values(), Decimal(0))) / unit)
    for name in sorted(exact, key=lambda name: cut[name] - exact[name])[:left]:
        cut[name] += unit
    return cut
