"""Decompositions against printed numbers: FHK with entry and exit; GR and DF without; the covariance of Olley and Pakes.

FHK: the guide of the R package fhktools 0.1.0 (Li, 2026), nine firms of its example data, and the case its own tests work by hand.
GR and DF, which are one when nobody enters or leaves: the two-factor standardisation of Das Gupta (1993), *Standardization and
Decomposition of Rates*, example 5.3, crude death rates of the United States 1970 and 1985, as printed by the vignette "Category effects" of the R
package DasGuptR 2.1.0: groups of persons stand in the place of firms, death rates in that of p.
Olley and Pakes: their covariance is the first term of Price's equation of evolution, the mean over offspring less the mean over parents.
Two worked examples of it, five individuals of a walk-through and Wikipedia's "evolution of sight", stand in for a table of firms.
"""

import numpy as np
import pytest

from pq_tfp.domain.firm_decomposition import Decomposition, Method, decompose, snapshot, static

TFP = {
    2010: {"A": 3.20, "B": 2.80, "C": 3.60, "D": 2.50, "E": 2.20, "F": 2.90},
    2011: {"A": 3.35, "B": 3.00, "C": 3.55, "D": 2.75, "E": 2.10, "G": 2.40, "H": 3.00},
    2012: {"A": 3.50, "B": 3.25, "C": 3.70, "D": 2.90, "G": 2.70, "H": 3.15, "I": 3.10},
}  # fmt: skip
EMPLOYMENT = {
    2010: {"A": 100, "B": 80, "C": 60, "D": 120, "E": 70, "F": 50},
    2011: {"A": 105, "B": 75, "C": 62, "D": 115, "E": 60, "G": 40, "H": 55},
    2012: {"A": 110, "B": 70, "C": 65, "D": 118, "G": 52, "H": 60, "I": 45},
}  # fmt: skip


def fhk(first: int, last: int, firms: str = "ABCDEFGHI") -> Decomposition:
    before, after = (
        snapshot(
            list(there),
            np.array([TFP[year][firm] for firm in there]),
            np.array([EMPLOYMENT[year][firm] for firm in there], dtype=float),
            year=year,
        )
        for year in (first, last)
        for there in [[firm for firm in TFP[year] if firm in firms]]
    )
    return decompose(
        before, after, "FHK", entered=set(after.firm.tolist()), left=set(before.firm.tolist())
    )


# First and last level, within, between, cross, entry, exit; figures in the digits that are printed.
PRINTED_FHK = {
    "ABCDEFGHI": (2.83125, 3.200192, 0.25, 0.009827724, -0.02269231, 0.04691106, 0.08489583),
    "ABCI": (3.166667, 3.422414, 0.3, 2.126437e-02, -0.055172414, -0.01034483, 0.0),
    "DEFGH": (2.495833, 2.920000, 0.2, 5.434783e-05, 0.005217391, 0.21681159, 0.002083333),
}  # fmt: skip
STEPS = {
    "ABCDEFGHI": (5e-6, 5e-7, 5e-8, 5e-10, 5e-9, 5e-9, 5e-9),
    "ABCI": (5e-7, 5e-7, 5e-7, 5e-9, 5e-10, 5e-9, 1e-12),
    "DEFGH": (5e-7, 5e-7, 5e-7, 5e-12, 5e-10, 5e-9, 5e-10),
}  # fmt: skip


@pytest.mark.parametrize("firms", PRINTED_FHK)
def test_fhk_reproduces_the_guide_of_fhktools_for_all_firms_and_by_industry(firms: str) -> None:
    found = fhk(2010, 2012, firms)
    parts = [found.components[name] for name in ("within", "between", "cross", "entry", "exit")]
    told = (found.P_before, found.P_after, *parts)
    for value, printed, half in zip(told, PRINTED_FHK[firms], STEPS[firms], strict=True):
        assert abs(value - printed) <= half


def test_fhk_reproduces_the_yearly_changes_and_counts_of_the_guide() -> None:
    changes = [fhk(2010, 2011).change, fhk(2011, 2012).change]
    np.testing.assert_allclose(changes, [0.09863281, 0.27030950], atol=5e-9)
    whole = fhk(2010, 2012).firms
    assert (whole["survivors"], whole["entry"], whole["exit"]) == (4, 3, 2)


def test_fhk_reproduces_the_case_that_fhktools_works_by_hand() -> None:
    before = snapshot(list("ABC"), np.array([5.0, 4, 3]), np.array([0.5, 0.3, 0.2]), year=2010)
    after = snapshot(list("BCD"), np.array([4.5, 6, 5.5]), np.array([0.4, 0.15, 0.45]), year=2014)
    found = decompose(before, after, "FHK", entered={"D"}, left={"A"})
    assert found.change == pytest.approx(0.875)
    told = {
        name: found.components[name] for name in ("within", "between", "cross", "entry", "exit")
    }
    printed = {"within": 0.75, "between": 0.035, "cross": -0.1, "entry": 0.54, "exit": -0.35}
    assert told == pytest.approx(printed)


# Two races by eleven ages: thousands of persons, deaths a thousand.
PERSONS_1970 = [
    2968, 11484, 34614, 30992, 21983, 20314, 20928, 16897, 11339, 5720, 1315,
    535, 2162, 6120, 4781, 3096, 2718, 2363, 1767, 1149, 448, 117,
]  # fmt: skip
PERSONS_1985 = [
    3041, 11577, 27450, 32711, 35480, 27411, 19555, 19795, 15254, 8022, 2472,
    707, 2692, 6473, 6841, 6547, 4352, 3034, 2540, 1749, 804, 236,
]  # fmt: skip
DEATHS_1970 = [
    18.469, 0.751, 0.391, 1.146, 1.287, 2.672, 6.636, 15.691, 34.723, 79.763, 176.837,
    36.993, 1.352, 0.541, 2.040, 3.523, 6.746, 12.967, 24.471, 45.091, 74.902, 123.205,
]  # fmt: skip
DEATHS_1985 = [
    9.163, 0.462, 0.248, 0.929, 1.084, 1.810, 4.715, 12.187, 27.728, 64.068, 157.570,
    17.208, 0.738, 0.328, 1.103, 2.045, 3.724, 8.052, 17.812, 34.128, 68.276, 125.161,
]  # fmt: skip


@pytest.mark.parametrize("method", ["GR", "DF"])
def test_without_entry_and_exit_the_two_factor_standardisation_of_das_gupta_is_reproduced(
    method: Method,
) -> None:
    groups = np.arange(22)
    before = snapshot(groups, np.array(DEATHS_1970), np.array(PERSONS_1970, float), year=1970)
    after = snapshot(groups, np.array(DEATHS_1985), np.array(PERSONS_1985, float), year=1985)
    found = decompose(before, after, method)
    levels = [found.P_before, found.P_after]
    np.testing.assert_allclose(levels, [9.421833, 8.735618], atol=5e-7)
    assert found.change == pytest.approx(-0.6862158, abs=5e-8)
    assert found.components["within"] == pytest.approx(-2.2277254, abs=5e-8)
    # Age structure and race structure, each rounded by itself.
    assert found.components["between"] == pytest.approx(1.5217347 + 0.0197749, abs=1e-7)


def test_the_static_split_reproduces_two_worked_examples_of_the_price_equation() -> None:
    trait, offspring = np.array([1.0, 1, 1, 2, 2]), np.array([1.0, 1, 1, 5, 5])
    walk = static(snapshot(range(5), trait, offspring, year=1))
    assert walk.mean == pytest.approx(1.4)
    assert pytest.approx(1.769, abs=5e-4) == walk.P
    assert walk.covariance == pytest.approx(1.769 - 1.4, abs=5e-4)
    sight = np.repeat([3.0, 2.0, 1.0], [10, 20, 30])
    seen = static(snapshot(range(60), sight, sight, year=1))
    assert (seen.mean, seen.P) == pytest.approx((5 / 3, 2.0))
    assert seen.covariance == pytest.approx(1 / 3)
