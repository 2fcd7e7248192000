"""Whom a token of the development issuer is for; one that would open nothing is not made."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast, get_args

from pq_common import places
from pq_common.codes import CodeInvalid, EnterpriseCode
from pq_common.errors import FieldError, Invalid
from pq_common.http.auth import Role
from pq_common.http.issuer import DevelopmentIssuer

ROLES_TO_GIVE = tuple(name for name in get_args(Role) if name != "public")
NEEDS = {
    "province-officer": ("place", "vn-33-2025"),
    "certification-body": ("body", "to-chuc-minh-hoa-01"),
    "enterprise": ("enterprise", "9999999997"),
    "agency": ("scope", "changes:read"),
}
"""What a role cannot do without, and an example of it."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """A role with its places (ids), scopes, certification body and enterprise (tax code)."""

    role: str
    place: tuple[str, ...] = ()
    scope: tuple[str, ...] = ()
    body: str | None = None
    enterprise: str | None = None

    def token(self, issuer: DevelopmentIssuer, *, lifetime_s: int) -> str:
        """Return a signed token. Raises Invalid with every reason, NotFound for a place that is none."""
        if faults := list(self._faults()):
            raise Invalid(
                " ".join(one.message_vi for one in faults),
                " ".join(one.message_en for one in faults),
                errors=faults,
            )
        for one in self.place:
            places.place(one)
        claims: dict[str, Any] = {
            "scope": " ".join(self.scope) or None,
            "body_id": self.body,
            "enterprise_code": self.enterprise,
        }
        given = {name: value for name, value in claims.items() if value is not None}
        role = cast(Role, self.role)
        return issuer.token(role, places=self.place, lifetime_s=lifetime_s, **given)

    def _faults(self) -> Iterator[FieldError]:
        known = ", ".join(ROLES_TO_GIVE)
        if self.role not in ROLES_TO_GIVE:
            yield FieldError(
                "#option/role", "role_unknown",
                f"Không có vai trò {self.role!r}; hãy chọn {known}.",
                f"There is no role {self.role!r}; choose one of {known}.",
            )  # fmt: skip
        option, example = NEEDS.get(self.role, ("role", ""))
        if not getattr(self, option):
            yield FieldError(
                f"#option/{option}", "option_missing",
                f"Vai trò {self.role} cần --{option}, ví dụ {example}.",
                f"The role {self.role} needs --{option}, for example {example}.",
            )  # fmt: skip
        if self.enterprise is not None:
            yield from self._code_faults(self.enterprise)

    @staticmethod
    def _code_faults(code: str) -> Iterator[FieldError]:
        try:
            EnterpriseCode(code)
        except CodeInvalid as reason:
            yield FieldError(
                "#option/enterprise", reason.code, reason.message_vi, reason.message_en
            )
