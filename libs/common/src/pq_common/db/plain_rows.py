"""Rows that are made, inserted by a fixed statement and read from, and are no part of SQLAlchemy's bookkeeping.

A mapped object keeps a history of every attribute that is set, for a flush that such a row never meets; with two
dozen columns that costs more than the INSERT does here.
"""

from dataclasses import make_dataclass
from operator import attrgetter
from typing import Any, TypeVar, cast

from sqlalchemy import inspect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapper

from pq_common.db.fixed_sql import insert_into, say

R = TypeVar("R")


def plain(mapped: type[R]) -> type[R]:
    """Return a class with the columns of this one as plain attributes, None unless given; types call it the same."""
    names = [column.key for column in inspect(mapped).column_attrs]
    made = make_dataclass(
        f"Plain{mapped.__name__}", [(name, Any, None) for name in names], kw_only=True
    )
    return cast("type[R]", made)


class Insert:
    """The INSERT of one row of a mapped class, said at once and outside of what a session holds back."""

    def __init__(self, mapped: type) -> None:
        mapper: Mapper[Any] = inspect(mapped)
        table: Any = mapper.local_table
        self._statement = insert_into(table)
        self._values = attrgetter(
            *(mapper.get_property_by_column(each).key for each in table.columns)
        )

    async def __call__(self, session: AsyncSession, row: Any) -> None:
        """Insert the row, which has an attribute for each column."""
        await say(session, self._statement, self._values(row))
