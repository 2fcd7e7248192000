"""The whole interface against its own document, by schemathesis and the committed settings."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI

from pq_common.http.issuer import DevelopmentIssuer
from pq_common.testing.served import fuzz, served


@pytest.mark.long
@pytest.mark.untraced
def test_schemathesis_finds_nothing(
    told_once: str, app_of: Callable[..., FastAPI], issuer: DevelopmentIssuer
) -> None:
    with served(app_of(told_once, issuer=issuer)) as address:
        said = fuzz(address, "reporting", issuer.token("ministry-analyst"))
    assert "No issues found" in said or "passed" in said, said
