"""One engine per role and database, and the scope of places that a transaction sees."""

from typing import Any, Final

from sqlalchemy import URL, make_url
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from pq_common.db import scoping, signals
from pq_common.db.driver_session import DriverSession
from pq_common.db.fixed_sql import say

EVERY_JOB: Final = "*"
_SET_SCOPE: Final = (
    "SELECT set_config('pq.places', $1, true), set_config('pq.actor', $2, true), "
    "set_config('pq.jobs', $3, true)"
)
_SET_JOBS: Final = "SELECT set_config('pq.jobs', $1, true)"


def async_url(url: str | URL) -> URL:
    """Return the address with our driver, whichever PostgreSQL driver it names."""
    return make_url(url).set(drivername="postgresql+asyncpg")


def connect_args(url: str | URL) -> dict[str, Any]:
    """Return the arguments for ``asyncpg.connect``; a socket folder travels as ``?host=/folder``."""
    parsed = make_url(url)
    host = parsed.host or parsed.query.get("host")
    port = parsed.port or parsed.query.get("port")
    given = {
        "host": host,
        "port": int(str(port)) if port else None,
        "user": parsed.username,
        "password": parsed.password,
        "database": parsed.database,
    }
    return {name: value for name, value in given.items() if value is not None}


def shown(url: str | URL) -> str:
    """Return host, port and database without user or password: equal for every role of one database."""
    given = connect_args(url)
    return f"{given.get('host')}:{given.get('port')}/{given.get('database')}"


class Database:
    """The connections of one role to one database. Nothing is opened before the first use."""

    def __init__(self, url: str, *, pool_size: int = 5) -> None:
        self.url = async_url(url)
        self.engine = create_async_engine(
            self.url,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=False,
            pool_use_lifo=True,
            connect_args={"server_settings": {"application_name": "pq", "jit": "off"}},
        )
        self._options: dict[str, Any] = {
            "expire_on_commit": False,
            "sync_session_class": scoping.ScopedSession,
            "info": {signals.DATABASE: shown(url)},
        }
        self.sessions = async_sessionmaker(self.engine, **self._options)

    def on_driver(self) -> DriverSession:
        """Return a session for one transaction of fixed statements, not yet begun."""
        return DriverSession(self.engine, **self._options)

    async def close(self) -> None:
        """Close every pooled connection."""
        await self.engine.dispose()


async def set_scope(
    session: AsyncSession,
    places: scoping.Scope,
    *,
    actor: str = "",
    jobs: str = "",
) -> None:
    """Say for this transaction which places' rows it sees and writes, and who asks; with none said it is none.

    An actor sees the jobs and the kept answers of its own. ``jobs`` adds jobs of others: ``EVERY_JOB``, for
    operators and runners, or those of one reach. No token can say it, whatever name it carries.
    """
    scoping.remember(session, places)
    named = places if places == "*" else ",".join(places)
    await say(session, _SET_SCOPE, [named, actor, jobs])


async def set_jobs(session: AsyncSession, jobs: str) -> None:
    """Say for the rest of this transaction whose jobs it sees beside the actor's own."""
    await say(session, _SET_JOBS, [jobs])
