"""A run computed again from its bundle, on a machine where nothing runs."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pq_embedded.cli import app
from pq_embedded.demo import bodies, growth
from pq_tfp.domain.running.compute import bundle_of, compute
from pq_tfp.domain.running.specification import Specification
from pq_tfp.domain.store.stored import Stored, stored_from

run = CliRunner().invoke


def demonstrated() -> list[Stored]:
    """Return the series of the demonstration as a run reads them."""
    facts: dict[str, Any] = {"industry": "total", "item": "", "definition": None, "breaks": []}
    told = [body for one in growth.series() for body in bodies.series(one)]
    return [stored_from({**facts, **body, "id": f"{at:04}"}) for at, body in enumerate(told)]


@pytest.fixture
def bundle() -> dict[str, Any]:
    series = demonstrated()
    wanted = Specification(
        place_id="vn-31-2025", boundary="2025-07-01", vintage=series[0].vintage, first_year=2021
    )
    return bundle_of(compute(wanted, series), code_version="x")


def again(tmp_path: Path, content: str) -> tuple[int, str]:
    file = tmp_path / "bundle.json"
    file.write_text(content, encoding="utf-8")
    told = run(app, ["tfp", "recompute", str(file)])
    return told.exit_code, told.stdout + told.stderr


def test_what_is_no_bundle_is_refused(tmp_path: Path) -> None:
    for content in ("{", "[]", "{}"):
        code, said = again(tmp_path, content)
        assert code == 1, said
        assert said


def test_a_bundle_whose_series_cannot_carry_the_run_names_each_fault(
    tmp_path: Path, bundle: dict[str, Any]
) -> None:
    bundle["series"] = [one for one in bundle["series"] if one["measure"] != "L"]
    code, said = again(tmp_path, json.dumps(bundle))
    assert (code, "series_missing" in said) == (1, True)


def test_a_changed_result_is_named(tmp_path: Path, bundle: dict[str, Any]) -> None:
    bundle["results"]["period"]["g_A"] = 0.5
    code, said = again(tmp_path, json.dumps(bundle))
    assert (code, "/results/period/g_A: told 0.5" in said) == (1, True)


def test_an_untouched_bundle_gives_the_same_hash(tmp_path: Path, bundle: dict[str, Any]) -> None:
    code, said = again(tmp_path, json.dumps(bundle))
    assert code == 0, said
    assert bundle["bundle_sha256"] in said
