"""The command line of a service: it reads the environment, says what is missing, and does one thing."""

from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import pytest
from fastapi import FastAPI
from pydantic_settings import SettingsConfigDict

from pq_common import logging
from pq_common.db.provision import Urls
from pq_common.http.app import build
from pq_common.service import Service, run
from pq_common.settings import CommonSettings

DONE: list[date] = []
Heard = tuple[FastAPI, dict[str, object]]


class ThingSettings(CommonSettings):
    model_config = SettingsConfigDict(env_prefix="THING_", frozen=True, extra="ignore")


def create_app(settings: ThingSettings) -> FastAPI:
    return build("thing", settings, routers=[])


@asynccontextmanager
async def create_worker(settings: ThingSettings, *, relay: bool = True, consume: bool = True):
    yield None


async def expire(settings: ThingSettings, day: date) -> None:
    DONE.append(day)


THING = Service(
    name="thing",
    settings=ThingSettings,
    create_app=create_app,
    create_worker=create_worker,
    migrations="pq_common",
    jobs={"expire": expire},
)


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the logs of the test run alone."""
    monkeypatch.setattr(logging, "configure", lambda level: None)
    DONE.clear()


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[Heard]:
    """What would have been served, and where."""
    served: list[Heard] = []

    def listen(app: FastAPI, **options: object) -> None:
        app.state.failed = False
        served.append((app, options))

    monkeypatch.setattr("uvicorn.run", listen)
    return served


def test_a_missing_setting_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(THING, ["serve"]) == 2
    assert "THING_DATABASE_URL is not set" in capsys.readouterr().err


def test_a_wrong_setting_is_named_without_its_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("THING_DATABASE_URL", "postgresql://x:geheim@h/d")
    monkeypatch.setenv("THING_BUS", "pigeon")
    assert run(THING, ["serve"]) == 2
    said = capsys.readouterr().err
    assert "THING_BUS is set" in said
    assert "geheim" not in said


def test_migrating_needs_the_owner_and_nothing_that_serving_needs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("THING_DATABASE_URL", "postgresql://x/d")
    assert run(THING, ["migrate"]) == 2
    assert "THING_OWNER_DATABASE_URL is not set" in capsys.readouterr().err


def test_what_is_told_to_all_is_heard_unless_this_one_is_told_otherwise(
    monkeypatch: pytest.MonkeyPatch, heard: list[Heard]
) -> None:
    monkeypatch.setenv("PQ_DATABASE_URL", "postgresql://x/d")
    monkeypatch.setenv("PQ_PORT", "8001")
    monkeypatch.setenv("THING_PORT", "8123")
    monkeypatch.setenv("PQ_HOST", "127.0.0.9")
    assert run(THING, ["serve"]) == 0
    assert (heard[0][1]["port"], heard[0][1]["host"]) == (8123, "127.0.0.9")


def test_a_secret_may_be_a_file_and_a_variable_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, heard: list[Heard]
) -> None:
    (tmp_path / "pq_database_url").write_text("postgresql://x/of-a-file\n")
    (tmp_path / "pq_kafka_security").write_text('{"security_protocol": "SSL"}')
    (tmp_path / "thing_port").write_text("8001")
    monkeypatch.setenv("PQ_SECRETS", str(tmp_path))
    monkeypatch.setenv("PQ_PORT", "8123")
    assert run(THING, ["serve"]) == 0
    settings = heard[0][0].state.settings
    assert settings.database_url.get_secret_value() == "postgresql://x/of-a-file"
    assert settings.kafka_security == {"security_protocol": "SSL"}
    assert settings.port == 8123


@pytest.mark.parametrize(
    "said", [["job", "unheard"], ["job", "expire", "--on", "soon"], ["job", "expire"], []]
)
def test_a_command_that_makes_no_sense_is_refused(monkeypatch: pytest.MonkeyPatch, said) -> None:
    with pytest.raises(SystemExit):
        run(THING, said)


def test_a_job_is_told_its_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING_DATABASE_URL", "postgresql://x/d")
    assert run(THING, ["job", "expire", "--on", "2026-03-31"]) == 0
    assert [date(2026, 3, 31)] == DONE


def test_migrating_is_done_as_the_owner(monkeypatch: pytest.MonkeyPatch, urls: Urls) -> None:
    monkeypatch.setenv("THING_DATABASE_URL", urls.api)
    monkeypatch.setenv("THING_OWNER_DATABASE_URL", urls.owner)
    assert run(THING, ["migrate"]) == 0


def test_serving_and_working_listen_where_the_settings_say(
    monkeypatch: pytest.MonkeyPatch, heard: list[Heard]
) -> None:
    monkeypatch.setenv("THING_DATABASE_URL", "postgresql://x/d")
    monkeypatch.setenv("THING_PORT", "8123")
    assert run(THING, ["serve"]) == 0
    assert run(THING, ["work", "relay"]) == 0
    assert [options["port"] for _, options in heard] == [8123, 8123]
    assert all(options["access_log"] is False for _, options in heard)
    paths = {getattr(route, "path", "") for route in heard[1][0].routes}
    assert {"/thing/healthz", "/thing/readyz", "/thing/metrics"} <= paths
