"""Certification remembers what the registry says of an enterprise, once, and the last word counts."""

from datetime import UTC, date, datetime
from uuid import uuid4

from sqlalchemy import select, text

from pq_certification.consumers import remember
from pq_certification.storage import certificates
from pq_certification.storage.tables import KnownEnterprise
from pq_common.contracts.registry import Enterprise, EnterpriseChanged, EnterpriseRegistered
from pq_common.db.provision import Urls
from pq_common.db.session import Database, set_scope
from pq_common.events.reader import Incoming


def said(version: int, name: str, kind: str = EnterpriseRegistered.TYPE) -> Incoming:
    enterprise = Enterprise(
        enterprise_id="e1", name=name, legal_form="CTCP", place_id="vn-33-2025", status="ACTIVE",
        valid_from=date(2025, 8, 1),
    )  # fmt: skip
    data = (
        EnterpriseRegistered(enterprise=enterprise)
        if kind == EnterpriseRegistered.TYPE
        else EnterpriseChanged(enterprise=enterprise, changed=("name",))
    )
    return Incoming(
        type=kind, subject="e1", version=version, mode="demo", occurred_at=datetime.now(UTC), id=str(uuid4()),
        topic="pq.registry.enterprise.events.v1", partition=0, position=version,
        data=data.model_dump_json().encode(),
    )  # fmt: skip


async def test_a_rebuild_that_tells_old_words_again_leaves_the_last_one(urls: Urls) -> None:
    worker = Database(urls.worker)
    try:
        async with worker.engine.begin() as connection:
            await remember(connection, [said(2, "mới", EnterpriseChanged.TYPE)])
            await remember(connection, [said(1, "cũ")])
            names = await connection.execute(text("SELECT name, version FROM known_enterprise"))
            assert names.all() == [("mới", 2)]
    finally:
        await worker.close()


async def test_the_last_word_of_a_batch_is_remembered_in_scope_alone(urls: Urls) -> None:
    worker, api = Database(urls.worker), Database(urls.api)
    try:
        async with worker.engine.begin() as connection:
            await remember(connection, [said(1, "cũ"), said(2, "mới", EnterpriseChanged.TYPE)])
            await remember(connection, [])
        async with api.sessions.begin() as session:
            assert (await session.execute(select(KnownEnterprise))).all() == []
            await set_scope(session, frozenset({"vn-33-2025"}))
            known = await certificates.known_enterprise(session, "e1", "demo")
            assert known is not None
            assert (known.name, known.version) == ("mới", 2)
            assert await certificates.known_enterprise(session, "e1", "official") is None
        async with worker.engine.begin() as connection:
            assert await connection.scalar(text("SELECT count(*) FROM known_enterprise")) == 1
    finally:
        await worker.close()
        await api.close()
