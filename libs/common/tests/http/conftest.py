"""A throw-away service with two resources on a real database: notes (of a place, changeable) and words (public)."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio
from fastapi import APIRouter, FastAPI, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import Column, Integer, Table, Text, Uuid, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from pq_common.contracts.event import Event, EventData, Mode
from pq_common.db import outbox
from pq_common.db.provision import Urls
from pq_common.db.rls import placed, unplaced
from pq_common.db.schema import Instant, new_metadata
from pq_common.errors import FieldError, Invalid, NotFound, RuleViolated
from pq_common.http.app import build
from pq_common.http.auth import Actor, require
from pq_common.http.changes import changes_router
from pq_common.http.etag import IfMatch, etag, not_modified
from pq_common.http.exports import ExportKind, export_work, exports_router
from pq_common.http.idempotency import Answer, Once
from pq_common.http.import_work import import_work, parsed_by
from pq_common.http.imports import ImportKind, imports_router
from pq_common.http.issuer import DevelopmentIssuer
from pq_common.http.job_runner import JobRunner
from pq_common.http.jobs import jobs_router
from pq_common.http.pages import Page, Paging
from pq_common.http.planned import PlannedRoute
from pq_common.http.session import PublicSession, Session
from pq_common.http.times import KnownAt, ValidAt
from pq_common.http.wire import Command
from pq_common.settings import CommonSettings
from pq_common.tables_io.rows import Column as SentColumn
from pq_common.testing.api import MakeSettings, OpenClient
from pq_common.testing.fixtures import DatabaseFor, administer, run_apart

metadata = new_metadata()
note = Table(
    "note",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("place_id", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("amount", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("written_at", Instant, nullable=False, server_default=text("now()")),
)
word = Table("word", metadata, Column("word", Text, primary_key=True))
TABLES = """
CREATE TABLE note (id uuid PRIMARY KEY, place_id text NOT NULL, title text NOT NULL, amount integer NOT NULL,
  version integer NOT NULL, written_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT uq_note_title UNIQUE (title) DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE word (word text PRIMARY KEY);
INSERT INTO word VALUES ('đồng'), ('an'), ('ba')
"""


class NoteWritten(EventData):
    """A note was written."""

    TYPE = "pq.common.note.written.v1"
    title: str


class AmountTooLarge(RuleViolated):
    """More than the rule allows."""

    code = "note_amount_too_large"


class NoteNotFound(NotFound):
    """No such note."""

    code = "note_not_found"


class NoteIn(Command):
    """A new note."""

    place_id: str = Field(max_length=40, examples=["vn-33-2025"])
    title: str = Field(min_length=1, max_length=80, examples=["Ghi chú"])
    amount: int = Field(ge=0, le=2_000_000_000, examples=[5])


class NoteChange(Command):
    """What may change."""

    amount: int = Field(ge=0, le=2_000_000_000, examples=[6])


class NoteOut(BaseModel):
    """A note."""

    id: UUID
    place_id: str = Field(examples=["vn-33-2025"])
    title: str = Field(examples=["Ghi chú"])
    amount: int = Field(examples=[5])
    version: int = Field(examples=[1])

    @classmethod
    def of(cls, row: Any) -> "NoteOut":
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class WordOut(BaseModel):
    """A word."""

    word: str = Field(examples=["an"])


Officer = Annotated[Actor, require("province-officer", "ministry-admin")]


async def write_note(session: AsyncSession, said: NoteIn, mode: Mode) -> NoteOut:
    if said.amount > 1_000_000:
        raise AmountTooLarge("Số quá lớn theo quy định.", "More than the rule allows.")
    row = {"id": uuid4(), "version": 1, **said.model_dump()}
    await session.execute(insert(note).values(**row))
    happened = Event(
        data=NoteWritten(title=said.title),
        subject=str(row["id"]),
        version=1,
        occurred_at=datetime.now(UTC),
        place_id=said.place_id,
        mode=mode,
    )
    await outbox.emit(session, happened)
    return NoteOut(**row)


async def note_of(session: AsyncSession, note_id: UUID) -> Any:
    row = (
        await session.execute(select(note).where(note.c.id == note_id).with_for_update())
    ).one_or_none()
    if row is None:
        raise NoteNotFound("Không có ghi chú này.", "There is no such note.")
    return row


def notes_router() -> APIRouter:
    router = APIRouter(route_class=PlannedRoute, tags=["notes"])

    @router.get("/notes", summary="List notes")
    async def list_notes(
        session: Session, actor: Officer, paging: Paging, place: str | None = None
    ) -> Page[NoteOut]:
        statement = select(note)
        if place:
            statement = statement.where(note.c.place_id == place)
        found = (
            await session.execute(paging.slice.of(statement, note.c.written_at, note.c.id))
        ).all()
        return paging.page(found, NoteOut.of, key=lambda row: (row.written_at, row.id))

    @router.get("/notes/{note_id}", summary="Read a note", response_model=NoteOut)
    async def read_note(
        note_id: UUID,
        request: Request,
        response: Response,
        session: Session,
        actor: Officer,
        valid_at: ValidAt = None,
        known_at: KnownAt = None,
    ) -> Any:
        row = await note_of(session, note_id)
        tag = etag(row.version)
        response.headers["ETag"] = tag
        return not_modified(request, tag) or NoteOut.of(row)

    @router.post("/notes", summary="Write a note", status_code=201, response_model=NoteOut)
    async def post_note(said: NoteIn, once: Once, session: Session, actor: Officer) -> Response:
        async def make() -> Answer:
            written = await write_note(session, said, "official")
            return Answer(201, written, {"ETag": etag(1), "Location": f"notes/{written.id}"})

        return await once.do(make)

    @router.patch("/notes/{note_id}", summary="Change a note")
    async def change_note(
        note_id: UUID, said: NoteChange, if_match: IfMatch, session: Session, actor: Officer
    ) -> NoteOut:
        row = await note_of(session, note_id)
        if_match.check(etag(row.version))
        changed = (
            update(note)
            .where(note.c.id == note_id)
            .values(amount=said.amount, version=row.version + 1)
            .returning(*note.c)
        )
        return NoteOut.of((await session.execute(changed)).one())

    return router


def words_router() -> APIRouter:
    router = APIRouter(tags=["words"])

    @router.get("/words", summary="List words")
    async def list_words(session: PublicSession, paging: Paging) -> Page[WordOut]:
        found = (await session.execute(paging.slice.of(select(word), word.c.word))).all()
        return paging.page(found, lambda row: WordOut(word=row.word), key=lambda row: (row.word,))

    return router


def faults_router() -> APIRouter:
    """Operations that go wrong on purpose; in no document."""
    router = APIRouter(prefix="/faults", include_in_schema=False)

    @router.get("/boom")
    async def boom() -> dict[str, str]:
        raise RuntimeError("secret 012345678901")

    @router.get("/write-in-public")
    async def write_in_public(session: PublicSession) -> dict[str, str]:
        await session.execute(insert(word).values(word="cấm"))
        return {}

    @router.get("/unscoped")
    async def unscoped(session: PublicSession) -> dict[str, int]:
        return {"notes": len((await session.execute(select(note))).all())}

    @router.post("/killed-before-commit")
    async def killed(session: Session, request: Request) -> dict[str, str]:
        pid = (await session.execute(text("SELECT pg_backend_pid()"))).scalar_one()
        await session.execute(insert(word).values(word="mất"))
        await administer(request.app.state.admin_url, f"SELECT pg_terminate_backend({pid})")
        return {"answered": "yes"}

    @router.get("/lists")
    async def lists(numbers: Annotated[list[int] | None, Field()] = None) -> dict[str, str]:
        return {}

    return router


class SentNote(NoteIn):
    """A row of the form."""

    @classmethod
    def command(cls, values: Mapping[str, str | None]) -> "SentNote":
        found: SentNote = parsed_by(cls)(values)
        if found.title == "cấm":
            fault = FieldError("/title", "note_title_forbidden", "Tiêu đề cấm.", "Forbidden title.")
            raise Invalid(fault.message_vi, fault.message_en, errors=[fault])
        return found


async def apply_sent(
    session: AsyncSession, actor: Actor, said: SentNote, mode: Mode
) -> Literal["new", "changed", "unchanged"]:
    await write_note(session, NoteIn(**said.model_dump()), mode)
    return "new"


NOTES_IMPORT = ImportKind(
    name="notes",
    columns=(
        SentColumn("place_id", ("Địa bàn",)),
        SentColumn("title", ("Tiêu đề",)),
        SentColumn("amount", ("Số lượng", "SL")),
    ),
    parse=SentNote.command,
    apply=apply_sent,
    roles=("province-officer", "ministry-admin"),
)


async def exported(
    session: AsyncSession, actor: Actor, filters: Mapping[str, str], mode: Mode
) -> AsyncIterator[Mapping[str, object]]:
    statement = select(note).order_by(note.c.title)
    if "place" in filters:
        statement = statement.where(note.c.place_id == filters["place"])
    for row in await session.execute(statement):
        yield {"title": row.title, "amount": row.amount, "place_id": row.place_id}


NOTES_EXPORT = ExportKind(
    name="notes",
    columns=("place_id", "title", "amount"),
    rows=exported,
    roles=("province-officer", "ministry-admin"),
    filters=("place",),
)


def a_service(settings: CommonSettings) -> FastAPI:
    works = {
        NOTES_IMPORT.job_kind: import_work(NOTES_IMPORT, max_rows=settings.max_import_rows),
        NOTES_EXPORT.job_kind: export_work(NOTES_EXPORT, max_bytes=settings.max_export_bytes),
    }
    return build(
        "common",
        settings,
        routers=[
            notes_router(),
            words_router(),
            faults_router(),
            jobs_router(),
            changes_router("common"),
            imports_router(NOTES_IMPORT, tag="notes"),
            exports_router(NOTES_EXPORT, tag="notes"),
        ],
        parts=[JobRunner(works, poll_s=settings.poll_interval_s).running],
        description="A service for tests.",
    )


class Collected:
    """Takes the statements that ``rls`` helpers write."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def execute(self, sqltext: str, /) -> None:
        self.statements.append(sqltext)


@pytest.fixture
def urls(database_for: DatabaseFor) -> Urls:
    """A migrated database with the two tables."""
    made = database_for("pq_common")
    rights = Collected()
    placed(rights, "note", "common")
    unplaced(rights, "word", "common")
    run_apart(administer(made.owner, TABLES, *rights.statements))
    return made


@pytest.fixture
def make_app(urls: Urls, admin_url: str, settings_for: MakeSettings) -> Callable[..., FastAPI]:
    """The service, with other settings where a test needs them."""

    def make(**more: Any) -> FastAPI:
        app = a_service(settings_for(CommonSettings, urls, **more))
        app.state.admin_url = admin_url
        return app

    return make


@pytest.fixture
def app(make_app: Callable[..., FastAPI]) -> FastAPI:
    """The service."""
    return make_app()


@pytest_asyncio.fixture
async def stranger(app: FastAPI, open_client: OpenClient) -> httpx.AsyncClient:
    """A caller without a token."""
    return await open_client(app)


@pytest_asyncio.fixture
async def officer(
    app: FastAPI, open_client: OpenClient, issuer: DevelopmentIssuer
) -> httpx.AsyncClient:
    """An officer of Hưng Yên, the one merged with Thái Bình."""
    return await open_client(app, token=issuer.token("province-officer", places=["vn-33-2025"]))


@pytest_asyncio.fixture
async def neighbour(
    app: FastAPI, open_client: OpenClient, issuer: DevelopmentIssuer
) -> httpx.AsyncClient:
    """An officer of Hải Phòng."""
    return await open_client(app, token=issuer.token("province-officer", places=["vn-31-2025"]))


@pytest_asyncio.fixture
async def admin(
    app: FastAPI, open_client: OpenClient, issuer: DevelopmentIssuer
) -> httpx.AsyncClient:
    """Someone of the ministry."""
    return await open_client(app, token=issuer.token("ministry-admin"))


@pytest.fixture
def a_note() -> Callable[..., dict[str, Any]]:
    """Build the body of a new note; the title is new each time."""

    def make(**more: Any) -> dict[str, Any]:
        return {"place_id": "vn-33-2025", "title": f"Ghi chú {uuid4()}", "amount": 5, **more}

    return make
