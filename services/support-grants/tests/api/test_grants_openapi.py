"""The description of the service keeps the contract of all our services."""

from fastapi import FastAPI

from pq_common.testing.openapi_lint import lint_openapi


def test_the_description_keeps_the_contract(app: FastAPI) -> None:
    assert lint_openapi(app.openapi()) == []
