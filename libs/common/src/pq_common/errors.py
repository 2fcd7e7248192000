"""One tree of errors; each class carries a stable public code, the HTTP status is chosen at the door.

A message says, in Vietnamese and in English, what was seen and what would be right.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self


@dataclass(frozen=True, slots=True)
class FieldError:
    """One fault in one place. ``pointer`` is a JSON pointer (RFC 6901) or ``#query/name``, ``#header/name``, ``#row/7/C17``."""

    pointer: str
    code: str
    message_vi: str
    message_en: str


class PqError(Exception):
    """Anything we refuse to do, said so that a tired officer knows what to do next."""

    code: ClassVar[str] = "error"
    title_vi: ClassVar[str] = "Lỗi"
    title_en: ClassVar[str] = "Error"

    def __init__(
        self,
        message_vi: str,
        message_en: str,
        *,
        errors: Sequence[FieldError] = (),
        **extra: object,
    ) -> None:
        super().__init__(message_en)
        self.message_vi = message_vi
        self.message_en = message_en
        self.errors = tuple(errors)
        self.extra = extra  # further members of the problem document, e.g. ``successors``

    @classmethod
    def at(cls, pointer: str, message_vi: str, message_en: str, **extra: object) -> Self:
        """Return the refusal of one member, which a form marks and a table finds its cell by."""
        fault = FieldError(pointer, cls.code, message_vi, message_en)
        return cls(message_vi, message_en, errors=[fault], **extra)

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel whole between processes: by itself an exception would carry its English sentence alone."""
        return _again, (type(self), self.message_vi, self.message_en, self.errors, self.extra)


def _again(
    kind: type[PqError],
    vi: str,
    en: str,
    errors: Sequence[FieldError],
    extra: Mapping[str, object],
) -> PqError:
    return kind(vi, en, errors=errors, **extra)


class Invalid(PqError):
    """The request says something that cannot be: 422."""

    code = "invalid"
    title_vi, title_en = "Dữ liệu không hợp lệ", "Invalid data"


class NotFound(PqError):
    """Nothing here under that name, or nothing in the caller's scope: 404."""

    code = "not_found"
    title_vi, title_en = "Không tìm thấy", "Not found"


class Gone(PqError):
    """It was here and is no more; ``successors`` says where it went: 410."""

    code = "gone"
    title_vi, title_en = "Không còn tồn tại", "Gone"


class NotAuthenticated(PqError):
    """We do not know who is calling: 401."""

    code = "not_authenticated"
    title_vi, title_en = "Chưa xác thực", "Not authenticated"


class NotPermitted(PqError):
    """We know who is calling, and they may not: 403."""

    code = "not_permitted"
    title_vi, title_en = "Không có quyền", "Not permitted"


class RuleViolated(PqError):
    """A rule of the programme forbids it in the present state: 409."""

    code = "rule_violated"
    title_vi, title_en = "Trái quy định", "Rule violated"
