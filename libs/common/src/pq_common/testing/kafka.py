"""The Kafka that tests use: ``TEST_KAFKA`` where it is given, else a broker from Kafka's own jars."""

import os
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from pq_common.testing.alone import alone
from pq_common.testing.kafka_ready import ready
from pq_common.testing.kafka_server import KafkaServer
from pq_common.testing.parts import not_run, require
from pq_common.testing.report import used

SCRIPTS = Path(__file__).resolve().parents[5] / "scripts"


@cache
def _jars() -> Path | str:
    """Return the folder of the jars, fetched once per checkout, or the sentence that says why there is none."""
    script = SCRIPTS / "kafka-jars.sh"
    with alone("kafka-jars"):  # two Mavens at once may spoil their common repository
        done = subprocess.run([script], capture_output=True, text=True, check=False)
    if done.returncode:
        return f"not run: Kafka's jars could not be fetched; `scripts/kafka-jars.sh` says why: {done.stderr.strip()[-300:]}"
    return Path(done.stdout.strip())


def kafka_server(folder: Path) -> KafkaServer:
    """Return a broker of the caller's own, not started; end the test as not run where a part is missing."""
    java = require("jdk")
    jars = _jars()
    if isinstance(jars, str):
        not_run(jars)
    used("bus", f"Apache Kafka {jars.parent.name.removeprefix('kafka-')} from its jars")
    return KafkaServer(folder, jars=jars, java=java, ready=ready(jars, java))


@pytest.fixture(scope="session")
def kafka_bootstrap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a broker that lives as long as the test session. Tests that kill brokers take their own."""
    given = os.environ.get("TEST_KAFKA")
    if given:
        used("bus", "Apache Kafka at TEST_KAFKA")
        yield given
        return
    server = kafka_server(tmp_path_factory.mktemp("kafka"))
    try:
        yield server.start()
    finally:
        server.stop()
