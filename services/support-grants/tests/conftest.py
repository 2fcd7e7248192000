"""Builders of plans, reports and activities that show only what matters to a test."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date
from typing import Any, Literal

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from pq_common.contracts.plans import Plan, Span, TargetClause, Task
from pq_common.contracts.support_grants import Activity, Evidence, TaskReport
from pq_common.db.provision import Urls
from pq_common.db.session import Database, set_scope
from pq_common.http.issuer import DevelopmentIssuer
from pq_common.testing.api import MakeSettings, OpenClient
from pq_support_grants.app import create_app
from pq_support_grants.settings import Settings

Scope = frozenset[str] | Literal["*"]
Opens = Callable[[Scope], AbstractAsyncContextManager[AsyncSession]]


def _clause(code: str = "HY-04", **changes: Any) -> TargetClause:
    facts = {
        "code": code,
        "indicator": "HR-CLASS",
        "name_vi": "Lớp tập huấn",
        "name_en": "Training classes",
        "sentence": "Tổ chức khoảng 20 lớp tập huấn.",
        "comparator": "about",
        "value": "20",
        "unit": "lớp",
        "span": Span(first_year=2021, last_year=2025, printed="2021-2025"),
        "place_id": "vn-33-1997",
        "counting": "events",
    }
    return TargetClause.model_validate(facts | changes)


def _task(code: str = "HY-T1", **changes: Any) -> Task:
    facts = {
        "code": code,
        "group": 3,
        "is_group_inferred": True,
        "name_vi": "Tập huấn công cụ 5S",
        "name_en": "Training in 5S",
        "sentence": "Tập huấn công cụ 5S cho doanh nghiệp.",
        "lead_units": ("Sở Khoa học và Công nghệ",),
        "tools": ("5S",),
    }
    return Task.model_validate(facts | changes)


def _plan(code: str = "hung-yen-2021-2030", **changes: Any) -> Plan:
    facts = {
        "code": code,
        "level": "provincial",
        "title": "Kế hoạch nâng cao năng suất chất lượng tỉnh Hưng Yên",
        "issued_on": date(2021, 12, 1),
        "place_id": "vn-33-1997",
        "first_year": 2021,
        "last_year": 2030,
        "programmes": ("decision-1322",),
        "source": "VietQ, 05/12/2021",
        "targets": (_clause(),),
        "tasks": (_task(),),
    }
    return Plan.model_validate(facts | changes)


def _activity(**changes: Any) -> Activity:
    facts = {
        "activity_id": "01a2b3c4-0000-7000-8000-000000000001",
        "place_id": "vn-33-2025",
        "indicator": "HR-CLASS",
        "title": "Lớp tập huấn 5S tại Phố Nối",
        "starts_on": date(2025, 9, 8),
        "ends_on": date(2025, 9, 10),
        "quantity": "1",
        "unit": "lớp",
        "evidence": (Evidence(kind="decision", reference="12/QĐ-SKHCN"),),
    }
    return Activity.model_validate(facts | changes)


def _report(state: str = "under_way", **changes: Any) -> TaskReport:
    facts = {"task_code": "HY-T1", "state": state, "reported_on": date(2025, 11, 20)}
    return TaskReport.model_validate(facts | changes)


@pytest.fixture(scope="session")
def a_clause() -> Callable[..., TargetClause]:
    return _clause


@pytest.fixture(scope="session")
def a_task() -> Callable[..., Task]:
    return _task


@pytest.fixture(scope="session")
def a_plan() -> Callable[..., Plan]:
    return _plan


@pytest.fixture(scope="session")
def an_activity() -> Callable[..., Activity]:
    return _activity


@pytest.fixture(scope="session")
def a_report() -> Callable[..., TaskReport]:
    return _report


@pytest.fixture
def urls(database_for: Callable[[str], Urls]) -> Urls:
    return database_for("pq_support_grants")


@pytest.fixture
async def opened(urls: Urls) -> AsyncIterator[Opens]:
    """Open a transaction as the API role, in a scope; it commits at the end of its block."""
    database = Database(urls.api)

    @asynccontextmanager
    async def transaction(places: Scope) -> AsyncIterator[AsyncSession]:
        async with database.sessions.begin() as session:
            await set_scope(session, places)
            yield session

    yield transaction
    await database.close()


@pytest.fixture
async def owned(urls: Urls) -> AsyncIterator[Database]:
    """The database as the worker role, which sees every row: to look at what was written."""
    database = Database(urls.worker)
    yield database
    await database.close()


@pytest.fixture
def app(urls: Urls, settings_for: MakeSettings) -> FastAPI:
    return create_app(settings_for(Settings, urls))


@pytest.fixture
def officer_of(
    app: FastAPI, issuer: DevelopmentIssuer, open_client: OpenClient
) -> Callable[..., Awaitable[httpx.AsyncClient]]:
    """A province officer of these places, at the door."""

    async def come(*places: str) -> httpx.AsyncClient:
        return await open_client(app, token=issuer.token("province-officer", places=list(places)))

    return come


@pytest.fixture
async def ministry(
    app: FastAPI, issuer: DevelopmentIssuer, open_client: OpenClient
) -> httpx.AsyncClient:
    return await open_client(app, token=issuer.token("ministry-admin"))


@pytest.fixture
async def stranger(app: FastAPI, open_client: OpenClient) -> httpx.AsyncClient:
    """Somebody without a token."""
    return await open_client(app)
