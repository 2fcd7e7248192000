"""The whole interface against its own document, by schemathesis and the committed settings."""

from collections.abc import Callable

from fastapi import FastAPI

from pq_common.testing.served import fuzz, served


def test_schemathesis_finds_nothing(told_once: str, app_of: Callable[..., FastAPI]) -> None:
    with served(app_of(told_once)) as address:
        said = fuzz(address, "reporting", token="", examples=10)
    assert "No issues found" in said
