"""Builders of plans and reports, and the whole way from an event on the bus to the projection."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from services.reporting.tests.told_of_tfp import NOON, Said, accounts, compared, published

from pq_common.contracts.event import Event, EventData, Mode, topic_of
from pq_common.contracts.plans import Plan
from pq_common.contracts.support_grants import Activity, ActivityReported, PlanIssued
from pq_common.db.provision import urls_of
from pq_common.db.session import Database, async_url
from pq_common.events import rebuild
from pq_common.events.bus import Bus, Message, Place
from pq_common.events.cloudevents import message_of
from pq_common.events.postgres import PostgresBus
from pq_common.events.reader import Reader, ReaderOptions
from pq_common.events.topics import every_topic
from pq_common.http.issuer import DevelopmentIssuer
from pq_common.testing.buses import BusAddress
from pq_common.testing.fixtures import PASSWORDS, DatabaseFor, administer, run_apart
from pq_reporting.app import create_app
from pq_reporting.consumers import PROJECTION
from pq_reporting.settings import Settings


def _clause(code: str = "HY-04", **changes: Any) -> dict[str, Any]:
    return {
        "code": code, "indicator": "HR-CLASS", "name_vi": "Lớp tập huấn", "name_en": "Training classes",
        "sentence": "Tổ chức khoảng 20 lớp tập huấn.", "comparator": "about", "value": "20", "unit": "lớp",
        "span": {"first_year": 2021, "last_year": 2025, "printed": "2021-2025"},
        "place_id": "vn-33-1997", "counting": "events",
    } | changes  # fmt: skip


def _task(code: str = "HY-T1", **changes: Any) -> dict[str, Any]:
    return {
        "code": code, "group": 4, "is_group_inferred": True, "name_vi": "Tập huấn công cụ 5S",
        "name_en": "Training in 5S", "sentence": "Tập huấn công cụ 5S cho doanh nghiệp.",
    } | changes  # fmt: skip


def _plan(code: str = "hung-yen-2021-2030", **changes: Any) -> Plan:
    facts = {
        "code": code, "level": "provincial", "title": "Kế hoạch nâng cao năng suất chất lượng tỉnh Hưng Yên",
        "issued_on": date(2021, 12, 1), "place_id": "vn-33-1997", "first_year": 2021, "last_year": 2030,
        "source": "VietQ, 05/12/2021", "targets": [_clause()], "tasks": [_task()],
    }  # fmt: skip
    return Plan.model_validate(facts | changes)


def _activity(key: str = "a1", **changes: Any) -> Activity:
    facts = {
        "activity_id": key, "place_id": "vn-33-1997", "indicator": "HR-CLASS", "title": "Lớp 5S tại Phố Nối",
        "starts_on": date(2023, 9, 8), "ends_on": date(2023, 9, 10), "quantity": "1", "unit": "lớp",
    }  # fmt: skip
    return Activity.model_validate(facts | changes)


@pytest.fixture(scope="session")
def a_clause() -> Callable[..., dict[str, Any]]:
    return _clause


@pytest.fixture(scope="session")
def a_task() -> Callable[..., dict[str, Any]]:
    return _task


@pytest.fixture(scope="session")
def a_plan() -> Callable[..., Plan]:
    return _plan


@pytest.fixture(scope="session")
def an_activity() -> Callable[..., Activity]:
    return _activity


def message(subject: str, version: int, data: EventData, mode: Mode = "official") -> Message:
    """Return an event as it travels."""
    event = Event(
        data=data, subject=subject, version=version, occurred_at=NOON, place_id=None, mode=mode
    )
    return message_of(
        {
            "topic": topic_of(data.TYPE), "partition_key": subject, "payload": data.model_dump_json().encode(),
            "event_type": data.TYPE, "event_id": event.id, "aggregate_id": subject, "aggregate_version": version,
            "occurred_at": NOON, "mode": mode, "correlation_id": None, "causation_id": None, "traceparent": None,
        }
    )  # fmt: skip


def plan_issued(plan: Plan) -> Said:
    return plan.code, 1, PlanIssued(plan=plan), "official"


def reported(activity: Activity, mode: Mode = "official") -> Said:
    return activity.activity_id, 1, ActivityReported(activity=activity), mode


class World:
    """A bus, a database, and the projection between them."""

    message = staticmethod(message)
    plan_issued = staticmethod(plan_issued)
    reported = staticmethod(reported)

    def __init__(self, bus: Bus, worker: Database, api: Database) -> None:
        self.api_url = api.url.render_as_string(hide_password=False)
        self.bus = bus
        self.worker = worker
        self.api = api

    async def hear(self, *said: Said) -> Reader:
        """Publish, then let the real reader consume everything there is."""
        await self.publish(*(message(*one) for one in said))
        return await self.read()

    async def publish(self, *messages: Message) -> None:
        """Put messages on the bus as they are."""
        await self.bus.publish(list(messages), deadline_s=10)

    async def read(self) -> Reader:
        """Read the bus to its ends, as they are now, for the version that the worker would read."""
        async with self.worker.engine.begin() as connection:
            await rebuild.first_version(connection, PROJECTION)
        ends = await self.ends(PROJECTION.topics)
        reader = Reader(
            self.worker,
            self.bus,
            PROJECTION,
            options=ReaderOptions(until=ends, shared=False, fetch_s=0.05),
        )
        await asyncio.wait_for(reader.run(), 30)
        return reader

    async def ends(self, topics: Sequence[str]) -> Mapping[Place, int]:
        """Return where these topics end."""
        async with self.bus.reader(topics, start=_from_the_start, group=None) as looking:
            return await looking.end_positions()

    async def rebuild(self) -> None:
        """Build the next version from the same events, and let everybody read it."""
        following = PROJECTION.at(PROJECTION.number + 1)
        ends = await self.ends(PROJECTION.topics)
        await rebuild.build(self.worker, self.bus, following, until=ends)
        async with self.worker.engine.begin() as connection:
            await rebuild.switch(connection, following.name, following.number)

    async def rows(self, statement: str, **values: object) -> Sequence[Any]:
        """Ask the database as the API role would."""
        async with self.api.engine.connect() as connection:
            found = await connection.exec_driver_sql(statement)
            return list(found.mappings())


async def _from_the_start(topic: str, partition: int) -> int:
    return 0


def _told(a_plan: Callable[..., Plan]) -> list[Said]:
    """A year in small: a plan with many numbers, one with a single number and tasks, one of the nation."""
    hung_yen = a_plan(
        number_printed="70/KD-UBND", number_read="70/KH-UBND",
        slips=[{"field": "number", "printed": "KD", "read_as": "KH", "note_vi": "Lỗi in.", "note_en": "A slip."}],
        targets=[
            _clause(),
            _clause("HY-06", indicator="ENT-SUP", comparator="range", value="2", value_high="3", unit="DN", counting="distinct",
                    name_vi="Đơn vị được hỗ trợ", name_en="Bodies supported", hedge="phấn đấu", sentence="Hỗ trợ 2-3 đơn vị."),
            _clause("HY-01", indicator="HR-EXP-PQ", condition="khi Trung ương mở khóa", not_said=["lead_unit", "calendar"],
                    alternative_reading={"comparator": "exactly", "value": "20", "note_vi": "Đúng 20.", "note_en": "Exactly 20."}),
            _clause("HY-07", indicator="TFP-MEAS", comparator="done", value=None, unit=None, counting="yes_no", cadence="each_year",
                    name_vi="Đo lường TFP", name_en="TFP measured"),
            _clause("HY-30", span={"first_year": 2026, "last_year": 2030, "printed": None}),
        ],
        tasks=[_task(), _task("HY-T2", group=2, letter="đ", lead_units=["Sở KH&CN"], tools=["5S"])],
    )  # fmt: skip
    hai_phong = a_plan(
        "hai-phong-2021-2025", title="Kế hoạch thành phố Hải Phòng", place_id="vn-31-1997", last_year=2025, issued_on=None,
        targets=[_clause("HP-01", place_id="vn-31-1997", indicator="TFP-SHARE", comparator="reach", value="47", unit="%",
                         counting="rate", name_vi="Tỷ trọng TFP <47%>", name_en="TFP share", sentence="nâng tỷ trọng TFP trong GRDP lên 47%",
                         slips=[{"field": "sentence", "printed": "trong GRDP", "read_as": "trong tăng trưởng GRDP", "note_vi": "n", "note_en": "n"}])],
        tasks=[_task(f"HP-{group}{letter}", group=group, letter=letter) for group in range(1, 7) for letter in "abc"],
    )  # fmt: skip
    thai_binh = a_plan(
        "thai-binh-2021-2025", title="Kế hoạch tỉnh Thái Bình", place_id="vn-34-1997", last_year=2025,
        targets=[_clause("TB-01", place_id="vn-34-1997", value="9")], tasks=[],
    )  # fmt: skip
    nation = a_plan(
        "decision-1322", level="national", title="Quyết định 1322", place_id="vn", number_read="1322/QĐ-TTg", tasks=[],
        targets=[_clause("VN-05", place_id="vn", indicator="CRT-9001-G", comparator="growth_at_least", value="10", unit="%/năm",
                         counting="rate", cadence="each_year")],
    )  # fmt: skip
    return [
        *(plan_issued(one) for one in (hung_yen, hai_phong, thai_binh, nation)),
        reported(_activity("a1", quantity="5", plan_code=hung_yen.code, clause_codes=["HY-04"])),
        reported(_activity("a2", quantity="2", place_id="vn-34-1997")),
        reported(
            _activity(
                "a3",
                quantity="5",
                indicator="ENT-SUP",
                subjects=["x", "y", "z", "u", "v"],
                unit="DN",
            )
        ),
        reported(_activity("a4", quantity="0", indicator="HR-EXP-PQ", unit="người")),
        reported(_activity("d1", quantity="19"), "demo"),
        *(published(one) for one in accounts()),
        compared(),
    ]


@pytest.fixture
async def told(world: "World") -> "World":
    """A world of the test's own in which the small year has been heard."""
    await world.hear(*_told(_plan))
    return world


async def _prepare(bus_url: str, worker_url: str, api_url: str) -> None:
    bus, worker, api = PostgresBus(bus_url), Database(worker_url), Database(api_url)
    await bus.start()
    try:
        await bus.install()
        await bus.declare(every_topic())
        await World(bus, worker, api).hear(*_told(_plan))
    finally:
        await bus.stop()
        await worker.close()
        await api.close()


@pytest.fixture(scope="session")
def told_once(admin_url: str, templates: Callable[[str], str]) -> Iterator[str]:
    """Address, as the API role, of a database where the small year has been heard; tests that only read share it."""
    mark = uuid.uuid4().hex[:8]
    base, log = f"told_{mark}", f"told_bus_{mark}"
    template = templates("pq_reporting")
    run_apart(
        administer(
            admin_url,
            f"CREATE DATABASE {base} TEMPLATE {template} OWNER reporting_owner",
            f"GRANT CONNECT, CREATE ON DATABASE {base} TO reporting_worker",
            f"CREATE DATABASE {log}",
        )
    )
    urls = urls_of(admin_url, "reporting", base, PASSWORDS)
    log_url = async_url(admin_url).set(database=log).render_as_string(hide_password=False)
    try:
        run_apart(_prepare(log_url, urls.worker, urls.api))
        yield urls.api
    finally:
        run_apart(
            administer(admin_url, *(f"DROP DATABASE {name} WITH (FORCE)" for name in (base, log)))
        )


@asynccontextmanager
async def _client_of(api_url: str, mode: Mode = "official") -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings_of(api_url, mode))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://pq.test"
        ) as stranger,
    ):
        yield stranger


def settings_of(
    api_url: str, mode: Mode = "official", issuer: DevelopmentIssuer | None = None
) -> Settings:
    keys = (
        {}
        if issuer is None
        else {"jwks": issuer.jwks(), "issuer": issuer.issuer, "audience": issuer.audience}
    )
    most = dict.fromkeys(("public_requests_per_minute", "actor_requests_per_minute"), 100_000)
    given = {"database_url": SecretStr(api_url), "mode": mode, **most, **keys}
    return Settings.model_validate(given)


@pytest.fixture(scope="session")
def app_of() -> Callable[..., FastAPI]:
    """The whole application over a database, in a mode."""

    def make(
        api_url: str, mode: Mode = "official", issuer: DevelopmentIssuer | None = None
    ) -> FastAPI:
        return create_app(settings_of(api_url, mode, issuer))

    return make


@pytest.fixture(scope="session")
def client_of() -> Callable[..., Any]:
    """A stranger without a token, before the whole application over a world."""
    return _client_of


@pytest.fixture
async def client(told_once: str) -> AsyncIterator[httpx.AsyncClient]:
    async with _client_of(told_once) as stranger:
        yield stranger


@pytest.fixture
async def world(postgres_bus: BusAddress, database_for: DatabaseFor) -> AsyncIterator[World]:
    urls = database_for("pq_reporting")
    worker, api = Database(urls.worker), Database(urls.api)
    async with postgres_bus.open() as bus:
        await bus.declare(every_topic())
        try:
            yield World(bus, worker, api)
        finally:
            await worker.close()
            await api.close()
