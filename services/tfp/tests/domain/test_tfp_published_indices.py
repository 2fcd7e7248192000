"""Hicks-Moorsteen under variable returns and Färe-Primont against printed numbers.

Hicks-Moorsteen after Bjurek: handbook of the Python package DEAPack 2.0.1, chapter 17, unit D of its data productivity_panel, 4 decimals; and
the exact case of its tests, two inputs and two outputs, √15/2 over 3/√5.
Färe-Primont: no table with several outputs could be had. With one input and one output its aggregates are in proportion to the input and the
output, whatever the shadow prices, so TFP efficiency is the efficiency under constant returns, its technical part that under variable
returns, and TFP relatives are Malmquist's: all three are printed, 3 decimals, in the listing of example 4 of DEAP 2.1 (Coelli, 1996).
"""

import numpy as np

from pq_tfp.domain.axes import Axes
from pq_tfp.domain.fare_primont import compare
from pq_tfp.domain.hicks_moorsteen import change
from pq_tfp.domain.quantities import Quantities


def test_hicks_moorsteen_reproduces_the_handbook_of_deapack_under_variable_returns() -> None:
    units = Axes((2020, 2021), tuple("ABCDE"))
    capital = np.array([[1, 1.02], [2, 2.04], [3, 3.06], [2.4, 2.448], [3, 3.06]])
    labour = np.array([[3, 3.06], [2, 2.04], [1, 1.02], [2.4, 2.448], [3, 3.06]])
    output = np.array(
        [[1.7321, 1.8727], [2.0, 2.1624], [1.7321, 1.8727], [1.8, 2.0759], [1.95, 2.3354]]
    )
    found = change(Quantities(units, {"K": capital, "L": labour}, {"Y": output}))
    D = [one[3, 0] for one in (found.output_change, found.input_change, found.HM_BJUREK)]
    np.testing.assert_allclose(D, [1.1533, 1.0200, 1.1307], atol=5e-5)


def test_hicks_moorsteen_reproduces_the_exact_case_of_two_inputs_and_two_outputs() -> None:
    # D and a unit far inside, which is put in twice: fewer than three units are refused.
    units = Axes((0, 1), ("D", "Z", "Z again"))
    x1 = np.array([[5.0, 6], [20, 24], [20, 24]])
    x2 = np.array([[4.0, 6], [20, 24], [20, 24]])
    y1 = np.array([[4.0, 6], [1, 1], [1, 1]])
    y2 = np.array([[6.0, 15], [1, 1], [1, 1]])
    found = change(Quantities(units, {"x1": x1, "x2": x2}, {"y1": y1, "y2": y2}))
    D = [one[0, 0] for one in (found.output_change, found.input_change, found.HM_BJUREK)]
    exact = [np.sqrt(15) / 2, 3 / np.sqrt(5), 5 * np.sqrt(3) / 6]
    np.testing.assert_allclose(D, exact, rtol=1e-12)


def test_fare_primont_reproduces_the_listing_of_deap_example_4_with_one_input_and_one_output() -> (
    None
):
    x = np.array([[2, 2, 2], [4, 4, 4], [3, 3, 3], [5, 5, 5], [6, 5, 5]], dtype=float)
    y = np.array([[1, 1, 1], [2, 3, 3], [3, 4, 4], [4, 3, 3], [5, 5, 5]], dtype=float)
    found = compare(Quantities(Axes((1, 2, 3), tuple("12345")), {"x": x}, {"y": y}))
    constant = [[0.500, 0.500, 1.000, 0.800, 0.833], [0.375, 0.563, 1.000, 0.450, 0.750]]
    variable = [[1.000, 0.545, 1.000, 0.923, 1.000], [1.000, 0.667, 1.000, 0.600, 1.000]]
    np.testing.assert_allclose(found.TFPE[:, :2].T, constant, atol=5.1e-4)
    np.testing.assert_allclose(found.OTE[:, :2].T, variable, atol=5.1e-4)
    grown = found.TFP[:, 1:] / found.TFP[:, :-1]
    np.testing.assert_allclose(grown[:, 0], [1.000, 1.500, 1.333, 0.750, 1.200], atol=5e-4)
    # The third year repeats the second.
    np.testing.assert_allclose(grown[:, 1], 1.0)
    # One input and one output leave no mix to choose.
    np.testing.assert_allclose(found.OME, 1.0)
    np.testing.assert_allclose(found.RME, 1.0)
