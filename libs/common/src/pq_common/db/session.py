"""One engine per role and database, and the scope of places that a transaction sees."""

from typing import Any, Literal

from sqlalchemy import URL, make_url, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

_SET_SCOPE = text("SELECT set_config('pq.places', :places, true)")


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
        self.sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    async def close(self) -> None:
        """Close every pooled connection."""
        await self.engine.dispose()


async def set_scope(session: AsyncSession, places: frozenset[str] | Literal["*"]) -> None:
    """Say for this transaction which places' rows it sees and writes; with none said it is none."""
    await session.execute(_SET_SCOPE, {"places": places if places == "*" else ",".join(places)})
