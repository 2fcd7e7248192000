"""docker-compose.yml says what the code reads, gives each process its own secrets alone, and lets nobody in but the gateway."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from pq_embedded.folder import DataFolder
from pq_embedded.handing_out import SECRETS, hand_out

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = {"serve": "", "work": "-worker", "migrate": "-migrate"}
PINNED = re.compile(r"^\$\{[A-Z_]+:-[a-z0-9./-]+:[a-z0-9][a-z0-9.-]*\}$")
DRAIN_S = 20  # uvicorn lets requests finish, and a worker its batch


def ours(compose: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield service, command and container of every process of ours."""
    for name, one in compose["services"].items():
        if str(one.get("command", [""])[0]).startswith("pq_"):
            package, command = one["command"]
            assert name == package.removeprefix("pq_").replace("_", "-") + COMMANDS[command]
            yield name.removesuffix(COMMANDS[command]), command, one


def told(one: dict[str, Any]) -> set[str]:
    given = {name.lower() for name in one["environment"]}
    return given | {secret["target"] for secret in one["secrets"]}


def seconds(text: str) -> int:
    return int(text.removesuffix("s"))


def test_a_tag_that_is_missing_or_moves_is_no_pin() -> None:
    assert not PINNED.match("${PQ_IMAGE:-pq}")
    assert not PINNED.match("postgres:18")
    assert PINNED.match("${POSTGRES_IMAGE:-postgres:18}")


def test_every_service_serves_works_and_migrates(compose: dict[str, Any], names: list[str]) -> None:
    found = {(service, command) for service, command, _ in ours(compose)}
    assert found == {(name, command) for name in names for command in COMMANDS}


def test_every_variable_and_every_file_is_a_setting(
    compose: dict[str, Any], settings: set[str]
) -> None:
    for service, command, one in ours(compose):
        assert told(one) <= settings, (service, command)


def test_no_process_starts_without_what_it_needs(
    compose: dict[str, Any], needs: dict[tuple[str, str], set[str]]
) -> None:
    for service, command, one in ours(compose):
        missing = {f"pq_{name}" for name in needs[service, command]} - told(one)
        assert not missing, (service, command)


def test_a_process_holds_the_address_of_its_own_role_alone(compose: dict[str, Any]) -> None:
    roles = {"serve": ["api"], "work": ["worker"], "migrate": ["api", "owner", "worker"]}
    for service, command, one in ours(compose):
        kept = {secret["source"] for secret in one["secrets"]}
        urls = {name for name in kept if name.endswith(("_api", "_worker", "_owner"))}
        assert urls == {f"{service.replace('-', '_')}_{role}" for role in roles[command]}
        assert ("admin" in kept) == (command == "migrate")


def test_every_secret_is_declared_and_drawn_by_the_command(
    compose: dict[str, Any], tmp_path: Path
) -> None:
    hand_out(DataFolder(tmp_path), "http://127.0.0.1:8000")
    drawn = {path.name for path in (tmp_path / SECRETS).iterdir()}
    assert set(compose["secrets"]) == drawn | {"ca"}
    used = {secret["source"] for *_, one in ours(compose) for secret in one["secrets"]}
    assert used | {"postgres_password"} == drawn


def test_secrets_drawn_again_are_the_same_and_others_cannot_reach_them(tmp_path: Path) -> None:
    where = hand_out(DataFolder(tmp_path), "http://127.0.0.1:8000")
    first = {path.name: path.read_text(encoding="utf-8") for path in where.iterdir()}
    assert where.stat().st_mode & 0o077 == 0
    again = hand_out(DataFolder(tmp_path), "http://127.0.0.1:9000")
    assert {path.name: path.read_text(encoding="utf-8") for path in again.iterdir()} == first
    assert DataFolder(tmp_path).address() == "http://127.0.0.1:9000"


def test_what_was_loaded_into_containers_is_asked_of_them_and_not_remembered(
    tmp_path: Path,
) -> None:
    folder = DataFolder(tmp_path)
    folder.make()
    folder.note_loaded("plans", "a digest")
    assert folder.loaded("plans") == "a digest"
    hand_out(
        folder, "http://127.0.0.1:8000"
    )  # whose data `docker compose down -v` deletes elsewhere
    assert folder.loaded("plans") is None


def test_only_the_gateway_is_reached_and_on_loopback(compose: dict[str, Any]) -> None:
    ports = {name: one["ports"] for name, one in compose["services"].items() if "ports" in one}
    assert list(ports) == ["gateway"]
    assert all(port.startswith("127.0.0.1:") for port in ports["gateway"])
    assert compose["networks"]["data"]["internal"] is True
    assert compose["services"]["gateway"]["networks"] == ["front"]


def test_the_gateway_knows_every_service(names: list[str]) -> None:
    conf = (ROOT / "deploy/compose/gateway.conf").read_text(encoding="utf-8")
    listed = re.search(r"\(\?<named>([a-z|-]+)\)", conf)
    assert listed is not None
    assert [*listed[1].split("|"), "reporting"] == names


@pytest.mark.parametrize("key", ["cap_drop", "security_opt", "init", "read_only", "deploy"])
def test_every_container_is_hardened_and_bounded(compose: dict[str, Any], key: str) -> None:
    expected = {"cap_drop": ["ALL"], "security_opt": ["no-new-privileges:true"]}
    for name, one in compose["services"].items():
        if key == "deploy":
            assert {"cpus", "memory", "pids"} <= set(one["deploy"]["resources"]["limits"]), name
        elif name != "kafka" or key != "read_only":  # the file says why
            assert one[key] == expected.get(key, True), name


def test_every_image_has_a_name_of_its_own_choosing_and_a_pinned_tag(
    compose: dict[str, Any],
) -> None:
    for name, one in compose["services"].items():
        assert PINNED.match(one["image"]), name
    built = [one["build"] for one in compose["services"].values() if "build" in one]
    assert len(built) == 1  # else Compose builds the same image as often, side by side
    assert PINNED.match(built[0]["args"]["PYTHON_IMAGE"])


def test_readiness_is_asked_where_it_is_answered(compose: dict[str, Any]) -> None:
    for service, command, one in ours(compose):
        if command != "migrate":
            assert one["healthcheck"]["test"][-1] == f"http://127.0.0.1:8000/{service}/readyz"
            assert seconds(one["stop_grace_period"]) >= DRAIN_S + 5
            waits = one["depends_on"][f"{service}-migrate"]["condition"]
            assert waits == "service_completed_successfully"
            assert ("kafka" in one["depends_on"]) == (command == "work")


def test_nothing_is_used_that_an_older_engine_refuses() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    assert "start_interval" not in text
    assert yaml.safe_load(text)["name"] == "pq"
