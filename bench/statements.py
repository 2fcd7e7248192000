"""The statements of one command, taken from the service while it runs, and said again by asyncpg alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import httpx
from sqlalchemy import event
from uuid_utils.compat import uuid7

from bench import registry
from pq_common.db.provision import Urls
from pq_common.http.issuer import DevelopmentIssuer
from pq_registry.app import create_app
from pq_registry.settings import Settings

Statement = tuple[str, tuple[Any, ...]]
Transaction = Sequence[Statement]


@dataclass(frozen=True, slots=True)
class Recording:
    """One transaction of the service, and the texts in it that no second command may repeat."""

    statements: Transaction
    enterprise_id: str
    tax_code: str
    key: str

    def again(self) -> Transaction:
        """Return the same statements for another enterprise, under another key."""
        instead = {
            self.enterprise_id: str(uuid7()),
            self.tax_code: registry.body()["tax_code"],
            self.key: str(uuid7()),
        }
        return [
            (statement, tuple(_instead(value, instead) for value in values))
            for statement, values in self.statements
        ]


async def record(urls: Urls, issuer: DevelopmentIssuer) -> Recording:
    """Run the application in this process and write down what its second command says to the database."""
    app = create_app(Settings(**registry.settings(urls, issuer)))
    heard = _listen(app.state.database.engine.sync_engine)
    token = registry.officer(issuer)
    transport = httpx.ASGITransport(app)
    headers = [registry.headers(token) for _ in range(2)]
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://pq.bench") as client,
    ):
        for each in headers:
            answer = await client.post(registry.PATH, json=registry.body(), headers=each)
            answer.raise_for_status()
    said, key = answer.json(), headers[-1]["Idempotency-Key"]
    ours = [each for each in heard if any(key in values for _, values in each)]
    if len(ours) != 1:
        raise RuntimeError(f"a command should be one transaction; this one was {len(ours)}")
    return Recording(ours[0], said["enterprise_id"], said["tax_code"], key)


def _listen(engine: Any) -> list[Transaction]:
    """Return a list that grows by each transaction as it is committed.

    The service's own timers use the same engine, so each connection is heard apart.
    """
    committed: list[Transaction] = []
    under_way: dict[Any, list[Statement]] = {}

    def execute(on: Any, _: Any, statement: str, values: Any, *more: Any) -> None:
        rows = values if isinstance(values, list) else [values]
        under_way[on].extend((statement, tuple(row)) for row in rows)

    def begin(on: Any) -> None:
        under_way[on] = []

    def commit(on: Any) -> None:
        committed.append(under_way.pop(on))

    event.listen(engine, "begin", begin)
    event.listen(engine, "before_cursor_execute", execute)
    event.listen(engine, "commit", commit)
    return committed


async def say(connection: asyncpg.Connection, transactions: Iterable[Transaction]) -> None:
    """Say transactions from an iterator that others may share, until there are none left."""
    for transaction in transactions:
        async with connection.transaction():
            for statement, values in transaction:
                await connection.fetch(statement, *values)


def _instead(value: Any, instead: Mapping[str, str]) -> Any:
    if isinstance(value, UUID):
        return uuid7()
    for old, new in instead.items():
        if isinstance(value, str):
            value = value.replace(old, new)
        elif isinstance(value, bytes):
            value = value.replace(old.encode(), new.encode())
    return value
