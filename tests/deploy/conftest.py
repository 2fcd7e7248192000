"""What the files of a deployment are compared with: the services, and what their settings are called."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from pq_common.settings import FOR_ALL, OwnerSettings
from pq_embedded.host import SERVICES

ROOT = Path(__file__).resolve().parents[2]


def required(kind: type[Any]) -> set[str]:
    return {name for name, field in kind.model_fields.items() if field.is_required()}


@pytest.fixture(scope="session")
def names() -> list[str]:
    """The services, as addresses spell them."""
    return [service.name for service in SERVICES]


@pytest.fixture(scope="session")
def needs() -> dict[tuple[str, str], set[str]]:
    """The settings that a command of a service does not start without."""
    found = {(one.name, "serve"): required(one.settings) for one in SERVICES}
    found |= {(one.name, "work"): required(one.settings) | {"bus"} for one in SERVICES}
    return found | {(one.name, "migrate"): required(OwnerSettings) for one in SERVICES}


@pytest.fixture(scope="session")
def settings() -> set[str]:
    """Every variable that some service reads, in small letters."""
    found = {f"{FOR_ALL.lower()}{name}" for name in OwnerSettings.model_fields}
    for service in SERVICES:
        for prefix in (FOR_ALL, str(service.settings.model_config["env_prefix"])):
            found |= {f"{prefix}{name}".lower() for name in service.settings.model_fields}
    return found


@pytest.fixture(scope="session")
def compose() -> dict[str, Any]:
    """docker-compose.yml with its anchors resolved."""
    return dict(yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
