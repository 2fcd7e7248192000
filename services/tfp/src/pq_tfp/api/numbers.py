"""Numbers as people type them into tables: 1234.5, 1234,5, 1.234.567,8 and what a yearbook prints where it has none."""

import re
from decimal import Decimal
from typing import Final

from pq_common.errors import FieldError, Invalid

MISSING: Final = frozenset({"...", "…", "..", "n/a", "na"})
"""What yearbooks print for a figure that was not collected: it is left out, never 0."""
_PLAIN: Final = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]{1,2})?")
_COMMA: Final = re.compile(r"[-+]?[0-9]+,[0-9]+")
_DOTTED: Final = re.compile(r"[-+]?[0-9]{1,3}(\.[0-9]{3})+(,[0-9]+)?")
_COMMAED: Final = re.compile(r"[-+]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
LONGEST: Final = 40


def number(text: str, *, pointer: str) -> Decimal | None:
    """Return the number of a cell; None for a mark that says "not collected". Raises Invalid for what could be two numbers.

    A dash is refused: some tables mean zero by it, others nothing.
    """
    plain = text.strip().replace("\u00a0", "").replace(" ", "")
    if plain.casefold() in MISSING:
        return None
    if plain in {"-", "–", "—"}:
        vi = "Dấu “-”: nếu bằng không hãy viết 0, nếu không có số liệu hãy bỏ trống."
        en = "A dash: write 0 if it is zero, leave the cell blank if there is no figure."
        raise _refusal(pointer, "dash_unclear", vi, en)
    if len(plain) > LONGEST:
        raise _unreadable(pointer, text[:LONGEST])
    if re.fullmatch(r"[-+]?[1-9][0-9]{0,2},[0-9]{3}", plain):
        whole, part = plain.replace(",", ""), plain.replace(",", ".")
        vi = f"{text!r} có thể là {whole} hoặc {part}: hãy viết rõ một trong hai."
        en = f"{text!r} may be {whole} or {part}: write one of the two."
        raise _refusal(pointer, "number_ambiguous", vi, en)
    if _PLAIN.fullmatch(plain):
        return Decimal(plain)
    if _COMMA.fullmatch(plain):
        return Decimal(plain.replace(",", "."))
    if _DOTTED.fullmatch(plain):
        return Decimal(plain.replace(".", "").replace(",", "."))
    if _COMMAED.fullmatch(plain):
        return Decimal(plain.replace(",", ""))
    raise _unreadable(pointer, text)


def _unreadable(pointer: str, text: str) -> Invalid:
    vi = f"{text!r} không phải là một số; viết 1234.5 hoặc 1234,5."
    en = f"{text!r} is not a number; write 1234.5 or 1234,5."
    return _refusal(pointer, "number_unreadable", vi, en)


def _refusal(pointer: str, code: str, vi: str, en: str) -> Invalid:
    return Invalid(vi, en, errors=[FieldError(pointer, code, vi, en)])
