"""The whole platform as one real process: started, asked, killed, started again, with its data."""

import asyncio
import html
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import asyncpg
import httpx
import pytest
from typer.testing import CliRunner, Result

from pq_common.db.cluster import Cluster
from pq_common.db.lodging import ClusterUnavailable
from pq_common.db.postmaster import is_postmaster_of
from pq_common.db.session import async_url
from pq_common.testing.fixtures import administer, run_apart
from pq_embedded.cli import app
from pq_embedded.folder import DataFolder
from pq_reporting.consumers import PROJECTION

pytestmark = pytest.mark.untraced

START_S = 600  # beside contract tests that keep both processors busy it may take minutes
"""Generous: other tests may share the machine; `make run` itself aims at 60 s."""
SERVICES = ("registry", "support-grants", "certification", "tfp", "reporting")


class Instance:
    """An instance in a process of its own, on a folder that outlives it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.address = ""
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Instance":
        command = [sys.executable, "-m", "pq_embedded", "up", "--demo", "--port", "0"]
        log = self.folder / "up.log"
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                [*command, "--data", str(self.data)], stdout=out, stderr=out
            )
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline and self.process.poll() is None:
            if found := re.search(r"ready: (http://[^/]+)/", log.read_text(encoding="utf-8")):
                self.address = found[1]
                return self
            time.sleep(0.1)
        raise AssertionError(log.read_text(encoding="utf-8")[-4000:])

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def cluster(self) -> Cluster:
        return DataFolder(self.data).cluster()

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(timeout=60)

    def get(self, path: str, **parameters: str) -> httpx.Response:
        token = DataFolder(self.data).issuer().token("ministry-admin")
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.get(
            f"{self.address}{path}", params=parameters, headers=headers, trust_env=False, timeout=60
        )

    def told(self, event: str) -> int:
        """Return how often the log names this event."""
        return (self.folder / "up.log").read_text(encoding="utf-8").count(f'"event": "{event}"')

    def on_the_bus(self, statement: str) -> None:
        """Run a statement on the bus, as its operator."""

        async def run() -> None:
            connection = await asyncpg.connect(self.cluster.dsn, database="bus")
            await connection.execute(statement)
            await connection.close()

        asyncio.run(run())

    def run(self, *command: str) -> Result:
        return CliRunner().invoke(app, [*command, "--data", str(self.data)])


@pytest.fixture(scope="module")
def instance() -> Iterator[Instance]:
    with tempfile.TemporaryDirectory(prefix="pq-host-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        made = Instance(Path(name)).start()
        try:
            yield made
        finally:
            with suppress(ProcessLookupError):
                made.end()
            made.cluster.destroy()


def positions(instance: Instance) -> dict[str, int | None]:
    """Return how many events each service has announced; None while it cannot tell."""
    told = {n: instance.get(f"/{n}/admin/events/verification").json() for n in SERVICES}
    return {name: found.get("feed_position") for name, found in told.items()}


def eventually(holds: Callable[[], bool], *, within_s: float = 60) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        with suppress(httpx.TransportError):
            if holds():
                return True
        time.sleep(0.2)
    return False


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_is_ready_under_its_own_path(instance: Instance, service: str) -> None:
    assert instance.get(f"/{service}/readyz").json()["status"] == "ready"
    paths = instance.get(f"/{service}/openapi.json").json()["paths"]
    assert all(path.startswith(f"/{service}/v1/") for path in paths if "/v1/" in path)


def test_an_address_that_nobody_owns_is_a_problem_of_reporting(instance: Instance) -> None:
    answer = instance.get("/no-such-service/v1/things")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_the_page_of_targets_and_the_description_of_events_are_there(instance: Instance) -> None:
    page = instance.get("/chi-tieu")
    assert page.status_code == 200
    assert "minh họa" in page.text.casefold()
    assert instance.get("/asyncapi.json").json()["asyncapi"].startswith("3.")


def test_the_targets_tell_every_kind_of_story(instance: Instance) -> None:
    def judged() -> dict[str, str]:
        found = instance.get("/reporting/v1/targets", limit="500").json()["items"]
        return {one["code"]: one["status"] for one in found}

    assert eventually(lambda: judged()["BL-06"] == "not_decidable")
    told = judged()
    assert (told["HY-02"], told["HY-04"], told["HP-01"]) == ("unreported", "met", "not_decidable")
    assert (told["QB-04"], told["BL-05"]) == ("late", "missed")


def words_of(page: httpx.Response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def test_the_tfp_clauses_stand_on_the_old_map_with_todays_beside_and_the_wording_explained(
    instance: Instance,
) -> None:
    hai_phong = words_of(instance.get("/chi-tieu/hai-phong-2021-2025/HP-01"))
    for said in (
        "Đọc từng chữ: TFP là một phần của quy mô GRDP", "địa bàn mới không mang lời hứa này", "STI_PLAN",
        "Hải Dương (trước 1/7/2025) + Hải Phòng (trước 1/7/2025)", "mức cần đạt 47%",
    ):  # fmt: skip
        assert said in hai_phong, said
    bac_lieu = words_of(instance.get("/chi-tieu/bac-lieu-2021-2025/BL-06"))
    assert "Bạc Liêu (trước 1/7/2025) + Cà Mau (trước 1/7/2025)" in bac_lieu
    assert "Đọc từng chữ" not in bac_lieu  # its sentence says growth
    merged = words_of(instance.get("/nang-suat/vn-96-2025"))
    assert "Cà Mau (từ 1/7/2025): TFP đóng góp 29,7% tăng trưởng GRDP" in merged
    assert "Tái phân bổ giữa các địa bàn" in merged


BUDGET = 80_000
"""Bytes of HTML a page may weigh before compression: a ward office reads it over a telephone."""


@pytest.mark.parametrize("root", ["", "/en"])
@pytest.mark.parametrize("query", ["", "?mode=official&ngay=2025-12-31&dvhc=2021"])
def test_every_page_of_the_real_plans_keeps_to_its_budget(
    instance: Instance, root: str, query: str
) -> None:
    plans = {
        one["plan"] for one in instance.get("/reporting/v1/targets", limit="500").json()["items"]
    }
    assert len(plans) == 7
    paths = ["/chi-tieu", "/nang-suat", *(f"/chi-tieu/{plan}" for plan in sorted(plans))]
    weighed = {}
    for path in paths:
        page = instance.get(f"{root}{path}{query}")
        assert page.status_code == 200, path
        weighed[path] = len(page.content)
    assert {path: size for path, size in weighed.items() if size > BUDGET} == {}


def test_all_plans_show_every_target_and_every_task_on_one_page(instance: Instance) -> None:
    listed = instance.get("/chi-tieu").text
    for kind in ("targets", "tasks"):
        items = instance.get(f"/reporting/v1/{kind}", limit="500").json()["items"]
        assert len(items) == {"targets": 84, "tasks": 75}[kind]
        missing = [
            one["code"]
            for one in items
            if html.escape(one["name"]["vi"], quote=False) not in listed
        ]
        assert missing == []


def test_an_officer_sees_the_enterprises_of_the_merged_province_and_no_others(
    instance: Instance,
) -> None:
    asked = instance.run("token", "--role", "province-officer", "--place", "vn-33-2025")
    headers = {"Authorization": f"Bearer {asked.stdout.strip()}"}
    listed = httpx.get(
        f"{instance.address}/registry/v1/enterprises?limit=500", headers=headers, trust_env=False
    ).json()["items"]
    assert {one["place_id"] for one in listed} == {"vn-33-1997", "vn-34-1997"}


def test_loading_again_changes_nothing(instance: Instance) -> None:
    before = positions(instance)
    plans = instance.run("load", "plans", "--json")
    assert json.loads(plans.stdout)["new"] == 0
    again = instance.run("demo", "load", "--again", "--json")
    assert again.exit_code == 0, again.stderr
    assert positions(instance) == before


def test_a_second_start_on_the_same_folder_is_refused(instance: Instance) -> None:
    told = instance.run("up", "--port", "0")
    assert told.exit_code == 1
    assert instance.address in told.stderr


def test_journals_are_whole_and_projections_have_read_them(instance: Instance) -> None:
    assert eventually(lambda: instance.run("events", "verify").exit_code == 0)
    found = json.loads(instance.run("events", "verify", "--json").stdout)
    assert {row["service"] for row in found} == set(SERVICES)
    assert {row["state"] for row in found} == {"ok"}


HOLD = """
INSERT INTO outbox_pending (shard, seq, recorded_at, event_id, topic, aggregate_id, aggregate_version, held_reason)
SELECT shard, seq, recorded_at, event_id, topic, aggregate_id, aggregate_version, 'too large'
FROM event_log ORDER BY seq LIMIT 1
"""


def test_a_key_that_is_held_is_named_and_can_be_let_go(instance: Instance) -> None:
    registry = async_url(instance.cluster.admin_url).set(database="registry")
    run_apart(administer(registry.render_as_string(hide_password=False), HOLD))
    told = instance.run("events", "verify", "--json")
    assert told.exit_code == 1
    (held,) = [row for row in json.loads(told.stdout) if row["state"] != "ok"]
    assert (held["service"], held["state"]) == ("registry", "HELD: too large")
    unknown = instance.run("events", "release", "registry", "no/such key")
    assert unknown.exit_code == 1
    key = held["what"].split()[-1]
    assert key in unknown.stderr
    assert instance.run("events", "release", "registry", key).exit_code == 0
    assert eventually(lambda: instance.run("events", "verify").exit_code == 0)


def test_the_doctor_finds_nothing_wrong(instance: Instance) -> None:
    told = instance.run("doctor", "--json")
    assert told.exit_code == 0, told.stdout
    found = {one["what"]: one["state"] for one in json.loads(told.stdout)}
    assert {found[service] for service in SERVICES} == {"ok"}
    assert found["postmaster"] == "ok"


def test_events_can_be_watched_as_lines_of_json(instance: Instance) -> None:
    told = instance.run("events", "tail", "--once", "--after", "0", "--service", "tfp", "--json")
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    published = [line for line in lines if line["type"] == "pq.tfp.tfp-result.published.v1"]
    assert len(published) == 18  # of places, and a comparison on each map
    assert {line["type"] for line in lines} - {published[0]["type"]} == {
        "pq.tfp.tfp-series.declared.v1"
    }


def test_a_projection_is_rebuilt_beside_the_one_in_use(instance: Instance) -> None:
    unknown = instance.run("rebuild", "reporting", "nothing")
    assert unknown.exit_code == 1
    told = instance.run("rebuild", "reporting", "targets", "--json")
    assert told.exit_code == 0, told.stderr
    assert json.loads(told.stdout)["version"] == PROJECTION.number + 1


PUBLISHED = "topic = 'pq.tfp.tfp-result.events.v1' AND next_position > 0"
LOSE = f"UPDATE bus_partition SET first_position = next_position + 1, next_position = next_position + 1 WHERE {PUBLISHED}"
FIND = f"UPDATE bus_partition SET first_position = 0, next_position = next_position - 1 WHERE {PUBLISHED}"


def test_a_worker_that_fails_is_told_and_begins_again_when_it_can(instance: Instance) -> None:
    def state() -> str:
        return str(instance.get("/reporting/readyz").json()["status"])

    instance.on_the_bus(LOSE)  # the position of the reader is no longer there
    assert eventually(lambda: state() == "unready", within_s=20)
    told = instance.run("doctor", "--json")
    found = {one["what"]: one for one in json.loads(told.stdout)}
    assert found["reporting"]["state"] == "fault"
    assert "PositionLost" in found["reporting"]["seen"]
    assert found["registry"]["state"] == "ok"
    assert eventually(lambda: instance.told("worker_failed") > 1)
    instance.on_the_bus(FIND)
    assert eventually(lambda: state() == "ready")
    assert eventually(lambda: instance.run("events", "verify").exit_code == 0)


def test_the_instance_outlives_kill_9_of_its_database_server_also_when_it_cannot_start_at_once(
    instance: Instance,
) -> None:
    before = positions(instance)
    pid, settings = instance.cluster.pid(), instance.cluster.data / "postgresql.auto.conf"
    assert pid is not None
    said = settings.read_text(encoding="utf-8")
    settings.write_text("nonsense\n", encoding="utf-8")
    os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: instance.told("postmaster_gone") > 1)
    with pytest.raises(ClusterUnavailable, match="in use by process"):
        instance.cluster.start()
    settings.write_text(said, encoding="utf-8")
    assert eventually(lambda: instance.cluster.pid() not in (None, pid))
    assert eventually(lambda: positions(instance) == before)


def test_after_kill_9_of_the_host_the_next_start_replaces_its_server_and_keeps_the_data(
    instance: Instance,
) -> None:
    before = positions(instance)
    orphan = instance.cluster.pid()
    assert orphan is not None
    instance.end(signal.SIGKILL)
    assert is_postmaster_of(orphan, instance.cluster.data)
    instance.start()
    assert not is_postmaster_of(orphan, instance.cluster.data)
    assert instance.cluster.is_running()
    assert positions(instance) == before


def test_sigterm_ends_it_cleanly_and_the_next_start_has_everything(instance: Instance) -> None:
    before = positions(instance)
    assert instance.end() == 0
    assert not instance.cluster.is_running()
    assert DataFolder(instance.data).running() is None
    instance.start()
    assert positions(instance) == before
