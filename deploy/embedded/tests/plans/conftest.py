"""The plans as files, as read, and the texts they were read from."""

from pathlib import Path

import pytest

import pq_embedded
from pq_common.contracts.plans import Plan

PLANS = Path(pq_embedded.__file__).parent / "plans"


def one_line(text: str) -> str:
    """Leave single spaces: line breaks of a page carry no meaning, and a quotation may cross them."""
    return " ".join(text.split())


@pytest.fixture(scope="session")
def written() -> dict[str, str]:
    """Return every plan's file as text, by code."""
    return {path.stem: path.read_text(encoding="utf-8") for path in PLANS.glob("*.json")}


@pytest.fixture(scope="session")
def plans(written: dict[str, str]) -> dict[str, Plan]:
    return {code: Plan.model_validate_json(text) for code, text in written.items()}


@pytest.fixture(scope="session")
def originals() -> dict[str, str]:
    """Return the original texts on one line each, by the code of their plan."""
    return {
        path.stem: one_line(path.read_text(encoding="utf-8"))
        for path in (PLANS / "sources").glob("*.txt")
    }
