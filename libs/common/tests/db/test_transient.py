"""What may pass is tried again; what will never pass is not."""

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from pq_common.db.transient import is_transient


class Refusal(Exception):
    """What a driver says, with its code."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


def lost() -> Refusal:
    error = Refusal(None)
    error.__cause__ = ConnectionResetError()
    return error


@pytest.mark.parametrize(
    "error",
    [
        IntegrityError("", {}, Refusal("23505")),
        ProgrammingError("", {}, Refusal("42P01")),
        DBAPIError("", {}, Refusal("22003")),
        DBAPIError("", {}, Refusal(None)),
        asyncpg.UniqueViolationError(),
        ZeroDivisionError(),
    ],
    ids=repr,
)
def test_what_will_never_pass(error: Exception) -> None:
    assert not is_transient(error)


@pytest.mark.parametrize(
    "error",
    [
        DBAPIError("", {}, Refusal("40P01")),
        DBAPIError("", {}, Refusal("40001")),
        DBAPIError("", {}, Refusal("57P01")),
        DBAPIError("", {}, Refusal("53300")),
        DBAPIError("", {}, Refusal(None), connection_invalidated=True),
        DBAPIError("", {}, lost()),
        PoolExhausted(),
        asyncpg.CannotConnectNowError(),
        asyncpg.InterfaceError("closed"),
        asyncpg.InternalClientError("cannot switch to state 15"),
        ConnectionRefusedError(),
        TimeoutError(),
    ],
    ids=repr,
)
def test_what_may_pass(error: Exception) -> None:
    assert is_transient(error)
