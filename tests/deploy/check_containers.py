"""A story in the containers of docker-compose.yml; run by `make check-containers`, in this order, against what it started."""

import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from pq_common.http.auth import Role
from pq_common.testing.api import command
from pq_embedded.folder import DataFolder

PATIENCE_S = 400.0  # on a machine that others use, a broker alone needs two minutes
HUNG_YEN, THEN = "vn-33-2025", "vn-33-1997"
PLANS = Path(__file__).resolve().parents[2] / "deploy/embedded/src/pq_embedded/plans"
SERVICES = ("registry", "support-grants", "certification", "tfp", "reporting")
folder = DataFolder(Path(os.environ.get("PQ_DATA", ".pq-compose")))


def docker(*arguments: str) -> str:
    done = subprocess.run(
        ["docker", "compose", *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout


def state(container: str, form: str) -> str:
    number = docker("ps", "-a", "-q", container).strip()
    done = subprocess.run(
        ["docker", "inspect", "-f", form, number], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def eventually(look: Callable[[], Any]) -> Any:
    until = time.monotonic() + PATIENCE_S
    while not (found := look()):
        assert time.monotonic() < until, "not in time"
        time.sleep(0.5)
    return found


@pytest.fixture
def caller() -> Iterator[Callable[..., httpx.Client]]:
    """Make a client of a role, through the gateway."""
    made: list[httpx.Client] = []

    def client(role: Role | None = None, *places: str) -> httpx.Client:
        token = folder.issuer().token(role, places=places) if role else None
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        made.append(
            httpx.Client(base_url=folder.address(), headers=headers, timeout=60.0, trust_env=False)
        )
        return made[-1]

    yield client
    for one in made:
        one.close()


def sent(client: httpx.Client, path: str, body: Any) -> Any:
    answer = client.post(path, json=body, headers=command(os.urandom(8).hex()))
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


def supported(client: httpx.Client) -> Any:
    answer = client.get(
        "/reporting/v1/targets/hung-yen-2021-2030/HY-06", params={"on": "2025-12-31"}
    )
    found = answer.json() if answer.status_code == 200 else {}
    return found.get("target", found)


def test_every_process_is_without_rights() -> None:
    for name in (*SERVICES, *(f"{name}-worker" for name in SERVICES)):
        status = docker("exec", "-T", name, "cat", "/proc/1/status")
        said = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        assert int(said["CapEff"], 16) == 0, name
        assert said["NoNewPrivs"] == "1"
        tried = docker("exec", "-T", name, "python", "-c", "import os; print(os.getuid())\ntry: open('/opt/x', 'w')\nexcept OSError as e: print(e.errno)")  # fmt: skip
        assert tried.split() == ["10001", "30"], "account 10001; 30: read-only file system"


def test_what_happens_in_four_services_is_counted_by_the_fifth(
    caller: Callable[..., httpx.Client],
) -> None:
    plan = json.loads((PLANS / "hung-yen-2021-2030.json").read_text(encoding="utf-8"))
    sent(caller("ministry-admin"), "/support-grants/v1/plans", plan)
    officer = caller("province-officer", HUNG_YEN)
    enterprise = sent(
        officer,
        "/registry/v1/enterprises",
        {
            "tax_code": "0100047516", "name": "Cơ sở minh họa", "legal_form": "CTCP", "place_id": THEN,
            "valid_from": "2023-01-01", "is_synthetic": True,
        },
    )["enterprise_id"]  # fmt: skip
    sent(
        officer,
        "/support-grants/v1/activities",
        {
            "place_id": THEN, "indicator": "ENT-SUP", "title": "Hỗ trợ minh họa", "starts_on": "2024-03-01",
            "ends_on": "2024-03-01", "quantity": "1", "unit": "doanh nghiệp", "subjects": [enterprise],
            "plan_code": "hung-yen-2021-2030", "clause_codes": ["HY-06"],
            "evidence": [{"kind": "minutes", "reference": "BB-01"}], "is_synthetic": True,
        },
    )  # fmt: skip
    public = caller()
    eventually(lambda: supported(public).get("actual", {}).get("value") == "1")


def test_pages_documents_and_engines_answer_through_the_gateway(
    caller: Callable[..., httpx.Client],
) -> None:
    public = caller()
    page = public.get("/chi-tieu")
    assert "minh họa" in page.text.casefold()
    assert "HY-06" in public.get("/chi-tieu.csv").text
    assert public.get("/asyncapi.json").json()["asyncapi"].startswith("3.")
    for name in SERVICES:
        assert public.get(f"/{name}/openapi.json").json()["openapi"].startswith("3.1")
        assert public.get(f"/{name}/metrics").status_code == 404


def test_engines_compute_in_the_processes_of_a_container(
    caller: Callable[..., httpx.Client],
) -> None:
    analyst = caller("ministry-analyst")
    paths = analyst.get("/tfp/openapi.json").json()["paths"]
    for name, engine in (("accounting", "TORNQVIST"), ("malmquist", "MALMQUIST")):
        path = f"/tfp/v1/compute/{name}"
        body = paths[path]["post"]["requestBody"]["content"]["application/json"]
        answer = analyst.post(path, json=body["examples"][engine]["value"])
        assert answer.status_code == 200, answer.text
        assert answer.json()["engine"] == engine


def test_without_its_database_a_service_lives_and_is_not_ready(
    caller: Callable[..., httpx.Client],
) -> None:
    ask = "import sys, urllib.request as http, urllib.error\ntry: print(http.urlopen('http://127.0.0.1:8000/registry/' + sys.argv[1], timeout=20).status)\nexcept urllib.error.HTTPError as e: print(e.code)"  # fmt: skip

    def status(path: str) -> str:
        return docker("exec", "-T", "registry", "python", "-c", ask, path).strip()

    docker("stop", "postgres")
    try:
        assert status("healthz") == "200"
        assert status("readyz") == "503"
    finally:
        docker("start", "postgres")
    assert eventually(lambda: status("readyz") == "200")
    eventually(lambda: supported(caller()).get("actual", {}).get("value") == "1")


def test_what_is_told_while_kafka_is_away_arrives_when_it_is_back(
    caller: Callable[..., httpx.Client],
) -> None:
    officer = caller("province-officer", HUNG_YEN)
    docker("stop", "kafka")
    told = {
        "tax_code": "0300588569", "name": "Cơ sở minh họa khác", "legal_form": "CTCP", "place_id": THEN,
        "valid_from": "2023-01-01", "is_synthetic": True,
    }  # fmt: skip
    enterprise = sent(officer, "/registry/v1/enterprises", told)["enterprise_id"]
    docker("start", "kafka")
    seen = f"SELECT count(*) FROM targets_v2000.enterprise WHERE enterprise_id = '{enterprise}'"
    asked = ("exec", "-T", "postgres", "psql", "-U", "postgres", "-d", "reporting", "-Atc", seen)
    eventually(lambda: docker(*asked).strip() == "1")


def test_a_request_under_way_is_answered_while_its_service_is_stopped(
    caller: Callable[..., httpx.Client],
) -> None:
    client, answers = caller(), []
    asking = threading.Thread(
        target=lambda: answers.append(client.get("/tfp/docs").status_code)  # a second's work
    )
    asking.start()
    time.sleep(0.2)
    docker("stop", "tfp")
    asking.join()
    assert answers == [200]
    assert state("tfp", "{{.State.ExitCode}}") in (
        "0",
        "143",
    )  # uvicorn ends by the signal it was sent


def test_a_worker_that_is_told_to_end_ends_in_time() -> None:
    began = time.monotonic()
    docker("stop", "reporting-worker")
    assert state("reporting-worker", "{{.State.ExitCode}}") in ("0", "143")
    assert time.monotonic() - began < 60, "killed, not ended"
