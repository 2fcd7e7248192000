"""What every broker of one set of jars begins with: formatted data, and Kafka's classes as the JVM has read them.

A broker formatted and started from nothing costs 7 s of processor time, from here 3 s, and a run starts some forty.
"""

import shutil
import tempfile
from pathlib import Path

from pq_common.testing.alone import alone
from pq_common.testing.kafka_server import DATA, KafkaServer

CLASSES = "classes.jsa"
PATIENCE_S = 180.0  # writing the classes down takes longer than an ordinary stop


def ready(jars: Path, java: str) -> Path:
    """Return the folder with both, made once per set of jars whichever process comes first."""
    folder = jars.parent / "ready"
    with alone("kafka-ready"):
        if not folder.exists():
            _make(jars, java).rename(folder)
    return folder


def _make(jars: Path, java: str) -> Path:
    made = Path(tempfile.mkdtemp(prefix="ready-", dir=jars.parent))
    with tempfile.TemporaryDirectory(prefix="pq-kafka-") as name:
        first = KafkaServer(Path(name), jars=jars, java=java)
        first.format()
        shutil.copytree(Path(name) / DATA, made / DATA)
        try:
            first.start(f"-XX:ArchiveClassesAtExit={made / CLASSES}")
        finally:
            first.stop(PATIENCE_S)
    return made
