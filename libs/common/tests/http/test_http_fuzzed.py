"""Schemathesis finds nothing in an application built like every service."""

import pytest
from fastapi import FastAPI

from pq_common.http.issuer import DevelopmentIssuer
from pq_common.testing.served import fuzz, served


@pytest.mark.long
@pytest.mark.untraced
def test_schemathesis_finds_nothing(app: FastAPI, issuer: DevelopmentIssuer) -> None:
    with served(app) as address:
        report = fuzz(address, "common", issuer.token("ministry-admin"))
    assert "No issues found" in report or "passed" in report, report
