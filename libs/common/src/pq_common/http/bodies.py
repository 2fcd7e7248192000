"""Look at a JSON body before it is parsed: encoding, depth, and text that no database row can hold."""

import json
import re
from typing import Any, Final

from pq_common.errors import FieldError, Invalid, PqError
from pq_common.http.once import object_of, repeated
from pq_common.http.problems import with_faults
from pq_common.http.refusals import BadRequest, JsonTooDeep

# Any of these in the bytes makes a closer look necessary; nearly no body has one.
_SUSPECT: Final = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])|NaN|Infinity|\x00")
_OPENING: Final = re.compile(rb"[\[{]")
_TOKEN: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class TextUnstorable(Invalid):
    """The text has a NUL or half a surrogate pair; no database column can hold it: 422."""

    code = "text_unstorable"
    title_vi, title_en = "Ký tự không lưu được", "Text cannot be stored"


def unstorable(text: str) -> bool:
    """Tell whether PostgreSQL cannot hold this text."""
    return "\x00" in text or _LONE_SURROGATE.search(text) is not None


def fault_of(pointer: str) -> FieldError:
    """Return the fault of such a text at this place."""
    return FieldError(
        pointer,
        TextUnstorable.code,
        "Chuỗi chứa ký tự NUL hoặc nửa cặp surrogate, không lưu được: hãy bỏ ký tự đó.",
        "The text contains a NUL or half a surrogate pair, which cannot be stored: remove that character.",
    )


def inspect(body: bytes, *, max_depth: int, once: bool = True) -> PqError | None:
    """Return what is wrong with the body, or None. Broken JSON is left to the parser, which knows where.

    ``once``: no name may come twice in an object. An operation that reads its own large bodies sees to that itself.
    """
    if len(_OPENING.findall(body)) > max_depth and _depth(body) > max_depth:
        return JsonTooDeep(
            f"JSON lồng sâu hơn {max_depth} mức.",
            f"The JSON text nests deeper than {max_depth} levels.",
        )
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as reason:
        return BadRequest(
            f"Nội dung không phải UTF-8 (byte thứ {reason.start + 1}).",
            f"The body is not UTF-8 (at byte {reason.start + 1}).",
        )
    found = _look_closer(text) if _SUSPECT.search(body) else None
    return found or (_twice(text) if once else None)


class _NameTwice(Exception):
    """Some name comes twice; the body is worth a closer look."""


def _twice(text: str) -> PqError | None:
    try:
        json.loads(text, object_pairs_hook=_once)
    except ValueError:
        return None
    except _NameTwice:
        faults = list(repeated(json.loads(text, object_pairs_hook=object_of)))
        return with_faults(Invalid, faults[:20])
    return None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise _NameTwice
    return made


def _look_closer(text: str) -> PqError | None:
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError:
        return None
    except ValueError as reason:
        return BadRequest(
            f"JSON không có số {reason}: hãy gửi một số thường hoặc null.",
            f"JSON has no number {reason}: send a plain number or null.",
        )
    faults = [fault_of(pointer) for pointer in _unstorable_in(value, "")]
    return with_faults(TextUnstorable, faults[:20]) if faults else None


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def _unstorable_in(value: Any, pointer: str) -> list[str]:
    if isinstance(value, str):
        return [pointer] if unstorable(value) else []
    if isinstance(value, list):
        return [p for i, item in enumerate(value) for p in _unstorable_in(item, f"{pointer}/{i}")]
    if isinstance(value, dict):
        found = [pointer for name in value if unstorable(name)]
        for name, item in value.items():
            found += _unstorable_in(item, f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}")
        return found
    return []


def _depth(body: bytes) -> int:
    # Brackets inside strings do not nest. Only brackets and strings are looked at: a table of numbers has few.
    deepest = depth = 0
    for token in _TOKEN.finditer(body):
        mark = body[token.start()]
        if mark in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif mark in b"]}":
            depth -= 1
    return deepest
