"""Tell a database that refuses these values from one that refuses us."""

from typing import Final

from sqlalchemy.exc import DBAPIError

_REFUSING_CLASSES: Final = ("22", "23")
"""Data exceptions (a NUL in a text, too long, out of range) and broken constraints."""


def is_refusal(error: DBAPIError) -> bool:
    """Say whether the database refused what it was given: other values might have passed.

    SQLAlchemy's asyncpg dialect never raises its ``DataError``: what the server and the driver say of data comes
    as a plain ``DBAPIError``. So the class is read from the SQLSTATE, which both of them give.
    """
    return str(getattr(error.orig, "sqlstate", "")).startswith(_REFUSING_CLASSES)
