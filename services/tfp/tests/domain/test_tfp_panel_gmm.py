"""GMM on a dynamic panel: refusals, published outputs to the printed digits, the moments made firm by firm, then what must not matter.

Published, all on the employment data of Arellano and Bond (1991), 140 companies of the United Kingdom:
- the output of DPD 1.24 for Ox (Doornik, Arellano and Bond) that gretl keeps among its tests as Blundell and Bond (1998), table 4, in differences and as
  a system, one and two steps, and gretl's own of the same with its tests of serial correlation (test-gretl/arbond/ox/bb98.out and output/bb98.out);
- Arellano and Bond (1991), table 4, column (b), two steps with Windmeijer's errors, as kept with the R package plm 2.6-2 (test_pgmm), also collapsed;
- an output of xtabond2 with limited lags that the Python package pydynpd keeps (Benchmark/test_2.md);
- Roodman (2009), section 3.4, the system with xtabond2's own first weight; the article was not at hand, its digits are those remembered.
Tolerance: a unit of the last printed digit for coefficients and errors of plm, whose data are single precision, half a unit elsewhere.
"""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pq_tfp.domain.dynamic_form import Gmm, common_factor
from pq_tfp.domain.errors import SeriesRefused
from pq_tfp.domain.firm_panel import FirmPanel, Roles, firm_panel
from pq_tfp.domain.panel_gmm import PanelGmm, Steps, panel_gmm
from pq_tfp.domain.panel_moments import Equations, Lagged, Model, Term
from pq_tfp.domain.series import Array

COMPANIES = Path(__file__).parent / "data" / "uk-employment.csv"
FREE = (Term("n", 1), Term("w"), Term("w", 1), Term("k"), Term("k", 1))
PAST = (Lagged("n"), Lagged("w"), Lagged("k"))


def companies() -> FirmPanel:
    with COMPANIES.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    named = {"n": "emp", "w": "wage", "k": "capital", "ys": "output"}
    told = {name: np.log([float(row[column]) for row in rows]) for name, column in named.items()}
    firm, year = [int(row["firm"]) for row in rows], [int(row["year"]) for row in rows]
    roles = Roles("n", ("w",), "k", controls=("ys",))
    return firm_panel(firm, year, told, roles=roles, units="logs")


def made_up(*, firms: int = 40, years: int = 7, seed: int = 1) -> FirmPanel:
    """Return firms with lasting differences, ρ = 0.5, β = 0.4 and 0.3, of which a fifth of the rows are not there."""
    random = np.random.default_rng(seed)
    lasting, omega, labour, capital = random.normal(size=(4, firms))
    kept = []
    for year in range(years):
        omega = 0.5 * omega + random.normal(0, 0.3, firms)
        labour = 0.6 * labour + 0.5 * lasting + random.normal(0, 0.5, firms)
        capital = 0.7 * capital + 0.3 * lasting + random.normal(0, 0.5, firms)
        y = 0.4 * labour + 0.3 * capital + omega + lasting + 0.1 * (year % 3)
        kept.append((y, labour, capital, random.normal(size=firms)))
    told = {name: np.array([row[at] for row in kept]).T.ravel() for at, name in enumerate("YLKC")}
    firm, when = np.repeat(np.arange(firms), years), np.tile(np.arange(2010, 2010 + years), firms)
    there = random.random(len(firm)) < 0.8 if seed else np.ones(len(firm), dtype=bool)
    columns = {name: values[there] for name, values in told.items()}
    roles = Roles(controls=("C",))
    return firm_panel(firm[there], when[there], columns, roles=roles, units="logs")


def changed(panel: FirmPanel, **columns: Array) -> FirmPanel:
    told = panel.values | columns
    return FirmPanel(panel.firms, panel.firm, panel.year, told, panel.roles, panel.lagged)


def faults(refusal: pytest.ExceptionInfo[SeriesRefused]) -> list[str]:
    return [f"{error.code} {error.pointer}" for error in refusal.value.errors]


def errors(found: PanelGmm) -> Array:
    made: Array = np.sqrt(np.diag(found.covariance))
    return made


def test_a_panel_without_neighbouring_lags_is_refused() -> None:
    panel = made_up(seed=0, years=3)
    told = {name: panel[name][panel.year != 2011] for name in panel.values}
    keep = panel.year != 2011
    year = np.where(panel.year == 2012, 2014 + panel.firm % 2, panel.year)
    gaps = firm_panel(panel.firm[keep], year[keep], told, roles=panel.roles, units="logs")
    with pytest.raises(SeriesRefused) as refusal:
        panel_gmm(gaps, Model("Y", (Term("Y", 1),), (Lagged("Y"),)))
    assert faults(refusal) == ["sample_too_small /rows"]
    assert "three years in a row" in refusal.value.errors[0].message_en


def test_fewer_instruments_than_coefficients_are_refused_with_the_minimum() -> None:
    few = Model("n", FREE, (Lagged("n", 2, 3),), equations="DIF", collapse=True)
    with pytest.raises(SeriesRefused) as refusal:
        panel_gmm(companies(), few)
    assert faults(refusal) == ["fewer_instruments_than_coefficients /instruments"]
    assert "9 instruments for 12" in refusal.value.errors[0].message_en


def test_more_instruments_than_can_be_held_are_refused_before_anything_is_computed() -> None:
    panel = made_up(seed=0, years=60, firms=3)
    with pytest.raises(SeriesRefused) as refusal:
        panel_gmm(panel, Model("Y", (Term("Y", 1),), (Lagged("Y"),)))
    assert faults(refusal) == ["too_many_instruments /instruments"]
    assert panel_gmm(
        panel, Model("Y", (Term("Y", 1),), (Lagged("Y"),), collapse=True), steps=1
    ).rows


def test_two_steps_need_a_firm_for_every_instrument() -> None:
    panel = made_up(firms=20)
    model = Model("Y", (Term("Y", 1), Term("L")), (Lagged("Y"), Lagged("L")))
    with pytest.raises(SeriesRefused) as refusal:
        panel_gmm(panel, model)
    assert faults(refusal) == ["fewer_firms_than_instruments /firms"]
    assert "there are 19 firms and 43 instruments" in refusal.value.errors[0].message_en


@pytest.mark.parametrize("equations", ["DIF", "SYS"])
def test_terms_that_tell_the_same_are_refused_by_name(equations: Equations) -> None:
    panel = made_up()
    model = Model(
        "Y", (Term("Y", 1), Term("L"), Term("C")), (Lagged("Y"), Lagged("L")), (Term("C"),), equations
    )  # fmt: skip
    with pytest.raises(SeriesRefused) as refusal:
        panel_gmm(changed(panel, C=2 * panel["L"]), model)
    assert faults(refusal) == ["columns_collinear /C"]


DPD = {
    ("DIF", 1): (
        (0.707470, -0.708797, 0.500015, 0.465978, -0.215131),
        (0.08418, 0.1171, 0.1113, 0.1010, 0.08585),
    ),
    ("DIF", 2): (
        (0.678787, -0.719830, 0.462691, 0.453905, -0.191492),
        (0.08908, 0.1221, 0.1135, 0.1276, 0.1045),
    ),
    ("SYS", 1): (
        (0.871414, -0.781090, 0.512074, 0.468830, -0.355981),
        (0.04405, 0.1159, 0.1675, 0.07067, 0.07190),
    ),
    ("SYS", 2): (
        (0.872881, -0.779745, 0.526803, 0.470077, -0.357608),
        (0.04528, 0.1166, 0.1621, 0.07986, 0.08003),
    ),
}


@pytest.mark.parametrize(("equations", "steps"), DPD)
def test_the_free_form_is_that_of_dpd_for_ox_to_its_digits(
    equations: Equations, steps: Steps
) -> None:
    found = common_factor(
        companies_without_output(), gmm=Gmm(equations=equations, steps=steps)
    ).free
    coefficients, standard = DPD[equations, steps]
    assert found.names == ("n(-1)", "w", "w(-1)", "k", "k(-1)")
    np.testing.assert_allclose(found.beta, coefficients, rtol=0, atol=5e-7)
    np.testing.assert_allclose(np.sqrt(np.diag(found.covariance)), standard, rtol=0, atol=5e-5)
    assert (found.rows, found.firms) == ({"DIF": 751, "SYS": 891}[equations], 140)


def companies_without_output() -> FirmPanel:
    panel = companies()
    roles = Roles("n", ("w",), "k")
    return FirmPanel(panel.firms, panel.firm, panel.year, panel.values, roles, panel.lagged)


def test_the_tests_of_instruments_and_of_serial_correlation_are_those_of_dpd_and_gretl() -> None:
    one = panel_gmm(companies(), Model("n", FREE, PAST, equations="DIF"), steps=1)
    assert one.overidentified is not None
    assert (one.degrees, round(one.overidentified.statistic, 1)) == (79, 123.2)
    for equations, instruments, J, first, second in (
        ("DIF", 91, (88.7965, 0.2113), (-4.46186, 0.0), (-0.168749, 0.8660)),
        ("SYS", 113, (111.589, 0.2014), (-5.80672, 0.0), (-0.147052, 0.8831)),
    ):
        told: Equations = "DIF" if equations == "DIF" else "SYS"
        found = panel_gmm(companies(), Model("n", FREE, PAST, equations=told))
        assert found.instruments == instruments
        for tested, printed in zip(
            (found.overidentified, *found.serial), (J, first, second), strict=True
        ):
            assert tested is not None
            assert tested.statistic == pytest.approx(printed[0], abs=6e-4 if printed is J else 6e-6)
            assert tested.p_value == pytest.approx(printed[1], abs=6e-5)


COLUMN_B = (Term("n", 1), Term("n", 2), Term("w"), Term("w", 1), Term("k"), Term("ys"), Term("ys", 1))  # fmt: skip
PLM = {
    False: (
        (0.474151, -0.052967, -0.513205, 0.224640, 0.292723, 0.609775, -0.446373),
        (0.185398, 0.051749, 0.145565, 0.141950, 0.062627, 0.156263, 0.217302),
        (30.11247, 25, -1.53845, -0.2796829),
    ),
    True: (
        (0.853895, -0.169886, -0.533119, 0.352516, 0.271707, 0.612855, -0.682550),
        (0.562348, 0.123293, 0.245948, 0.432846, 0.089921, 0.242289, 0.612311),
        (11.62681, 5, -1.290551, 0.4482577),
    ),
}


@pytest.mark.parametrize("collapse", PLM)
def test_column_b_of_arellano_and_bond_is_that_of_plm_to_its_digits(collapse: bool) -> None:
    model = Model("n", COLUMN_B, (Lagged("n"),), COLUMN_B[2:], equations="DIF", collapse=collapse)
    found = panel_gmm(companies(), model)
    coefficients, standard, tests = PLM[collapse]
    np.testing.assert_allclose(found.beta, coefficients, rtol=0, atol=1.01e-6)
    np.testing.assert_allclose(errors(found), standard, rtol=0, atol=1.01e-6)
    assert found.overidentified is not None
    told = [found.overidentified.statistic, found.degrees]
    told += [tested.statistic for tested in found.serial if tested]
    np.testing.assert_allclose(told, tests, rtol=2e-6)
    assert found.rows == 611


def test_limited_lags_give_the_output_of_xtabond2() -> None:
    terms = (Term("n", 1), Term("n", 2), Term("w"), Term("k"))
    lagged = (Lagged("n", 2, 4), Lagged("w", 1, 3))
    model = Model("n", terms, lagged, (Term("k"),), equations="DIF", year_effects=False)
    found = panel_gmm(companies(), model)
    printed = 0.1700616, -0.0113381, -0.9510582, 0.4637223
    np.testing.assert_allclose(found.beta, printed, rtol=0, atol=1e-6)
    np.testing.assert_allclose(
        errors(found), [0.1046652, 0.0377205, 0.1277298, 0.0718328], rtol=0, atol=1e-6
    )
    assert found.overidentified is not None
    assert (found.instruments, round(found.overidentified.statistic, 2)) == (36, 47.86)
    assert [round(tested.statistic, 2) for tested in found.serial if tested] == [-1.19, -0.81]


def test_the_joint_weight_gives_the_system_of_roodman_with_his_small_sample_factor() -> None:
    found = panel_gmm(companies(), Model("n", FREE, PAST), steps=1, joint=True)
    printed = 0.9356053, -0.6309761, 0.4826203, 0.4839299, -0.4243928
    np.testing.assert_allclose(found.beta, printed, rtol=0, atol=1e-6)
    small = np.sqrt(890 / (891 - 13) * 140 / 139)
    assert errors(found)[0] * small == pytest.approx(0.026569, abs=1e-6)
    assert found.instruments == 113
    assert found.overidentified is None
    assert [round(tested.statistic, 2) for tested in found.serial if tested] == [-5.46, -0.25]


def by_hand(panel: FirmPanel, last: int) -> dict[str, Array]:
    """Return ΣZ'HZ, ΣZ'X, ΣZ'y of a collapsed system in Y(-1), L and the constant, each firm by its own dictionary of years."""
    width = 2 * (last - 1) + 2 + 1
    made = {"ZHZ": np.zeros((width, width)), "ZX": np.zeros((width, 3)), "Zy": np.zeros(width)}
    for firm in range(len(panel.firms)):
        at = panel.firm == firm
        y = dict(zip(panel.year[at].tolist(), panel["Y"][at].tolist(), strict=True))
        x = dict(zip(panel.year[at].tolist(), panel["L"][at].tolist(), strict=True))
        levels = [t for t in y if t - 1 in y]
        differences = [t for t in levels if t - 1 in levels]
        Z, X, Y, M = [], [], [], []
        for t in differences:
            past = [column.get(t - lag, 0.0) for column in (y, x) for lag in range(2, last + 1)]
            Z.append([*past, 0.0, 0.0, 0.0])
            X.append([y[t - 1] - y[t - 2], x[t] - x[t - 1], 0.0])
            Y.append(y[t] - y[t - 1])
            M.append({t: 1.0, t - 1: -1.0})
        for t in levels:
            change = [c[t - 1] - c[t - 2] if t - 2 in c else 0.0 for c in (y, x)]
            Z.append([0.0] * (2 * (last - 1)) + [*change, 1.0])
            X.append([y[t - 1], x[t], 1.0])
            Y.append(y[t])
            M.append({t: 1.0})
        if levels:
            H = np.array([[sum(a.get(t, 0) * b.get(t, 0) for t in a) for b in M] for a in M])
            stacked = np.array(Z)
            made["ZHZ"] += stacked.T @ H @ stacked
            made["ZX"] += stacked.T @ np.array(X)
            made["Zy"] += stacked.T @ np.array(Y)
    return made


def test_a_panel_with_gaps_gives_the_moments_made_firm_by_firm() -> None:
    panel = made_up()
    sums = by_hand(panel, last=4)
    A = sums["ZX"].T @ np.linalg.inv(sums["ZHZ"])
    model = Model(
        "Y", (Term("Y", 1), Term("L")), (Lagged("Y", 2, 4), Lagged("L", 2, 4)),
        year_effects=False, collapse=True,
    )  # fmt: skip
    found = panel_gmm(panel, model, steps=1, joint=True)
    np.testing.assert_allclose(
        found.beta, np.linalg.solve(A @ sums["ZX"], A @ sums["Zy"])[:2], rtol=1e-9
    )
    assert found.instruments == 9


def test_as_many_instruments_as_coefficients_leave_nothing_to_test() -> None:
    panel = made_up(seed=0, firms=30, years=3)
    model = Model("Y", (Term("Y", 1),), (Lagged("Y"),), equations="DIF", year_effects=False)
    found = panel_gmm(panel, model)
    y = panel["Y"].reshape(30, 3)
    hand = (y[:, 0] @ (y[:, 2] - y[:, 1])) / (y[:, 0] @ (y[:, 1] - y[:, 0]))
    assert found.beta[0] == pytest.approx(hand, rel=1e-9)
    assert (found.degrees, found.overidentified, found.serial) == (0, None, (None, None))


@settings(deadline=None, max_examples=15)
@given(st.integers(1, 10**6), st.sampled_from([1, 2]))
def test_what_is_lasting_in_the_output_of_a_firm_changes_no_difference(
    seed: int, steps: Steps
) -> None:
    panel = made_up()
    past = (Lagged("L", 2, 4),)
    model = Model("Y", (Term("Y", 1), Term("L")), past, equations="DIF", collapse=True)
    lasting = np.random.default_rng(seed).normal(0, 5, len(panel.firms))[panel.firm]
    plain = panel_gmm(panel, model, steps=steps)
    moved = panel_gmm(changed(panel, Y=panel["Y"] + lasting), model, steps=steps)
    np.testing.assert_allclose(moved.beta, plain.beta, rtol=1e-6)
    np.testing.assert_allclose(errors(moved), errors(plain), rtol=1e-6)


@settings(deadline=None, max_examples=15)
@given(st.integers(1, 10**6), st.sampled_from([1, 2]))
def test_a_shock_to_everybody_in_a_year_is_what_year_effects_are_for(
    seed: int, steps: Steps
) -> None:
    panel = made_up(seed=0, years=6)
    past = (Lagged("Y"), Lagged("L"))
    model = Model("Y", (Term("Y", 1), Term("L")), past, equations="DIF")
    shocks = np.random.default_rng(seed).normal(0, 1, 6)[panel.year - 2010]
    plain = panel_gmm(panel, model, steps=steps)
    moved = panel_gmm(changed(panel, Y=panel["Y"] + shocks), model, steps=steps)
    np.testing.assert_allclose(moved.beta, plain.beta, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(errors(moved), errors(plain), rtol=1e-6)


def test_some_firms_at_a_time_give_what_all_at_once_give(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Model("n", FREE, PAST)
    whole = panel_gmm(companies(), model)
    monkeypatch.setattr("pq_tfp.domain.panel_moments.NUMBERS_IN_A_BLOCK", 20_000)
    parts = panel_gmm(companies(), model)
    np.testing.assert_allclose(parts.beta, whole.beta, rtol=1e-8)
    np.testing.assert_allclose(parts.covariance, whole.covariance, rtol=1e-6)
    assert (parts.rows, parts.firms) == (whole.rows, whole.firms)
