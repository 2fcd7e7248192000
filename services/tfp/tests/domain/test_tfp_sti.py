"""The contribution of science and technology: refusals, then the worked case of the method, then identities.

The case g_A 0.3, c_RE −0.2, c_RD 0.15, ICT 0.25 (points) with answers 0.4, 0.5 and 0.3 is the one the method page of this project
works out by hand; no published table states all terms beside their sums.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pq_tfp.domain.axes import Axes
from pq_tfp.domain.errors import SeriesRefused
from pq_tfp.domain.sti import (
    DEFINITIONS,
    Terms,
    define,
    knowledge_stock,
    knowledge_term,
    return_term,
)
from pq_tfp.domain.sti_band import with_band
from pq_tfp.domain.uncertainty import Case, Widths, simulate

AXES = Axes(tuple(range(2010, 2020)))
RD = 40 * np.power(1.06, np.arange(10))
CASE = Terms(g_Y=0.07, g_A=0.003, c_LQ=0.001, c_KQ=0.003, c_ICT=0.0025, c_RE=-0.002, c_RD=0.0015)


def test_two_years_of_spending_make_no_stock_of_knowledge() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        knowledge_stock(RD[:2], Axes(AXES.years[:2]))
    assert refusal.value.errors[0].code == "years_too_few"


def test_spending_that_shrinks_faster_than_knowledge_ages_is_refused() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        knowledge_stock(40 * np.power(0.8, np.arange(10)), AXES)
    assert [error.code for error in refusal.value.errors] == ["K0_UNDEFINED"]


def test_a_rate_in_percent_and_spending_of_zero_are_refused() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        knowledge_stock(RD, AXES, delta_R=15.0)
    assert refusal.value.errors[0].pointer == "/delta_R"
    with pytest.raises(SeriesRefused) as refusal:
        knowledge_stock(RD - 40, AXES)
    assert refusal.value.errors[0].pointer == "/RD/2010"


def test_the_case_whose_order_fails_is_noted_and_all_three_are_told() -> None:
    found = define(CASE)
    amounts = {name: float(one.pp) for name, one in found.by_name.items()}
    assert amounts == pytest.approx({"STI_CORE": 0.4, "STI_VNPI": 0.5, "STI_PLAN": 0.3}, abs=1e-12)
    assert [n.code for n in found.notices] == ["NOT_NESTED", "DEMAND_UNKNOWN"]


def test_a_case_in_order_with_a_known_demand_has_no_notice() -> None:
    calm = Terms(
        g_Y=0.07, g_A=0.03, c_LQ=0.004, c_KQ=0.003, c_ICT=0.002, c_RE=0.005, c_RD=0.0015, c_DEM=0.001
    )  # fmt: skip
    found = define(calm)
    assert found.notices == ()
    assert float(found.by_name["STI_VNPI"].pp) == pytest.approx(2.4, abs=1e-12)
    assert float(found.by_name["STI_CORE"].of_g_A) == pytest.approx(0.35 / 3, abs=1e-12)
    assert float(found.by_name["STI_PLAN"].of_g_Y) == pytest.approx(3 / 7, abs=1e-12)


def test_no_share_of_tfp_growth_that_is_not_above_zero() -> None:
    shrinking = Terms(g_Y=-0.01, g_A=-0.02, c_LQ=0.0, c_KQ=0.0, c_ICT=0.0, c_RE=0.0, c_RD=0.001)
    one = define(shrinking).by_name["STI_CORE"]
    assert float(one.pp) == pytest.approx(0.1)
    assert np.isnan(one.of_g_A)
    assert np.isnan(one.of_g_Y)


def test_the_stock_of_knowledge_by_hand_settles_on_the_growth_of_spending() -> None:
    R = knowledge_stock(RD, AXES)
    assert R[0] == pytest.approx(40 / (0.06 + 0.15))
    assert R[1] == pytest.approx(0.85 * R[0] + 40 * 1.06)
    long = knowledge_stock(40 * np.power(1.06, np.arange(120)), Axes(tuple(range(1900, 2020))))
    np.testing.assert_allclose(long[-1] / long[-2], 1.06, rtol=1e-8)


def test_both_forms_of_the_knowledge_term_agree_in_steady_growth() -> None:
    R = 40 * np.power(1.06, np.arange(10)) * 1.06 / 0.21
    term = knowledge_term(R, epsilon=0.06)
    np.testing.assert_allclose(term, 0.06 * np.log(1.06), rtol=1e-12)
    assert term.shape == (8,)
    from_return = return_term(RD, R, 100 * R, rho=0.06 * 100)
    np.testing.assert_allclose(from_return, 0.06 * 0.06 / 1.06, rtol=1e-12)


def test_the_band_brackets_the_point_and_is_the_same_every_time() -> None:
    years = Axes(tuple(range(2010, 2016)))
    K = 300 * np.power(1.08, np.arange(6))
    case = Case(
        axes=years,
        Y=100 * np.power(1.07, np.arange(6)),
        L=50 * np.power(1.01, np.arange(6)),
        investment=K[1:] - 0.94 * K[:-1],
        alpha=np.full(5, 0.4),
        K0=300.0,
        delta=0.06,
    )
    drawn = simulate(case)
    point = Terms(
        g_Y=0.07, g_A=0.032, c_LQ=0.004, c_KQ=0.003, c_ICT=0.002, c_RE=0.005,
        c_RD=float(knowledge_term(knowledge_stock(RD, AXES), epsilon=0.06).mean()),
    )  # fmt: skip
    found, notices = with_band(point, drawn, RD, AXES, alpha=0.4)
    assert tuple(found) == DEFINITIONS
    told = define(point).by_name
    for name in DEFINITIONS:
        assert found[name].pp.low < float(told[name].pp) < found[name].pp.high
    assert [n.code for n in notices] == ["DEMAND_UNKNOWN"]
    again, _ = with_band(point, simulate(case), RD, AXES, alpha=0.4, widths=Widths())
    assert again == found
    wider, _ = with_band(
        point, drawn, RD, AXES, alpha=0.4, widths=Widths(epsilon_R=(0.0, 0.06, 0.30))
    )
    assert wider["STI_CORE"].pp.high > found["STI_CORE"].pp.high


term = st.floats(-0.05, 0.05)


@given(term, term, term, term, term)
def test_the_terms_sum_to_tfp_growth(a: float, b: float, c: float, d: float, e: float) -> None:
    terms = Terms(g_Y=0.07, g_A=a, c_LQ=b, c_KQ=c, c_ICT=c / 2, c_RE=d, c_RD=e)
    assert terms.c_LQ + terms.c_KQ + terms.c_RE + terms.c_RD + terms.c_RES == pytest.approx(
        a, abs=1e-12
    )
