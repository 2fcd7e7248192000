"""The whole interface against its own document, by schemathesis and the committed settings."""

import pytest

from pq_common.http.issuer import DevelopmentIssuer
from pq_common.testing.api import MakeSettings
from pq_common.testing.fixtures import DatabaseFor
from pq_common.testing.openapi_lint import lint_openapi
from pq_common.testing.served import FUZZED, fuzz, served
from pq_tfp.app import create_app
from pq_tfp.settings import Settings


@pytest.mark.long
@pytest.mark.untraced
def test_schemathesis_finds_nothing(
    database_for: DatabaseFor, settings_for: MakeSettings, issuer: DevelopmentIssuer
) -> None:
    settings = settings_for(
        Settings, database_for("pq_tfp"), **FUZZED,
        compute_requests_per_minute=1_000_000,  # else nearly every computation is answered 429
        compute_repeats=64,  # ten bodies with 2,000 draws would keep all others waiting for minutes
    )  # fmt: skip
    app = create_app(settings)
    assert lint_openapi(app.openapi()) == []
    with served(app) as address:
        said = fuzz(address, "tfp", issuer.token("ministry-admin"))
    assert "No issues found" in said or "passed" in said, said
