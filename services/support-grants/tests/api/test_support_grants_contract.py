"""The whole interface against its own document, by schemathesis and the committed settings."""

import pytest

from pq_common.http.issuer import DevelopmentIssuer
from pq_common.testing.api import MakeSettings
from pq_common.testing.fixtures import DatabaseFor
from pq_common.testing.openapi_lint import lint_openapi
from pq_common.testing.served import FUZZED, fuzz, served
from pq_support_grants.app import create_app
from pq_support_grants.settings import Settings


@pytest.mark.long
@pytest.mark.untraced
def test_schemathesis_finds_nothing(
    database_for: DatabaseFor, settings_for: MakeSettings, issuer: DevelopmentIssuer
) -> None:
    app = create_app(settings_for(Settings, database_for("pq_support_grants"), **FUZZED))
    assert lint_openapi(app.openapi()) == []
    with served(app) as address:
        said = fuzz(address, "support-grants", issuer.token("ministry-admin"))
    assert "No issues found" in said or "passed" in said, said
