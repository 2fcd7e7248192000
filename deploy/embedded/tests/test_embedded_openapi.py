"""The committed OpenAPI documents are what the services serve; a change of the interface shows as a change of a file."""

from pathlib import Path

import pytest

from pq_embedded import openapi
from pq_embedded.host import SERVICES

# A process makes the documents once.
pytestmark = [pytest.mark.xdist_group("openapi"), pytest.mark.untraced]


def test_a_document_that_is_not_there_or_not_the_same_is_named(tmp_path: Path) -> None:
    (tmp_path / "registry.json").write_text("{}")
    assert openapi.stale(tmp_path) == [f"{service.name}.json" for service in SERVICES]


def test_the_committed_documents_are_what_the_code_says() -> None:
    assert openapi.stale() == []


def test_the_command_says_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert openapi.main([]) == 2
    assert "--write" in capsys.readouterr().err


def test_check_says_which_document_is_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(openapi, "FOLDER", tmp_path)
    monkeypatch.setattr(openapi.stale, "__defaults__", (tmp_path,))
    assert openapi.main(["--check"]) == 1
    assert "registry.json" in capsys.readouterr().out
    assert openapi.main(["--write"]) == 0
    assert openapi.main(["--check"]) == 0
