"""Pages by key, not by number: the next page begins after the last key seen, so inserts move nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVarTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import TypeDecorator, TypeEngine

KeyValue = str | int | date | datetime | UUID | Decimal
Columns = TypeVarTuple("Columns")
Column = ColumnElement[Any] | InstrumentedAttribute[Any]


class KeyMismatch(ValueError):
    """The key of a page does not fit the columns of the list."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Where a page begins (after this key, or at the start) and how many rows it has."""

    limit: int
    after: tuple[KeyValue, ...] | None = None

    def of(
        self, statement: Select[*Columns], *columns: Column, descending: bool = False
    ) -> Select[*Columns]:
        """Order by these columns (not null, together unique), begin after the key, ask for one row more than the page.

        Raises KeyMismatch when the key was made for other columns.
        """
        if self.after is not None:
            key = _bound(self.after, columns)
            row = tuple_(*columns)
            statement = statement.where(row < key if descending else row > key)
        order = [column.desc() if descending else column.asc() for column in columns]
        return statement.order_by(*order).limit(self.limit + 1)


def _bound(values: Sequence[KeyValue], columns: Sequence[Column]) -> Any:
    if len(values) != len(columns):
        raise KeyMismatch(f"{len(values)} values for {len(columns)} columns")
    for value, column in zip(values, columns, strict=True):
        if type(value) is not _python_type(column.type):
            raise KeyMismatch(f"{type(value).__name__} for {column}")
    return tuple_(*(literal(v, c.type) for v, c in zip(values, columns, strict=True)))


def _python_type(kind: TypeEngine[Any]) -> type[Any]:
    # A decorated type (our Instant) says "object" of itself.
    inner = kind.impl_instance if isinstance(kind, TypeDecorator) else kind
    return inner.python_type
