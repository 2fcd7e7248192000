"""Numbers as people type them in a table: 1.234,5 or 1,234.5, 60 %, or a sign that there is none. Nothing is guessed in silence."""

import re
from collections.abc import Iterable
from typing import Final, Literal

Decimal = Literal["comma", "dot"]
MISSING: Final = frozenset({"", "-", "–", "..", "...", "…", "n/a", "na", "x"})
_PLAIN: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_AMBIGUOUS: Final = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")
_GROUPED: Final = {
    "comma": re.compile(r"[+-]?[0-9]{1,3}([. ][0-9]{3})*(,[0-9]+)?"),
    "dot": re.compile(r"[+-]?[0-9]{1,3}([, ][0-9]{3})*(\.[0-9]+)?"),
}
_UNGROUPED: Final = {
    "comma": re.compile(r"[+-]?[0-9]+(,[0-9]+)?"),
    "dot": re.compile(r"[+-]?[0-9]+(\.[0-9]+)?"),
}
_SPACES: Final = str.maketrans({"\u00a0": " ", "\u202f": " "})


def is_missing(text: str | None) -> bool:
    """Tell whether the cell says that there is no value."""
    return text is None or text.strip().casefold() in MISSING


def decimal_of(texts: Iterable[str]) -> Decimal | None:
    """Return which sign divides decimals in these cells, as far as any of them shows it; None when none or both do."""
    shown: set[Decimal] = set()
    for text in texts:
        plain = text.translate(_SPACES).rstrip("% ")
        if _AMBIGUOUS.fullmatch(plain) or not re.search("[.,]", plain):
            continue
        for sign in ("comma", "dot"):
            if _fits(plain, sign):
                shown.add(sign)
    return shown.pop() if len(shown) == 1 else None


def number(text: str, decimal: Decimal | None) -> float | None:
    """Return the number, a percentage as a fraction; None when it is none, or could be two."""
    plain = text.translate(_SPACES).strip()
    is_percent = plain.endswith("%")
    plain = plain.rstrip("% ")
    if decimal is None and _AMBIGUOUS.fullmatch(plain):
        return None
    signs: tuple[Decimal, ...] = (decimal,) if decimal else ("dot", "comma")
    found = next((_value(plain, sign) for sign in signs if _fits(plain, sign)), None)
    if found is None and _PLAIN.fullmatch(plain) and decimal != "comma":
        found = float(plain)
    return found / 100 if found is not None and is_percent else found


def is_ambiguous(text: str) -> bool:
    """Tell whether this could be thousands or thousandths."""
    return _AMBIGUOUS.fullmatch(text.translate(_SPACES).rstrip("% ")) is not None


def _fits(plain: str, sign: Decimal) -> bool:
    return any(form[sign].fullmatch(plain) for form in (_GROUPED, _UNGROUPED))


def _value(plain: str, sign: Decimal) -> float:
    group, point = (".", ",") if sign == "comma" else (",", ".")
    return float(plain.replace(" ", "").replace(group, "").replace(point, "."))
