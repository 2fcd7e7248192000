"""Pydantic's findings in Vietnamese and English: what was seen, what would be right, and where."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import Field

from pq_common.contracts.event import DECIMAL
from pq_common.errors import FieldError

LONGEST_SHOWN = 60
KEY: Final = "[key]"
"""What pydantic puts after a name that is refused itself; it is no place in the body."""

_PLACES: Final = {
    "query": "#query",
    "path": "#path",
    "header": "#header",
    "cookie": "#cookie",
    "body": "",
}

# Type of pydantic's error → sentence in both languages; {x} are its context, {seen} the value.
_SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "missing": ("Thiếu trường bắt buộc này.", "This field is required and missing."),
    "extra_forbidden": ("Không có trường này.", "There is no such field."),
    "json_invalid": (
        "JSON hỏng ở ký tự thứ {at}: {error}.",
        "The JSON text is broken at character {at}: {error}.",
    ),
    "string_type": ("Cần chuỗi ký tự, nhận được {seen}.", "Expected text, got {seen}."),
    "string_too_short": (
        "Cần ít nhất {min_length} ký tự, nhận được {seen}.",
        "Expected at least {min_length} characters, got {seen}.",
    ),
    "string_too_long": (
        "Nhiều nhất {max_length} ký tự; chuỗi nhận được dài hơn.",
        "At most {max_length} characters; the text is longer.",
    ),
    "string_pattern_mismatch": (
        "{seen} không đúng mẫu {pattern}.",
        "{seen} does not match the pattern {pattern}.",
    ),
    "int_type": ("Cần số nguyên, nhận được {seen}.", "Expected an integer, got {seen}."),
    "int_parsing": ("Cần số nguyên, nhận được {seen}.", "Expected an integer, got {seen}."),
    "int_from_float": (
        "Cần số nguyên, nhận được số lẻ {seen}.",
        "Expected an integer, got the fraction {seen}.",
    ),
    "int_parsing_size": ("Số quá lớn.", "The number is too large."),
    "float_type": ("Cần một số, nhận được {seen}.", "Expected a number, got {seen}."),
    "float_parsing": ("Cần một số, nhận được {seen}.", "Expected a number, got {seen}."),
    "finite_number": ("Cần một số hữu hạn.", "Expected a finite number."),
    "decimal_type": ("Cần một số, nhận được {seen}.", "Expected a number, got {seen}."),
    "decimal_parsing": ("Cần số thập phân, nhận được {seen}.", "Expected a decimal, got {seen}."),
    "bool_type": ("Cần true hoặc false, nhận được {seen}.", "Expected true or false, got {seen}."),
    "bool_parsing": (
        "Cần true hoặc false, nhận được {seen}.",
        "Expected true or false, got {seen}.",
    ),
    "greater_than": ("Phải lớn hơn {gt}, nhận được {seen}.", "Must be above {gt}, got {seen}."),
    "greater_than_equal": (
        "Phải từ {ge} trở lên, nhận được {seen}.",
        "Must be at least {ge}, got {seen}.",
    ),
    "less_than": ("Phải nhỏ hơn {lt}, nhận được {seen}.", "Must be below {lt}, got {seen}."),
    "less_than_equal": (
        "Phải không quá {le}, nhận được {seen}.",
        "Must be at most {le}, got {seen}.",
    ),
    "literal_error": (
        "Phải là một trong {expected}; nhận được {seen}.",
        "Must be one of {expected}; got {seen}.",
    ),
    "enum": (
        "Phải là một trong {expected}; nhận được {seen}.",
        "Must be one of {expected}; got {seen}.",
    ),
    "too_short": (
        "Cần ít nhất {min_length} phần tử, nhận được {actual_length}.",
        "Expected at least {min_length} items, got {actual_length}.",
    ),
    "too_long": (
        "Nhiều nhất {max_length} phần tử, nhận được {actual_length}.",
        "At most {max_length} items, got {actual_length}.",
    ),
    "list_type": ("Cần một danh sách.", "Expected a list."),
    "dict_type": ("Cần một đối tượng JSON.", "Expected a JSON object."),
    "model_type": ("Cần một đối tượng JSON.", "Expected a JSON object."),
    "model_attributes_type": ("Cần một đối tượng JSON.", "Expected a JSON object."),
    "timezone_aware": (
        "Cần múi giờ, ví dụ 2026-01-31T00:00:00Z; nhận được {seen}.",
        "A time zone is needed, as in 2026-01-31T00:00:00Z; got {seen}.",
    ),
    "value_error": ("{error}", "{error}"),
    "assertion_error": ("{error}", "{error}"),
}
# Families that share a sentence: the start of pydantic's type.
_FAMILIES: Final[Sequence[tuple[str, tuple[str, str]]]] = (
    ("uuid", ("Cần một UUID, nhận được {seen}.", "Expected a UUID, got {seen}.")),
    (
        "datetime",
        (
            "Cần thời điểm có múi giờ như 2026-01-31T00:00:00Z, nhận được {seen}.",
            "Expected an instant like 2026-01-31T00:00:00Z, got {seen}.",
        ),
    ),
    (
        "date",
        (
            "Cần ngày dạng năm-tháng-ngày như 2026-01-31, nhận được {seen}.",
            "Expected a day like 2026-01-31, got {seen}.",
        ),
    ),
    ("decimal", ("Số {seen} quá nhiều chữ số.", "The number {seen} has too many digits.")),
    ("url", ("Cần một địa chỉ URL, nhận được {seen}.", "Expected a URL, got {seen}.")),
    (
        "union_tag",
        (
            "Trường phân loại thiếu hoặc không đúng.",
            "The field that tells the kind is missing or wrong.",
        ),
    ),
)
# What a pattern means, where an officer meets it every day.
_PATTERNS: Final[dict[str, tuple[str, str]]] = {
    DECIMAL: (
        "Cần một số như 47 hoặc 0.5, dấu thập phân là dấu chấm; nhận được {seen}.",
        "Expected a number like 47 or 0.5, with a point for decimals; got {seen}.",
    ),
}
_OTHERWISE: Final = ("{seen} không hợp lệ: {msg}.", "{seen} is not valid: {msg}.")


def in_words(pattern: str, vi: str, en: str) -> Any:
    """Return the constraint of a text that fits ``pattern``; what does not is refused in these words, with the value as {seen}."""
    _PATTERNS[pattern] = (vi, en)
    return Field(pattern=pattern)


def faults_of(found: Sequence[Mapping[str, Any]]) -> list[FieldError]:
    """Translate every finding, in the order of pydantic."""
    return [_fault(finding) for finding in found]


def shown(value: object) -> str:
    """Return the value as a person may see it: short; a structure is named, not printed. Masking is the door's."""
    if value is None:
        return "null"
    if isinstance(value, dict | list | tuple | set | bytes):
        return {dict: "{…}", bytes: "…"}.get(type(value), "[…]")
    text = str(value)
    if len(text) > LONGEST_SHOWN:
        text = text[:LONGEST_SHOWN] + "…"
    return f"“{text}”" if isinstance(value, str) else text


def _fault(finding: Mapping[str, Any]) -> FieldError:
    kind = str(finding["type"])
    context = {**finding.get("ctx", {})}
    loc = finding["loc"]
    bilingual = getattr(context.get("error"), "message_vi", None)
    if bilingual is not None:
        error = context["error"]
        return FieldError(pointer(loc), error.code, error.message_vi, error.message_en)
    seen = shown(finding.get("input"))
    values = {**context, "seen": seen, "msg": finding["msg"], "at": loc[-1] if loc else 0}
    expected = str(context.get("expected", "")).replace(" or ", " hoặc ")  # pydantic's own list
    if isinstance(finding.get("input"), str):  # of a text that another rule has gone over first
        kind_said = {"too_short": "string_too_short", "too_long": "string_too_long"}.get(kind, kind)
    else:
        kind_said = kind
    vi, en = _PATTERNS.get(context.get("pattern", ""), _sentences(kind_said))
    where = "" if kind == "json_invalid" else pointer(loc)
    said = vi.format_map(values | {"expected": expected})
    return FieldError(where, kind, said, en.format_map(values))


def _sentences(kind: str) -> tuple[str, str]:
    if kind in _SENTENCES:
        return _SENTENCES[kind]
    return next((said for start, said in _FAMILIES if kind.startswith(start)), _OTHERWISE)


def pointer(loc: Sequence[str | int]) -> str:
    """Return the JSON pointer of pydantic's location: a body field, or ``#query/name``."""
    start, rest = _PLACES.get(str(loc[0]), ""), loc[1:]
    if rest and rest[-1] == KEY:
        rest = rest[:-1]
    return start + "".join(f"/{str(p).replace('~', '~0').replace('/', '~1')}" for p in rest)
