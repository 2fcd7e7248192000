"""The OpenAPI documents of the five services, as committed: ``python -m pq_embedded.openapi --write | --check``."""

import json
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from pq_embedded.host import SERVICES

FOLDER = Path(__file__).resolve().parents[4] / "docs" / "openapi"
UNUSED = {
    "database_url": "postgresql://nobody@127.0.0.1/nothing",
    "sealing_secret": "only for the document",
}
"""An application opens nothing before its lifespan, so these are never used."""


@cache
def documents() -> Mapping[str, str]:
    """Return the text of each document by file name; made once, for the code of a process does not change."""
    made = {}
    for service in SERVICES:
        settings = service.settings.model_validate(UNUSED)
        document = service.create_app(settings).openapi()
        made[f"{service.name}.json"] = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    return made


def stale(folder: Path = FOLDER) -> list[str]:
    """Name the documents that are not what the code says now."""
    return [
        name
        for name, text in documents().items()
        if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != text
    ]


def main(arguments: Sequence[str]) -> int:
    """Write the documents, or say which are stale (exit code 1)."""
    if arguments == ["--write"]:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name, text in documents().items():
            (FOLDER / name).write_text(text, encoding="utf-8")
        return 0
    if arguments == ["--check"]:
        found = stale()
        for name in found:
            print(f"docs/openapi/{name} is stale: python -m pq_embedded.openapi --write")
        return 1 if found else 0
    print("usage: python -m pq_embedded.openapi --write | --check", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
