"""OLS, FE and FD: refusals, then published coefficients to the published digits, then an independent implementation.

Published: the outputs kept with the R package plm 2.6-2 (tests test_Estimators, test_FD_models and the help page of plm): Grunfeld's ten firms
(investment on value and capital) and Munnell's states (output on public and private capital, employment, unemployment). Tolerance: half
a unit of the last printed digit. What was needed to match: the eleventh firm of the statsmodels copy of Grunfeld left out; FD without a constant.
Clustered standard errors are held against statsmodels, whose factor is ours.
"""

import csv
from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm

from pq_tfp.domain.errors import SeriesRefused
from pq_tfp.domain.firm_panel import FirmPanel, Roles, firm_panel
from pq_tfp.domain.panel_regression import Method, linear_estimate, within
from pq_tfp.domain.series import Array

STATES = Path(__file__).parent / "data" / "munnell-states.csv"


def grunfeld() -> FirmPanel:
    """The published regressions are of levels: all three in thousands, which leaves the slopes as they are."""
    data = sm.datasets.grunfeld.load_pandas().data
    data = data[data["firm"] != "American Steel"]
    told = {name: data[name].to_numpy(float) / 1000 for name in ("invest", "value", "capital")}
    roles = Roles("invest", ("value",), "capital")
    return firm_panel(
        data["firm"].to_numpy(), data["year"].to_numpy(), told, roles=roles, units="logs"
    )


def states() -> FirmPanel:
    with STATES.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    told = {
        name: np.array([float(row[name]) for row in rows])
        for name in ("gsp", "pcap", "pc", "emp", "unemp")
    }
    roles = Roles("gsp", ("pcap", "emp"), "pc", controls=("unemp",))
    years = [int(row["year"]) for row in rows]
    return firm_panel([row["state"] for row in rows], years, told, roles=roles, units="levels")


def faults(refusal: pytest.ExceptionInfo[SeriesRefused]) -> list[str]:
    return [f"{error.code} {error.pointer}" for error in refusal.value.errors]


def changed(panel: FirmPanel, **columns: Array) -> FirmPanel:
    told = panel.values | columns
    return FirmPanel(panel.firms, panel.firm, panel.year, told, panel.roles, panel.lagged)


def test_a_constant_column_is_refused_by_name() -> None:
    panel = grunfeld()
    with pytest.raises(SeriesRefused) as refusal:
        linear_estimate(changed(panel, capital=np.full(panel.rows, 3.0)), "OLS")
    assert faults(refusal) == ["column_constant /capital"]
    assert "không thay đổi" in refusal.value.errors[0].message_vi


def test_a_collinear_column_is_refused_with_the_columns_it_is_made_of() -> None:
    panel = states()
    with pytest.raises(SeriesRefused) as refusal:
        linear_estimate(changed(panel, unemp=2 * panel["pcap"] - panel["emp"] + 1), "OLS")
    assert faults(refusal) == ["columns_collinear /unemp"]
    assert refusal.value.errors[0].message_en == (
        "unemp is a linear combination of pcap, emp; leave one of these columns out."
    )


def test_what_does_not_vary_within_firms_is_refused_under_fixed_effects() -> None:
    panel = states()
    with pytest.raises(SeriesRefused) as refusal:
        linear_estimate(changed(panel, unemp=panel.firm.astype(float)), "FE")
    assert faults(refusal) == ["column_constant /unemp"]


@pytest.mark.parametrize("years", [3, 5, 6, 7, 11])
def test_what_is_one_number_in_each_firm_is_refused_though_its_mean_is_off_by_rounding(
    years: int,
) -> None:
    random = np.random.default_rng(3)
    told = {name: random.normal(size=50 * years) for name in "YL"}
    told["K"] = np.log(np.repeat(random.uniform(1, 9, 50), years))
    firm, year = np.repeat(np.arange(50), years), np.tile(np.arange(2018, 2018 + years), 50)
    panel = firm_panel(firm, year, told, roles=Roles(), units="logs")
    assert (panel["K"] - np.repeat(panel["K"].reshape(50, years).mean(axis=1), years)).any()
    with pytest.raises(SeriesRefused) as refusal:
        linear_estimate(panel, "FE")
    assert faults(refusal) == ["column_constant /K"]


@pytest.mark.parametrize("method", ["OLS", "FE", "FD"])
def test_a_trend_beside_year_effects_is_refused(method: Method) -> None:
    random = np.random.default_rng(3)
    told = {name: random.normal(3, 1, 300) for name in "YLK"}
    told["t"] = np.tile(np.arange(2018.0, 2024.0), 50)
    roles = Roles(controls=("t",))
    panel = firm_panel(np.repeat(np.arange(50), 6), told["t"], told, roles=roles, units="logs")
    with pytest.raises(SeriesRefused) as refusal:
        linear_estimate(panel, method, year_effects=True)
    assert faults(refusal) == ["columns_collinear /year 2023"]


@pytest.mark.parametrize(
    ("method", "pointer"), [("FE", "/firms with two years or more"), ("FD", "/firms")]
)
def test_one_firm_alone_with_several_years_is_refused(method: Method, pointer: str) -> None:
    random = np.random.default_rng(3)
    told = {name: random.normal(3, 1, 12) for name in "YLK"}
    panel = firm_panel(
        ["a"] * 10 + ["b", "c"], [*range(2000, 2010), 2001, 2002], told, roles=Roles(), units="logs"
    )
    with pytest.raises(SeriesRefused) as refusal:
        linear_estimate(panel, method)
    assert faults(refusal) == [f"sample_too_small {pointer}"]


def test_no_more_rows_than_coefficients_are_refused_with_the_minimum() -> None:
    rng = np.random.default_rng(1)
    told = {name: rng.normal(size=3) for name in ("Y", "L", "K")}
    panel = firm_panel(["a", "b", "c"], [1, 2, 3], told, roles=Roles(), units="logs")
    with pytest.raises(SeriesRefused) as refusal:
        linear_estimate(panel, "OLS")
    assert faults(refusal) == ["sample_too_small /rows"]
    assert "at least 4" in refusal.value.errors[0].message_en


PUBLISHED: list[tuple[Method, bool, list[float], float]] = [
    ("OLS", False, [0.1155622, 0.2306785], 5e-8),
    ("FE", True, [0.117716, 0.357916], 5e-7),
]


@pytest.mark.parametrize(("method", "years", "printed", "half_a_digit"), PUBLISHED)
def test_the_published_coefficients_of_grunfeld_are_reproduced(
    method: Method, years: bool, printed: list[float], half_a_digit: float
) -> None:
    found = linear_estimate(grunfeld(), method, year_effects=years)
    np.testing.assert_allclose(found.beta, printed, atol=half_a_digit, rtol=0)
    assert found.names == ("value", "capital")


def test_the_published_fixed_effects_of_the_states_are_reproduced() -> None:
    found = linear_estimate(states(), "FE")
    printed = {"pcap": -0.02614965, "emp": 0.76815947, "pc": 0.29200693, "unemp": -0.00529774}
    np.testing.assert_allclose(found.beta, list(printed.values()), atol=5e-9, rtol=0)
    assert found.names == tuple(printed)
    assert (found.rows, found.firms) == (816, 48)


def test_the_published_first_differences_of_the_states_are_reproduced() -> None:
    found = linear_estimate(states(), "FD")
    printed = {"pcap": 0.12347223, "emp": 0.95943399, "pc": 0.01838177, "unemp": -0.00428020}
    np.testing.assert_allclose(found.beta, list(printed.values()), atol=5e-9, rtol=0)
    assert found.rows == 768


@pytest.mark.parametrize("method", ["OLS", "FE", "FD"])
def test_clustered_standard_errors_are_those_of_statsmodels(method: Method) -> None:
    panel = states()
    X = np.stack([panel[name] for name in ("pcap", "emp", "pc", "unemp")], axis=1)
    y, firm, at = panel.y, panel.firm, panel.with_lag
    if method == "OLS":
        X = sm.add_constant(X)
    elif method == "FE":
        X, y = np.stack([within(x, firm) for x in X.T], axis=1), within(y, firm)
    else:
        X, y, firm = X[at] - X[at - 1], y[at] - y[at - 1], firm[at]
    other = sm.OLS(y, X).fit(cov_type="cluster", cov_kwds={"groups": firm})
    found = linear_estimate(panel, method)
    np.testing.assert_allclose(found.beta, other.params[-4:], rtol=1e-9)
    np.testing.assert_allclose(found.standard_error, other.bse[-4:], rtol=1e-9)


def test_year_effects_of_differences_are_those_of_dummies() -> None:
    panel = states()
    at = panel.with_lag
    years = (panel.year[at][:, np.newaxis] == np.unique(panel.year[at])).astype(float)
    names = ("pcap", "emp", "pc", "unemp")
    X = np.concatenate(
        [np.stack([panel[n][at] - panel[n][at - 1] for n in names], axis=1), years], axis=1
    )
    other = np.linalg.lstsq(X, panel.y[at] - panel.y[at - 1], rcond=None)[0]
    found = linear_estimate(panel, "FD", year_effects=True)
    np.testing.assert_allclose(found.beta, other[:4], rtol=1e-9)


def test_a_gap_breaks_the_difference() -> None:
    panel = states()
    keep = ~((panel.firm == 0) & (panel.year == 1980))
    told = {name: values[keep] for name, values in panel.values.items()}
    labels = np.array(panel.firms)[panel.firm[keep]]
    shorter = firm_panel(labels, panel.year[keep], told, roles=panel.roles, units="logs")
    assert linear_estimate(shorter, "FD").rows == 768 - 2
