"""Numbers as people type them into tables: 1234,5 or 1.234.567,8 or 1,234.5 or 60 %. What could be two numbers is asked, not guessed."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Final, Literal

from pq_common.errors import FieldError, Invalid

Sign = Literal["comma", "dot"]
"""What stands before the decimals."""
MISSING: Final = frozenset({"...", "…", "..", "n/a", "na"})
"""What yearbooks print for a figure that was not collected: it is left out, never 0."""
DASHES: Final = frozenset({"-", "–", "—"})
LONGEST: Final = 40
_GROUPED: Final = "(?:[1-9][0-9]{{0,2}}(?:[{group} ][0-9]{{3}})+|[0-9]+)(?:{point}[0-9]+)?"
_FORMS: Final = {
    "dot": re.compile("[+-]?" + _GROUPED.format(group=",", point="[.]")),
    "comma": re.compile("[+-]?" + _GROUPED.format(group=".", point=",")),
}
_SCIENTIFIC: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?[eE][+-]?[0-9]{1,2}")
_AMBIGUOUS: Final = re.compile("[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")
_TYPISTS: Final = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2212": "-"})


class Typed(str):
    """The text of what the file itself keeps as a number, a point before its decimals: it is one number, whatever it looks like."""

    __slots__ = ()


def number(
    text: str, *, pointer: str, decimal: Sign | None = None, percent: bool = False
) -> Decimal | None:
    """Return the number of a cell; None for a mark that says "not collected". Raises Invalid for what is none or could be two.

    ``decimal`` is the sign before decimals where it is known. With ``percent`` 60 % is 0.6; without it no percent sign is read. A
    dash is refused: some tables mean zero by it, others nothing.
    """
    if isinstance(text, Typed):
        return Decimal(text)
    plain = _plain(text)
    if plain.casefold() in MISSING:
        return None
    if plain in DASHES:
        vi = "Dấu “-”: nếu bằng không hãy viết 0, nếu không có số liệu hãy bỏ trống."
        en = "A dash: write 0 if it is zero, leave the cell blank if there is no figure."
        raise _refusal(pointer, "dash_unclear", vi, en)
    part = Decimal("0.01") if percent and is_percent(plain) else Decimal(1)
    bare = plain.rstrip("% ") if percent else plain
    if decimal is None and _AMBIGUOUS.fullmatch(bare):
        raise _ambiguous(text, bare, pointer)
    found = _value(bare, decimal)
    if found is None:
        vi = f"{text[:LONGEST]!r} không phải là một số; viết 1234.5 hoặc 1234,5."
        en = f"{text[:LONGEST]!r} is not a number; write 1234.5 or 1234,5."
        raise _refusal(pointer, "number_unreadable", vi, en)
    return found * part


def decimal_of(texts: Iterable[str]) -> Sign | None:
    """Return which sign stands before the decimals in these cells, as far as any shows it; None when none or both do."""
    shown: set[Sign] = set()
    for text in texts:
        bare = _plain(text).rstrip("% ")
        if isinstance(text, Typed) or _AMBIGUOUS.fullmatch(bare) or not re.search("[.,]", bare):
            continue
        shown.update(sign for sign in _signs(None) if _FORMS[sign].fullmatch(bare))
    return shown.pop() if len(shown) == 1 else None


def is_percent(text: str) -> bool:
    """Tell whether the cell was written with a percent sign."""
    return text.rstrip().endswith("%")


def is_missing(text: str | None) -> bool:
    """Tell whether the cell is blank or says that there is no figure."""
    return text is None or not text.strip() or text.strip().casefold() in MISSING


def _plain(text: str) -> str:
    return text.translate(_TYPISTS).strip()


def _signs(decimal: Sign | None) -> tuple[Sign, ...]:
    return (decimal,) if decimal else ("dot", "comma")


def _value(bare: str, decimal: Sign | None) -> Decimal | None:
    if len(bare) > LONGEST:
        return None
    for sign in _signs(decimal):
        if _FORMS[sign].fullmatch(bare):
            group, point = (",", ".") if sign == "dot" else (".", ",")
            return Decimal(bare.replace(" ", "").replace(group, "").replace(point, "."))
    return Decimal(bare) if _SCIENTIFIC.fullmatch(bare) else None


def _ambiguous(text: str, bare: str, pointer: str) -> Invalid:
    """Refuse with both readings, each in a form that is read as itself."""
    whole, part = re.sub("[.,]", "", bare), bare.replace(",", ".")
    shorter = part.rstrip("0").rstrip(".")
    other = shorter if shorter != part else f"{part}0"
    vi = f"{text!r} có thể là {whole} hoặc {part}: hãy viết {whole} hoặc {other}."
    en = f"{text!r} may be {whole} or {part}: write {whole} or {other}."
    return _refusal(pointer, "number_ambiguous", vi, en)


def _refusal(pointer: str, code: str, vi: str, en: str) -> Invalid:
    return Invalid(vi, en, errors=[FieldError(pointer, code, vi, en)])
