"""OP, LP, ACF and WRDG against the outputs of prodest, the package of Rovigatti and Mollisi, on one simulated panel with gaps.

Published: what prodest 1.0.2 for R and prodest for Stata 18 gave on the panel of data/simulated-firms.csv, as kept with the Python package StatsPAI 1.40.2
(tests/reference_parity: prodest_R.json, prodest_Stata.json; labour earns 0.6 and capital 0.3 in that world). What was needed to match:
- the free input of OP and LP: nothing; twelve digits with both programs.
- capital of OP and LP: ``expectation`` "fitted", the objective of prodest; R prints its value at its own estimate, which ours is there to twelve digits. Its search
  stops within 1e-5 of the minimum. Stata's stops up to 0.5 % away and is not compared.
- ACF: nothing; R's search stops within 1e-5 of our chosen minimum. Stata's is at no root of the moments and is not compared.
- WRDG: ``moments`` "added", as Stata's prodest has it; eight digits. R's drops a constant and is not compared.
"""

import csv
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from pq_tfp.domain.ackerberg import ackerberg
from pq_tfp.domain.control_function import Method, proxy_estimate
from pq_tfp.domain.firm_panel import FirmPanel, Roles, firm_panel
from pq_tfp.domain.wooldridge import wooldridge

FIRMS = Path(__file__).parent / "data" / "simulated-firms.csv"
PROXY: dict[Method, str] = {"OP": "lninv", "LP": "m"}


@cache
def firms(proxy: str) -> FirmPanel:
    with FIRMS.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    told = {name: np.array([float(row[name]) for row in rows]) for name in ("y", "l", "k", proxy)}
    firm, year = [int(row["id"]) for row in rows], [int(row["year"]) for row in rows]
    return firm_panel(firm, year, told, roles=Roles("y", ("l",), "k", proxy), units="logs")


@pytest.mark.parametrize(
    ("method", "degree", "printed"),
    [
        ("OP", 2, 0.63302527282500110),
        ("OP", 3, 0.63301612428260157),
        ("LP", 2, 0.61548122267700722),
        ("LP", 3, 0.61533287520367708),
    ],
)
def test_the_elasticity_of_labour_is_that_of_prodest(
    method: Method, degree: int, printed: float
) -> None:
    found = proxy_estimate(firms(PROXY[method]), method, degree=degree).estimate
    assert found.beta[0] == pytest.approx(printed, rel=1e-12)


@pytest.mark.parametrize(
    ("method", "printed", "criterion"),
    [("OP", 0.289436054088653, 107.745070041686), ("LP", 0.333376186991741, 102.952027008899)],
)
def test_with_its_objective_capital_is_where_prodest_looks_for_it(
    method: Method, printed: float, criterion: float
) -> None:
    panel = firms(PROXY[method])
    found = proxy_estimate(panel, method, degree=2, expectation="fitted")
    stage, rows = found.stage, found.estimate.rows
    assert rows * stage.objective(printed) == pytest.approx(criterion, rel=1e-12)
    assert found.estimate.beta[1] == pytest.approx(printed, rel=1e-5)
    assert stage.objective(float(found.estimate.beta[1])) <= stage.objective(printed)
    assert found.estimate.specification.endswith("g cubic, fitted to φ̂")


@pytest.mark.parametrize("method", ["OP", "LP"])
def test_the_objective_of_the_articles_is_another_one(method: Method) -> None:
    panel = firms(PROXY[method])
    joint = proxy_estimate(panel, method, degree=2)
    fitted = proxy_estimate(panel, method, degree=2, expectation="fitted")
    assert abs(joint.estimate.beta[1] - fitted.estimate.beta[1]) > 0.004


def test_acf_chooses_the_minimum_at_which_prodest_stops() -> None:
    found = ackerberg(firms("m"), degree=2).minima[0]
    np.testing.assert_allclose(found.beta, [0.984225280767377, 0.216113976826737], rtol=1e-5)


@pytest.mark.parametrize(
    ("degree", "printed"),
    [(2, (0.61434394471781673, -0.64319218370005471)), (3, (0.61443135656011982, -0.64269005710137517))],
)  # fmt: skip
def test_wrdg_with_its_moments_is_that_of_prodest_for_stata(
    degree: int, printed: tuple[float, float]
) -> None:
    found = wooldridge(firms("m"), degree=degree, moments="added")
    np.testing.assert_allclose(found.beta, printed, rtol=1e-8)
    assert found.specification.endswith("random walk, moments added")
    assert found.rows == 2084
