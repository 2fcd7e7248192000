"""Capital, labour input, the stock of knowledge, draws and targets against printed numbers.

Capital: net investment and stock of the United States, 1920-1941, the data of Klein's Model I (1950) as kept by the R package systemfit
(``KleinI``), where investment is net, so that δ = 0; three exercises of text books and their answers with depreciation.
Labour input: Törnqvist quantity index, reference page of the R package pppindexr (Sørensen), years in the place of countries and groups in
that of goods. No table of pay and hours by group with its answer could be had.
Knowledge: unit tests of a public library of firm accounts (semtax33/arcana, function ``perpetual_intangible_capital``), which writes
RD/(g + δ) down at the end of the year before its first.
Draws: Supplement 1 to the GUM (JCGM 101:2008), clause 9.2.2, Table 2: four standard normal quantities added up, u(y) = 2.00, 95 % interval
[−3.92, 3.92], as public programs keep them in their tests.
Targets: an exercise after Mankiw (kept by justaaa.com, 361418), labour and technology grow by 1.8 % a year each, capital has a third of
income: 3.6 % of output, 1.2 points from each of the three.
"""

import numpy as np
import pytest

from pq_tfp.domain.axes import Axes
from pq_tfp.domain.capital import accumulate
from pq_tfp.domain.initial_stock import InitialStock
from pq_tfp.domain.labour import quality
from pq_tfp.domain.solve_target import Future, Past, capital_allowed, tfp_needed
from pq_tfp.domain.sti import knowledge_stock
from pq_tfp.domain.uncertainty import Case, Widths, simulate

# Billions of 1934 dollars; the stock of the second line is that at the end of the year before.
NET_INVESTMENT = [
    2.7, -0.2, 1.9, 5.2, 3.0, 5.1, 5.6, 4.2, 3.0, 5.1, 1.0,
    -3.4, -6.2, -5.1, -3.0, -1.3, 2.1, 2.0, -1.9, 1.3, 3.3, 4.9,
]  # fmt: skip
LAGGED_STOCK = [
    180.1, 182.8, 182.6, 184.5, 189.7, 192.7, 197.8, 203.4, 207.6, 210.6, 215.7,
    216.7, 213.3, 207.1, 202.0, 199.0, 197.7, 199.8, 201.8, 199.9, 201.2, 204.5,
]  # fmt: skip


def test_the_stock_of_kleins_model_is_reproduced_from_its_net_investment() -> None:
    years = tuple(range(1920, 1942))
    found = accumulate(
        np.array(NET_INVESTMENT), Axes(years), start=InitialStock(180.1, 1919, "BENCH"), delta=0.0
    )
    np.testing.assert_allclose(found.K[:-1], LAGGED_STOCK, atol=1e-9)
    shrinking = [n.year for n in found.notices if n.code == "NEGATIVE_INVESTMENT"]
    assert shrinking == [1921, 1931, 1932, 1933, 1934, 1935, 1938]


@pytest.mark.parametrize(
    ("K0", "invested", "delta", "printed"),
    [
        (802, 111, 0.12, 816.76),  # exercise kept by wizedu.com, 20632
        (1000, 75, 0.05, 1025),  # Cowen and Tabarrok, Modern Principles, the machines of Mordor
        (100, 20, 0.09, 111),  # exercise kept by qammunity.org, 7108197
    ],
)
def test_the_answers_of_text_book_exercises_are_reproduced(
    K0: float, invested: float, delta: float, printed: float
) -> None:
    start = InitialStock(K0, 2020, "BENCH")
    found = accumulate(np.array([float(invested)]), Axes((2021,)), start=start, delta=delta)
    assert found.K[-1] == pytest.approx(printed, rel=1e-12)


# Three countries of the reference page, two goods: prices 1:6 and quantities 2:7.
PAY = np.array([[1.0, 2, 3], [4, 5, 6]])
HOURS = np.array([[2.0, 3, 4], [5, 6, 7]])


def test_labour_input_reproduces_the_tornqvist_quantity_index_of_pppindexr() -> None:
    found = quality(HOURS, PAY, Axes((1, 2, 3), ("first", "second")))
    np.testing.assert_allclose(np.exp(found.dln_L)[0], 1.234986, atol=5e-7)
    np.testing.assert_allclose(np.exp(found.dln_L)[1], 1.1973552, atol=5e-8)
    ends = quality(HOURS[:, [0, 2]], PAY[:, [0, 2]], Axes((1, 2), ("first", "second")))
    np.testing.assert_allclose(np.exp(ends.dln_L), 1.480404, atol=5e-7)


def test_the_stock_of_knowledge_reproduces_two_published_unit_tests() -> None:
    even = knowledge_stock(np.full(3, 25.0), Axes((1, 2, 3)), delta_R=0.15, growth=0.10)
    np.testing.assert_allclose(even[1:], [110.0, 118.5])
    after_tax = knowledge_stock(np.full(3, 80.0), Axes((1, 2, 3)), delta_R=0.15, growth=0.10)
    assert after_tax[1] == pytest.approx(352.0)


def test_draws_reproduce_the_sum_of_four_normals_of_the_supplement_to_the_gum() -> None:
    # Output stands still but for its errors; capital is kept by investment and labour is exact, so 4·g_A/sd is the sum of the errors of 4 years.
    sd = 1e-4
    case = Case(
        axes=Axes(tuple(range(2020, 2025))), Y=np.ones(5), L=np.ones(5),
        investment=np.full(4, 0.06), alpha=np.full(4, 0.5), K0=1.0, delta=0.06,
    )  # fmt: skip
    still = Widths(alpha_sd=0.0, delta=(0.06, 0.06), K0_log_sd=0.0, output_sd=sd, labour_sd=0.0)
    total = 4 * simulate(case, still, draws=400_000).g_A / sd
    # Two standard errors of a quantile of so many draws are 0.017.
    assert total.std() == pytest.approx(2.00, abs=0.005)
    np.testing.assert_allclose(np.percentile(total, [2.5, 97.5]), [-3.92, 3.92], atol=0.02)


def test_the_target_solver_reproduces_an_exercise_in_growth_accounting() -> None:
    future = Future(years=1, g_K=0.036, g_L=0.018, alpha=1 / 3, g_Y=0.036)
    needed = tfp_needed(Past(), future, target=1 / 3)
    assert (needed.g_A, needed.g_Y) == pytest.approx((0.012, 0.036))
    allowed = capital_allowed(Past(), future, target=1 / 3)
    assert (allowed.g_K, allowed.g_A) == pytest.approx((0.036, 0.012))
