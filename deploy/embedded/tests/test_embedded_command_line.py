"""The command line on a machine where nothing runs: it refuses with a sentence that says what to do."""

import io
import json
import os
import socket
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from rich.console import Console
from typer.testing import CliRunner

from pq_embedded import doctor
from pq_embedded.cli import app
from pq_embedded.console import Voice
from pq_embedded.folder import DataFolder, Running

run = CliRunner().invoke


def test_the_one_process_mode_refuses_a_production_profile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PQ_PROFILE", "production")
    told = run(app, ["up", "--data", str(tmp_path / "data")])
    assert told.exit_code == 1
    assert "not for production" in told.stderr
    assert not (tmp_path / "data").exists()


def test_a_port_that_is_taken_is_named_before_anything_is_started(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        told = run(app, ["up", "--data", str(tmp_path / "data"), "--port", str(port)])
    assert told.exit_code == 1
    assert f"Port {port} is taken" in told.stderr
    assert not (tmp_path / "data" / "postgres").exists()


def test_a_second_start_on_the_same_folder_names_the_address_of_the_first(tmp_path: Path) -> None:
    DataFolder(tmp_path).announce(Running(pid=os.getpid(), address="http://127.0.0.1:4711"))
    told = run(app, ["up", "--data", str(tmp_path)])
    assert told.exit_code == 1
    assert "http://127.0.0.1:4711" in told.stderr


@pytest.mark.parametrize(
    "command",
    [
        ["load", "plans"],
        ["demo", "load"],
        ["events", "verify"],
        ["events", "tail", "--once"],
        ["events", "replay", "reporting", "targets"],
        ["events", "release", "registry", "some-key"],
        ["rebuild", "reporting", "targets"],
    ],
)
def test_what_needs_a_running_instance_says_how_to_start_one(
    tmp_path: Path, command: list[str]
) -> None:
    told = run(app, [*command, "--data", str(tmp_path), "--json"])
    assert told.exit_code == 1
    assert json.loads(told.stderr)["error"]["code"] == "embedded_not_running"


def test_a_host_that_was_killed_does_not_count_as_running(tmp_path: Path) -> None:
    gone = os.fork()
    if gone == 0:
        os._exit(0)
    os.waitpid(gone, 0)
    folder = DataFolder(tmp_path)
    folder.announce(Running(pid=gone, address="http://127.0.0.1:4711"))
    assert folder.running() is None


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["--role", "king"], "province-officer"),
        (["--role", "public"], "province-officer"),
        (["--role", "province-officer"], "--place"),
        (["--role", "province-officer", "--place", "vn-99-2025"], "vn-99-2025"),
        (["--role", "certification-body"], "--body"),
        (["--role", "agency"], "--scope"),
        (["--role", "enterprise"], "--enterprise"),
        (["--role", "enterprise", "--enterprise", "0100000001"], "0100000001"),
    ],
)
def test_a_token_that_would_open_nothing_is_not_made(
    tmp_path: Path, arguments: list[str], hint: str
) -> None:
    told = run(app, ["token", *arguments, "--data", str(tmp_path)])
    assert told.exit_code == 1
    assert hint in told.stderr


def test_a_token_carries_role_and_places_and_is_signed_by_this_folders_issuer(
    tmp_path: Path,
) -> None:
    asked = ["token", "--role", "province-officer", "--place", "vn-33-2025"]
    told = run(app, [*asked, "--data", str(tmp_path), "--json"])
    assert told.exit_code == 0, told.stderr
    keys = KeySet.import_key_set(DataFolder(tmp_path).issuer().jwks())  # type: ignore[arg-type]
    claims = jwt.decode(json.loads(told.stdout)["token"], keys, algorithms=["ES256"]).claims
    assert (claims["roles"], claims["places"]) == (["province-officer"], ["vn-33-2025"])


@pytest.mark.parametrize(
    ("arguments", "claim"),
    [
        (["--role", "agency", "--scope", "tfp:read", "--scope", "changes:read"], {"scope": "tfp:read changes:read"}),
        (["--role", "certification-body", "--body", "to-chuc-minh-hoa-01"], {"body_id": "to-chuc-minh-hoa-01"}),
        (["--role", "enterprise", "--enterprise", "9999999997"], {"enterprise_code": "9999999997"}),
    ],
)  # fmt: skip
def test_a_token_carries_what_its_role_is_told_apart_by(
    tmp_path: Path, arguments: list[str], claim: dict[str, str]
) -> None:
    told = run(app, ["token", *arguments, "--data", str(tmp_path), "--json"])
    assert told.exit_code == 0, told.stderr
    keys = KeySet.import_key_set(DataFolder(tmp_path).issuer().jwks())  # type: ignore[arg-type]
    claims = jwt.decode(json.loads(told.stdout)["token"], keys, algorithms=["ES256"]).claims
    assert claims | claim == claims


def test_secrets_are_kept_and_closed_to_others(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    drawn = folder.passwords()
    assert DataFolder(tmp_path).passwords() == drawn
    assert folder.sealing_secret() == DataFolder(tmp_path).sealing_secret()
    for name in ("passwords.json", "sealing.json"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600


def test_half_a_note_is_no_note(tmp_path: Path) -> None:
    (tmp_path / "loaded.json").write_text('{"demo": "ab')
    folder = DataFolder(tmp_path)
    assert (folder.loaded("demo"), folder.mode()) == (None, "official")
    folder.note_loaded("demo", "abc")
    assert (folder.loaded("demo"), folder.mode()) == ("abc", "demo")


def test_the_doctor_says_what_to_do_when_the_database_has_vanished(tmp_path: Path) -> None:
    home = tmp_path / "data" / "postgres"
    home.mkdir(parents=True)
    (home / "location.txt").write_text(str(tmp_path / "gone"))
    told = run(app, ["doctor", "--data", str(tmp_path / "data"), "--port", "0", "--json"])
    found = {one["what"]: one for one in json.loads(told.stdout)}
    assert told.exit_code == 1
    assert found["data folder"]["state"] == "fault"
    assert str(tmp_path / "gone") in found["data folder"]["todo"]
    assert found["services"]["todo"] == "start them: pq up"


def test_the_doctor_of_an_empty_folder_finds_no_fault(tmp_path: Path) -> None:
    told = run(app, ["doctor", "--data", str(tmp_path / "new"), "--port", "0"])
    assert told.exit_code == 0, told.stdout
    assert "python\tok" in told.stdout


def test_the_doctor_adds_up_the_measures_of_all_databases() -> None:
    measures = [
        'pq_outbox_pending{database="registry"} 2.0',
        'pq_outbox_pending{database="tfp"} 3.0',
        "pq_outbox_pending_other 7.0",
    ]
    assert doctor.total(measures, "pq_outbox_pending") == 5


def test_a_token_at_a_narrow_terminal_is_one_line_and_is_not_read_as_markup() -> None:
    screen = io.StringIO()
    voice = Voice()
    voice._out = Console(file=screen, force_terminal=True, width=40, highlight=False)
    voice._fancy = True
    token = "[demo]" + "x" * 200
    voice.result({"token": token}, token)
    assert screen.getvalue() == token + "\n"
