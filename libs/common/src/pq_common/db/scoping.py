"""The first wall: what a session reads or changes is narrowed to the places its caller may see.

Row-level security (``rls``) is the second wall, and asks nothing of this one: either alone holds.
"""

from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import ColumnElement, event, literal_column, or_, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from pq_common.places import NATION

Scope = frozenset[str] | Literal["*"]
_SCOPE = "pq_scope"


class _Unmapped:
    """What the criterion below is first read against; each class has a column of its own, in its own order."""

    def __get__(self, row: object, owner: type) -> ColumnElement[Any]:
        return literal_column("place_id")


class Placed:
    """Mixed into the class of every table whose rows belong to the place in ``place_id`` (``rls.PLACED``)."""

    if not TYPE_CHECKING:
        place_id = _Unmapped()


class PlacedOrNational:
    """Mixed in instead of ``Placed`` where every caller who has a place also reads the rows of the nation (``rls.READS_NATION``)."""

    if not TYPE_CHECKING:
        place_id = _Unmapped()


class ScopedSession(Session):
    """A session whose statements about placed rows see those of its scope; before one is named, what the database lets pass."""


def remember(session: AsyncSession, scope: Scope) -> None:
    """Narrow what the session says from now on to these places."""
    session.info[_SCOPE] = scope


def may_see(session: AsyncSession, place_id: str) -> bool:
    """Say whether a row of this place is in scope, for statements that go to the driver as they stand."""
    scope: Scope = session.info.get(_SCOPE, "*")
    return scope == "*" or place_id in scope


def in_scope(session: AsyncSession, place_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition for a table without a class, whose rows of no place are everybody's."""
    scope: Scope = session.info.get(_SCOPE, "*")
    return true() if scope == "*" else or_(place_id.is_(None), place_id.in_(sorted(scope)))


@event.listens_for(ScopedSession, "do_orm_execute")
def _narrow(asked: ORMExecuteState) -> None:
    scope: Scope = asked.session.info.get(_SCOPE, "*")
    if scope == "*" or not asked.is_orm_statement or asked.is_insert:
        return
    changed = sorted(scope)
    read = sorted(scope | {NATION}) if scope and asked.is_select else changed
    asked.statement = asked.statement.options(
        with_loader_criteria(Placed, lambda row: row.place_id.in_(changed), include_aliases=True),
        with_loader_criteria(
            PlacedOrNational, lambda row: row.place_id.in_(read), include_aliases=True
        ),
    )
