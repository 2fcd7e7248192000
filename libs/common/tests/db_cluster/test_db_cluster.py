"""The embedded PostgreSQL: whom it trusts, whom it never signals, and that it comes back."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from pq_common.db import lodging
from pq_common.db.cluster import Cluster
from pq_common.db.lodging import Account, ClusterUnavailable, socket_folder
from pq_common.db.postmaster import is_postmaster_of, read_pid_file
from pq_common.testing.parts import not_run


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that an unprivileged account can reach, unlike ``tmp_path`` of root."""
    with tempfile.TemporaryDirectory(prefix="pqc-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def cluster(folder: Path) -> Iterator[Cluster]:
    made = Cluster(folder / "pg", durable=False)
    yield made
    made.destroy()


def ask(cluster: Cluster, *statements: str, password: str | None = None) -> object:
    return asyncio.run(_ask(cluster.dsn, statements, {"password": password} if password else {}))


async def _ask(dsn: str, statements: tuple[str, ...], options: dict[str, str]) -> object:
    connection = await asyncpg.connect(dsn, **options)
    try:
        answer = None
        for statement in statements:
            answer = await connection.fetchval(statement)
        return answer
    finally:
        await connection.close()


def is_gone(cluster: Cluster, *, within_s: float = 10) -> bool:
    deadline = time.monotonic() + within_s
    while cluster.is_running() and time.monotonic() < deadline:
        time.sleep(0.02)
    return not cluster.is_running()


def test_a_wrong_password_is_refused(cluster: Cluster) -> None:
    cluster.start()
    with pytest.raises(asyncpg.InvalidPasswordError):
        ask(cluster, "select 1", password="guess")


def test_the_password_and_the_socket_are_closed_to_other_accounts(cluster: Cluster) -> None:
    cluster.start()
    assert (cluster.home / "password").stat().st_mode & 0o777 == 0o600
    host = Path(str(make_url(cluster.admin_url).query["host"]))
    assert host.stat().st_mode & 0o777 == 0o700
    assert cluster.data.stat().st_mode & 0o077 == 0


def test_a_second_program_on_the_same_folder_is_refused_with_the_number_of_the_first(
    cluster: Cluster,
) -> None:
    cluster.start()
    with pytest.raises(ClusterUnavailable, match=str(os.getpid())):
        Cluster(cluster.folder, durable=False).start()
    assert cluster.is_running()


def test_a_server_that_cannot_start_again_leaves_its_host_the_folder(cluster: Cluster) -> None:
    cluster.start()
    pid, settings = cluster.pid(), cluster.data / "postgresql.auto.conf"
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    said = settings.read_text()
    settings.write_text("nonsense\n")
    assert is_gone(cluster)
    with pytest.raises(ClusterUnavailable, match="did not start"):
        cluster.start()
    with pytest.raises(ClusterUnavailable, match=str(os.getpid())):
        Cluster(cluster.folder, durable=False).start()
    settings.write_text(said)
    cluster.start()
    assert ask(cluster, "select 1") == 1


def test_a_host_that_cannot_begin_leaves_the_folder_to_the_next(cluster: Cluster) -> None:
    cluster.start()
    cluster.stop()
    settings = cluster.data / "postgresql.auto.conf"
    said = settings.read_text()
    settings.write_text("nonsense\n")
    with pytest.raises(ClusterUnavailable, match="did not start"):
        cluster.start()
    settings.write_text(said)
    with Cluster(cluster.folder, durable=False) as other:
        assert ask(other, "select 1") == 1


def test_a_foreign_process_in_postmaster_pid_is_not_signalled(cluster: Cluster) -> None:
    cluster.start()
    cluster.kill()
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    try:
        note = cluster.data / "postmaster.pid"
        lines = note.read_text().split("\n")
        note.write_text("\n".join([str(stranger.pid), *lines[1:]]))
        assert not cluster.is_running()
        cluster.kill()
        cluster.stop()
        cluster.start()
        assert cluster.is_running()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_the_server_of_another_folder_is_not_taken_for_ours(folder: Path, cluster: Cluster) -> None:
    cluster.start()
    pid = cluster.pid()
    assert pid is not None
    (folder / "elsewhere").mkdir()
    assert is_postmaster_of(pid, cluster.data)
    assert not is_postmaster_of(pid, folder / "elsewhere")


@pytest.mark.parametrize("text", ["", "12", "garbage\n/x\n1\n", "-1\n/x\n1\n", "1\n/x\n1\n"])
def test_a_half_written_pid_file_names_nobody(folder: Path, text: str) -> None:
    (folder / "postmaster.pid").write_text(text)
    assert read_pid_file(folder).pid is None


def test_a_half_written_pid_file_does_not_stop_the_next_start(cluster: Cluster) -> None:
    cluster.start()
    cluster.kill()
    (cluster.data / "postmaster.pid").write_text("12")
    cluster.start()
    assert ask(cluster, "select 1") == 1


def test_data_outlive_a_restart(cluster: Cluster) -> None:
    cluster.start()
    ask(cluster, "create table kept (n int)", "insert into kept values (7)")
    cluster.stop()
    assert not cluster.is_running()
    cluster.start()
    assert ask(cluster, "select n from kept") == 7


def test_committed_data_outlive_kill_9_of_the_postmaster(folder: Path) -> None:
    cluster = Cluster(folder / "pg", durable=True)
    try:
        cluster.start()
        ask(cluster, "create table kept (n int)", "insert into kept values (7)")
        cluster.kill()
        assert not cluster.is_running()
        cluster.start()
        assert ask(cluster, "select n from kept") == 7
        assert ask(cluster, "show fsync") == "on"
    finally:
        cluster.destroy()


def test_a_server_whose_host_was_killed_is_found_and_replaced(cluster: Cluster) -> None:
    program = (
        "import sys, time; from pathlib import Path; from pq_common.db.cluster import Cluster; "
        "print(Cluster(Path(sys.argv[1]), durable=False).start(), flush=True); time.sleep(600)"
    )
    host = subprocess.Popen(
        [sys.executable, "-c", program, str(cluster.folder)], stdout=subprocess.PIPE, text=True
    )
    assert host.stdout is not None
    assert host.stdout.readline().startswith("postgresql+asyncpg://")
    host.send_signal(signal.SIGKILL)
    host.wait()
    host.stdout.close()
    survivor = cluster.pid()
    assert survivor is not None
    cluster.start()
    assert cluster.pid() != survivor
    assert not is_postmaster_of(survivor, cluster.data)
    assert ask(cluster, "select 1") == 1


def test_two_clusters_live_side_by_side_with_their_own_passwords(folder: Path) -> None:
    with (
        Cluster(folder / "a", durable=False) as one,
        Cluster(folder / "b", durable=False, listen=True) as two,
    ):
        assert ask(one, "create table only_here (n int)", "select 1") == 1
        assert ask(two, "select to_regclass('only_here')") is None
        assert one.admin_url != two.admin_url
    assert not one.is_running()
    assert not two.is_running()


def test_a_listening_cluster_answers_on_loopback_only(folder: Path) -> None:
    with Cluster(folder / "pg", durable=False, listen=True) as cluster:
        assert make_url(cluster.admin_url).host == "127.0.0.1"
        assert ask(cluster, "show listen_addresses") == "127.0.0.1"


def test_a_long_path_gets_a_short_socket_folder(folder: Path) -> None:
    deep = folder / ("d" * 90)
    deep.mkdir()
    found = socket_folder(deep, Account(None, None))
    try:
        assert len(str(found)) < 50
        assert found.stat().st_mode & 0o777 == 0o700
        found.chmod(0o777)
        with pytest.raises(ClusterUnavailable):
            socket_folder(deep, Account(None, None))
    finally:
        found.rmdir()


def test_root_is_told_where_the_data_went_when_the_account_cannot_reach_the_folder(
    folder: Path,
) -> None:
    if os.geteuid() != 0:
        not_run("not run: only root gives the server another account; run this test as root")
    folder.chmod(0o700)
    cluster = Cluster(folder / "pg", durable=False)
    try:
        cluster.start()
        assert cluster.home != cluster.folder
        assert (cluster.folder / "location.txt").read_text().strip() == str(cluster.home)
        assert folder.stat().st_mode & 0o777 == 0o700
        pid = cluster.pid()
        assert Path(f"/proc/{pid}").stat().st_uid != 0
    finally:
        cluster.destroy()
    assert not cluster.home.exists()


def test_a_machine_without_an_account_for_the_server_is_told_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("pwd.getpwall", list)
    with pytest.raises(ClusterUnavailable, match="ordinary user"):
        lodging.account()
