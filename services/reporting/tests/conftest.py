"""Builders of plans and reports, and the whole way from an event on the bus to the projection."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from pq_common.contracts.event import Event, EventData, Mode, topic_of
from pq_common.contracts.plans import Plan
from pq_common.contracts.support_grants import Activity, ActivityReported, PlanIssued
from pq_common.contracts.tfp import (
    Assumption,
    PartOfResult,
    PeriodOfGrowth,
    Spread,
    TfpResult,
    TfpResultPublished,
    Uncertainty,
    YearOfGrowth,
)
from pq_common.db.provision import urls_of
from pq_common.db.session import Database, async_url
from pq_common.events.bus import Bus, Message
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

NOON = datetime(2026, 6, 1, 5, tzinfo=UTC)
Said = tuple[str, int, EventData, Mode]


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


MADE_OF = (
    PartOfResult(place_id="vn-30-1997", weight="0.326", g_Y="0.075", g_A="0.028", growth_share_A="0.381"),
    PartOfResult(place_id="vn-31-1997"),
)  # fmt: skip
SCIENCE = {
    "definitions": [
        {"definition": "STI_CORE", "points": "0.3", "points_band": {"low": "0.17", "mid": "0.31", "high": "0.56"},
         "growth_share": "0.031", "growth_share_band": {"low": "0.017", "mid": "0.03", "high": "0.06"}},
        {"definition": "STI_VNPI", "points": "4.9", "points_band": {"low": "-0.5", "mid": "4.8", "high": "7.2"}},
        {"definition": "STI_PLAN", "points": "4.61", "growth_share": "0.4524"},
    ],
    "unknown": ["c_LQ", "c_ICT", "c_DEM"],
}  # fmt: skip
SURE = Uncertainty(
    draws=10_000, seed=1, delta="0.06", valid="0.999",
    g_A=Spread(low="0.01", mid="0.045", high="0.07"), g_LP=Spread(low="0.08", mid="0.0905", high="0.1"),
    growth_share_A=Spread(low="0.08", mid="0.45", high="0.72"),
    growth_share_A_quantiles=("0.08", "0.3", "0.5", "0.72"),
    assumptions=(
        Assumption(assumption="BASE", value="0", g_A="0.0461", growth_share_A="0.4524", change_pp="0"),
        Assumption(assumption="K0", value="1", g_A="0.0461", growth_share_A="0.4524", change_pp="0"),
        Assumption(assumption="K0", value="0.5"),
        Assumption(assumption="NEW", value="0.123", g_A="0.05", growth_share_A="0.5", change_pp="0.4"),
    ),
)  # fmt: skip


def _year_of_growth(year: int, *, falls: bool) -> YearOfGrowth:
    rates = {"g_K": "0.12", "g_L": "0.006", "alpha": "0.4", "beta": "0.6", "contribution_K": "4.8", "contribution_L": "0.36"}  # fmt: skip
    if falls:
        return YearOfGrowth(year=year, g_Y="-0.02", g_A="-0.0716", contribution_A="-7.16", reason="NEGATIVE_GROWTH", **rates)  # fmt: skip
    return YearOfGrowth(
        year=year, g_Y="0.1", g_A="0.0484", contribution_A="4.84", growth_share_A="0.484", growth_share_K="0.48",
        growth_share_L="0.036", g_LP="0.0934", labour_productivity="188.1", **rates,
    )  # fmt: skip


def _account(
    key: str = "r1", *, share: str | None = "0.4524", sure: Uncertainty | None = SURE, whole: bool = True,
    first_year: int = 2021, last_year: int = 2025, **changes: Any,
) -> TfpResult:  # fmt: skip
    period = PeriodOfGrowth(
        first_year=first_year, last_year=last_year, g_Y="0.1019", g_K="0.1305", g_L="0.006", g_A="0.0461", g_LP="0.0953",
        growth_share_A=share, reason=None if share else "NEGATIVE_GROWTH", uncertainty=sure,
        **({} if sure is None else {
            "alpha": "0.4", "beta": "0.6", "contribution_K": "5.22", "contribution_L": "0.36", "contribution_A": "4.61",
            "growth_share_K": "0.5123", "growth_share_L": "0.0353", "mean_of_annual_shares_A": "0.484",
        }),
    )  # fmt: skip
    given: dict[str, Any] = {
        "result_id": key, "place_id": "vn-31-1997", "boundary": "2021", "engine": "VN-OFFICIAL", "method_version": "1",
        "base_year": 2010, "price_basis": "constant-2010", "vintage": "minh-hoa-2026", "capital_method": "declared stock",
        "share_method": "full labour income / value added", "labour_unit": "người", "is_synthetic": True,
        "years": tuple(_year_of_growth(year, falls=year == 2021) for year in range(2021, 2026)),
        "period": period if whole else None, "published_at": NOON, "labour_productivity_unit": "triệu đồng/người",
    }  # fmt: skip
    return TfpResult.model_validate(given | changes)


def _accounts() -> list[TfpResult]:
    return [
        _account(),
        _account("r2", place_id="vn-31-2025", boundary="2025-07-01", parts=MADE_OF, reallocation="0.0012", sti=SCIENCE, warnings=("NOT_NESTED", "DEMAND_UNKNOWN")),
        _account("r3", first_year=2021, last_year=2023, warnings=("K_LOOKS_LIKE_INVESTMENT", "NEW_CODE")),
        _account("r4", place_id="vn-33-1997", share=None),
        _account("r5", place_id="vn-95-1997", sure=None, engine="VN-OFFICIAL", share_method="other"),
        _account("r6", place_id="vn-34-1997", whole=False),
    ]  # fmt: skip


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
        """Read the bus to its ends, as they are now."""
        async with self.bus.reader(PROJECTION.topics, start=_from_the_start, group=None) as looking:
            ends = await looking.end_positions()
        reader = Reader(
            self.worker,
            self.bus,
            PROJECTION,
            options=ReaderOptions(until=ends, shared=False, fetch_s=0.05),
        )
        await asyncio.wait_for(reader.run(), 30)
        return reader

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
        *((one.result_id, 1, TfpResultPublished(result=one), "demo") for one in _accounts()),
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
