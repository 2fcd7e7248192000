"""Who is calling: an actor made from the token's claims, never from the body."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import Depends, Request, params

from pq_common import places
from pq_common.errors import NotAuthenticated, NotPermitted, PqError

Role = Literal[
    "ministry-admin",
    "ministry-analyst",
    "province-officer",
    "certification-body",
    "enterprise",
    "agency",
    "public",
]
ROLES: frozenset[str] = frozenset(Role.__args__)  # type: ignore[attr-defined]  # how typing keeps them
NATIONWIDE = frozenset({"ministry-admin", "ministry-analyst"})


@dataclass(frozen=True, slots=True)
class Actor:
    """A caller: what the token says, and the places that follow from it."""

    id: str
    roles: frozenset[str]
    places: frozenset[str] = frozenset()
    """As the token names them; ``scope`` adds their predecessors."""
    scopes: frozenset[str] = frozenset()
    body_id: str | None = None
    enterprise_code: str | None = None
    scope: frozenset[str] | Literal["*"] = frozenset()

    @property
    def is_public(self) -> bool:
        """Tell whether the caller showed no token."""
        return self.roles == {"public"}

    @property
    def reach(self) -> str:
        """Return what makes two callers the same one for an import: its receipt, its job and its rows are theirs alike."""
        named = sorted(self.places)
        return json.dumps([sorted(self.roles), named, self.body_id, self.enterprise_code])

    def allows(self, place_id: str | None) -> bool:
        """Tell whether rows of this place are in scope; rows of no place are everybody's."""
        return place_id is None or self.scope == "*" or place_id in self.scope

    def has(self, *roles: str) -> bool:
        """Tell whether the caller has one of these roles."""
        return not self.roles.isdisjoint(roles)


PUBLIC = Actor(id="public", roles=frozenset({"public"}))


def actor_of(claims: Mapping[str, Any]) -> Actor:
    """Return the actor that these verified claims describe. Raises NotAuthenticated when they make no sense."""
    roles = _texts(claims, "roles")
    if not roles or not roles <= ROLES - {"public"}:
        raise unreadable("roles")
    named = _texts(claims, "places")
    return Actor(
        id=str(claims["sub"]),
        roles=roles,
        places=named,
        scopes=frozenset(str(claims.get("scope", "")).split()),
        body_id=_text(claims, "body_id"),
        enterprise_code=_text(claims, "enterprise_code"),
        scope=_scope(roles, named),
    )


def unreadable(claim: str) -> NotAuthenticated:
    """Return the refusal of a token whose claim we cannot use."""
    return NotAuthenticated(
        f"Thẻ truy cập có trường {claim} thiếu hoặc không dùng được: xin cấp lại thẻ.",
        f"The token's claim {claim} is missing or unusable: ask for a new token.",
    )


async def current_actor(request: Request) -> Actor:
    """Return who is calling, as ``admission`` found it; ``openapi`` documents the bearer scheme."""
    actor: Actor = request.state.actor
    return actor


CurrentActor = Annotated[Actor, Depends(current_actor)]


class Require:
    """A dependency that lets these roles through; an ``agency`` needs the scope as well, when one is named."""

    def __init__(self, roles: frozenset[str], scope: str | None) -> None:
        if unknown := roles - ROLES:
            raise ValueError(f"not roles: {sorted(unknown)}")
        self.roles = roles
        self.scope = scope

    async def __call__(self, request: Request) -> Actor:
        """Return the actor or raise NotAuthenticated, NotPermitted."""
        # Asked here and not depended on: FastAPI walks what a dependency depends on each time it meets it.
        actor = await current_actor(request)
        if actor.is_public and "public" not in self.roles:
            raise NotAuthenticated(
                "Cần thẻ truy cập: gửi đầu mục Authorization: Bearer <thẻ>.",
                "A token is needed: send the header Authorization: Bearer <token>.",
            )
        if not actor.has(*self.roles):
            wanted = ", ".join(sorted(self.roles))
            raise NotPermitted(
                f"Việc này dành cho vai trò {wanted}; thẻ của bạn mang {', '.join(sorted(actor.roles))}.",
                f"This is for the roles {wanted}; your token has {', '.join(sorted(actor.roles))}.",
            )
        if self.scope and actor.roles & self.roles == {"agency"} and self.scope not in actor.scopes:
            raise NotPermitted(
                f"Thẻ của cơ quan thiếu phạm vi {self.scope}.",
                f"The agency's token lacks the scope {self.scope}.",
            )
        return actor


def require(*roles: Role, scope: str | None = None) -> Any:
    """Return a dependency for ``Annotated[Actor, require(...)]`` or ``dependencies=[require(...)]``."""
    dependency: params.Depends = Depends(Require(frozenset(roles), scope))
    return dependency


def _scope(roles: frozenset[str], named: frozenset[str]) -> frozenset[str] | Literal["*"]:
    if roles & NATIONWIDE or "*" in named:
        return "*"
    try:
        return places.scope(named)
    except (PqError, KeyError, ValueError):
        raise unreadable("places") from None


def _texts(claims: Mapping[str, Any], name: str) -> frozenset[str]:
    value = claims.get(name, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise unreadable(name)
    return frozenset(value)


def _text(claims: Mapping[str, Any], name: str) -> str | None:
    value = claims.get(name)
    if value is not None and (not isinstance(value, str) or not value):
        raise unreadable(name)
    return value
