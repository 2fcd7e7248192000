"""The method pages: every example runs and prints what the page says, and every engine has its page."""

import doctest
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[4] / "docs" / "tfp"
PAGES = sorted(page for page in DOCS.glob("*.md") if page.name != "README.md")
INDEX = (DOCS / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_examples_of_a_page_run_and_print_what_it_says(page: Path) -> None:
    # A fence would be read as expected output; a blank line ends it.
    text = "\n".join(
        "" if line.startswith("```") else line
        for line in page.read_text(encoding="utf-8").splitlines()
    )
    examples = doctest.DocTestParser().get_doctest(text, {}, page.stem, str(page), 0)
    assert examples.examples
    told: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.REPORT_NDIFF)
    assert runner.run(examples, out=told.append).failed == 0, "".join(told)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_has_a_worked_example_and_what_goes_wrong_and_is_listed(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert "## Worked example" in text
    assert "## What goes wrong in practice" in text
    assert f"({page.name})" in INDEX


ENGINES = [
    "accounting",
    "panel",
    "official_periods",
    "presentation",
    "tornqvist",
    "capital",
    "initial_stock",
    "user_cost",
    "labour",
    "labour_share",
    "industries",
    "aggregation",
    "mergers",
    "levels",
    "dea",
    "quantities",
    "distances",
    "simplex",
    "malmquist",
    "hicks_moorsteen",
    "fare_primont",
    "stochastic_frontier",
    "composed_error",
    "information",
    "firm_panel",
    "least_squares",
    "panel_regression",
    "dynamic_form",
    "control_function",
    "wooldridge",
    "ackerberg",
    "acf_moments",
    "markov",
    "block_bootstrap",
    "estimates",
    "firm_decomposition",
    "sti",
    "sti_band",
    "uncertainty",
    "sensitivity",
    "solve_target",
    "guards",
    "series",
    "axes",
]


@pytest.mark.parametrize("module", ENGINES)
def test_an_engine_is_named_in_the_index(module: str) -> None:
    assert f"`{module}`" in INDEX
