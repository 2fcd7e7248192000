"""A real Apache Kafka on this machine: one KRaft node from Kafka's own jars, on random ports of 127.0.0.1."""

import asyncio
import shutil
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from pq_common.testing.ports import free_ports

JAVA = (
    "-Xmx512m", "-Xms512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
)  # fmt: skip
START_S = 180.0  # a machine that other tests share; a start alone takes three seconds
STOP_S = 20.0
DATA = "data"

PROPERTIES = """
process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
controller.quorum.voters=1@127.0.0.1:{controller_port}
log.dirs={folder}/data
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
log.cleaner.dedupe.buffer.size=2097152
# A killed broker's registration blocks its next start until this session is over.
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
"""


class KafkaServer:
    """One broker and its data in ``folder``. Killed or stopped, it can be started again on the same data and port.

    ``ready`` is a folder of ``kafka_ready``; without one the broker formats its data itself.
    """

    def __init__(
        self, folder: Path, *, jars: Path, java: str = "java", ready: Path | None = None
    ) -> None:
        self._folder = folder
        self._ready = ready
        # A JVM that cannot use the archive (another build of it) reads the jars instead.
        archive = () if ready is None else (f"-XX:SharedArchiveFile={ready / 'classes.jsa'}",)
        self._java = (java, *JAVA, *archive, "-cp", f"{jars}/*")
        self._process: subprocess.Popen[bytes] | None = None
        self.port, self.controller_port = free_ports(2)
        self.bootstrap = f"127.0.0.1:{self.port}"
        folder.mkdir(parents=True, exist_ok=True)
        self._properties = folder / "server.properties"
        self._properties.write_text(
            PROPERTIES.format(port=self.port, controller_port=self.controller_port, folder=folder)
        )
        self._log = folder / "broker.log"

    @property
    def pid(self) -> int:
        """The broker's process, for SIGSTOP and the like."""
        if self._process is None:
            raise RuntimeError("the broker is not running")
        return self._process.pid

    def told(self, settings: Mapping[str, str]) -> None:
        """Add settings, or replace them, before the broker starts: of a name said twice the last one counts."""
        with self._properties.open("a") as file:
            file.writelines(f"{name}={value}\n" for name, value in settings.items())

    def start(self, *options: str) -> str:
        """Start and return the bootstrap address once the broker answers; ``options`` are for this JVM."""
        if not (self._folder / DATA / "meta.properties").exists():
            self.format()
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [self._java[0], *options, *self._java[1:], "kafka.Kafka", str(self._properties)],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self._folder,
            )  # fmt: skip
        until = time.monotonic() + START_S
        while not self.answers():
            if self._process.poll() is not None or time.monotonic() > until:
                self.kill()
                raise RuntimeError(f"Kafka did not start:\n{self._log.read_text()[-3000:]}")
            time.sleep(0.1)
        return self.bootstrap

    def answers(self) -> bool:
        """Say whether a metadata request succeeds; an open port says nothing yet."""
        try:  # spares the log a line per attempt while nobody listens
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        with ThreadPoolExecutor(1) as elsewhere:  # so that callers with a running loop may ask too
            return elsewhere.submit(lambda: asyncio.run(_answers(self.bootstrap))).result()

    def stop(self, patience_s: float = STOP_S) -> None:
        """End the broker in good order, or without when that takes too long."""
        if self._process is None:
            return
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(patience_s)
        self.kill()

    def kill(self) -> None:
        """End the broker as a power cut would."""
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGKILL)
            process.wait()

    def restart(self) -> str:
        """Start again on the same data and the same port."""
        self.stop()
        return self.start()

    def format(self) -> None:
        """Make the broker's empty data: a copy of what is ready, else by Kafka's own tool."""
        if self._ready is not None:
            shutil.copytree(self._ready / DATA, self._folder / DATA)
            return
        subprocess.run(
            [*self._java, "kafka.tools.StorageTool", "format",
             "-t", str(uuid.uuid4()), "-c", str(self._properties)],
            check=True, capture_output=True, cwd=self._folder,
        )  # fmt: skip


async def _answers(bootstrap: str) -> bool:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=2000)
    try:
        await admin.start()
        return bool((await admin.describe_cluster())["brokers"])
    except (KafkaError, OSError):
        return False
    finally:
        await admin.close()
