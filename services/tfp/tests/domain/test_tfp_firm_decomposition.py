"""Five decompositions: refusals, a small case worked by hand, the formulas summed another way, then what must hold always.

Printed figures are in test_tfp_published_decompositions. Melitz and Polanec's and Diewert and Fox's own examples could not be had; the second
implementation writes each formula firm by firm, with group shares renormalised as the articles say, and the worked case is arithmetic that a reader can redo.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pq_tfp.domain.errors import SeriesRefused
from pq_tfp.domain.firm_decomposition import (
    DEFINITIONS,
    Decomposition,
    Method,
    Snapshot,
    decompose,
    snapshot,
    static,
)

METHODS: tuple[Method, ...] = ("MP", "FHK", "GR", "DF")
# Shares 0.5, 0.3, 0.2; then 0.6, 0.2, 0.2: c leaves, d enters, a and b stay.
BEFORE = snapshot(["a", "b", "c"], np.array([1.0, 2.0, 0.5]), np.array([5.0, 3.0, 2.0]), year=2020)
AFTER = snapshot(["d", "a", "b"], np.array([2.0, 1.5, 2.5]), np.array([2.0, 6.0, 2.0]), year=2021)


def told(method: Method) -> Decomposition:
    return decompose(BEFORE, AFTER, method, entered={"d"}, left={"c"})


def faults(refusal: pytest.ExceptionInfo[SeriesRefused]) -> list[str]:
    return [f"{error.code} {error.pointer}" for error in refusal.value.errors]


def test_bad_rows_of_a_year_are_refused_together_by_firm_and_field() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        snapshot(
            ["a", "a", "b", "c"], np.array([1, 2, np.nan, 1]), np.array([1, 1, 1, 0.0]), year=2020
        )
    assert faults(refusal) == [
        "duplicated /firm/a/2020", "not_a_number /p/b/2020", "level_not_positive /weight/c/2020",
    ]  # fmt: skip


def test_columns_of_other_lengths_are_refused() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        snapshot(["a", "b", "c"], np.ones(2), np.ones(4), year=2020)
    assert faults(refusal) == ["length_wrong /p/2020", "length_wrong /weight/2020"]


def test_fewer_than_three_firms_and_no_survivor_are_refused() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        snapshot(["a", "b"], np.ones(2), np.ones(2), year=2020)
    assert faults(refusal) == ["sample_too_small /firms"]
    other = snapshot(["x", "y", "z"], np.ones(3), np.ones(3), year=2021)
    with pytest.raises(SeriesRefused) as refusal:
        decompose(BEFORE, other, "MP")
    assert faults(refusal) == ["sample_too_small /survivors"]


def test_the_static_split_of_the_worked_case() -> None:
    found = static(BEFORE)
    assert pytest.approx(1.2) == found.P  # 0.5·1 + 0.3·2 + 0.2·0.5
    assert found.mean == pytest.approx(3.5 / 3)
    assert found.covariance == pytest.approx(1.2 - 3.5 / 3)
    assert found.definition == DEFINITIONS["OP"]


WORKED: dict[Method, dict[str, float]] = {
    # Survivors: P_C1 = (0.5·1 + 0.3·2)/0.8 = 1.375, P_C2 = (0.6·1.5 + 0.2·2.5)/0.8 = 1.75; plain means 1.5 and 2.
    "MP": {"within": 0.5, "between": (1.75 - 2) - (1.375 - 1.5), "entry": 0.2 * 0.25, "exit": 0.2 * 0.875},
    # P_1 = 1.2
    "FHK": {
        "within": 0.8 * 0.5, "between": 0.1 * (1 - 1.2) - 0.1 * (2 - 1.2), "cross": (0.1 - 0.1) * 0.5,
        "entry": 0.2 * 0.8, "exit": -0.2 * (0.5 - 1.2),
    },
    # P̄ = (1.2 + 1.8)/2 = 1.5
    "GR": {
        "within": 0.55 * 0.5 + 0.25 * 0.5, "between": 0.1 * (1.25 - 1.5) - 0.1 * (2.25 - 1.5),
        "entry": 0.2 * 0.5, "exit": -0.2 * (0.5 - 1.5),
    },
    # Shares among survivors: 0.625, 0.375; then 0.75, 0.25.
    "DF": {"within": 0.5, "between": 0.125 * 1.25 - 0.125 * 2.25, "entry": 0.2 * 0.25, "exit": 0.2 * 0.875},
}  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
def test_the_worked_case_of_each_definition(method: Method) -> None:
    found = told(method)
    assert found.change == pytest.approx(0.6)  # 1.8 − 1.2
    for name, value in WORKED[method].items():
        assert found.components[name] == pytest.approx(value, abs=1e-12), name
    assert found.definition == DEFINITIONS[method]


@pytest.mark.parametrize("method", METHODS)
def test_who_the_register_does_not_know_of_stands_apart(method: Method) -> None:
    known, unknown = told(method), decompose(BEFORE, AFTER, method, left={"someone else"})
    assert unknown.components["entry"] == unknown.components["exit"] == 0
    assert unknown.components["entry_NOT_OBSERVED"] == pytest.approx(known.components["entry"])
    assert unknown.components["exit_NOT_OBSERVED"] == pytest.approx(known.components["exit"])
    assert unknown.firms == {
        "survivors": 2, "entry": 0, "exit": 0, "entry_NOT_OBSERVED": 1, "exit_NOT_OBSERVED": 1,
    }  # fmt: skip


def test_entry_is_good_by_one_definition_and_bad_by_another() -> None:
    # The entrant is better than the industry was, and worse than the survivors have become.
    later = snapshot(["d", "a", "b"], AFTER.p - [0.3, 0, 0], AFTER.weight, year=2021)
    entry = {m: decompose(BEFORE, later, m, entered={"d"}).components["entry"] for m in METHODS}
    assert entry["FHK"] > 0 > entry["MP"]


sides = st.tuples(
    st.floats(-2, 2), st.floats(0.1, 10), st.floats(-2, 2), st.floats(0.1, 10), st.integers(0, 3)
)


def years(rows: list[tuple[float, float, float, float, int]]) -> tuple[Snapshot, Snapshot]:
    """Return two years: kind 0 and 1 are in both, 2 only before, 3 only after; the first three are always in both."""
    kinds = [0, 0, 0] + [row[4] for row in rows[3:]]
    before = [
        (f"f{i}", r[0], r[1]) for i, (r, k) in enumerate(zip(rows, kinds, strict=True)) if k != 3
    ]
    after = [
        (f"f{i}", r[2], r[3]) for i, (r, k) in enumerate(zip(rows, kinds, strict=True)) if k != 2
    ]
    one, other = (
        snapshot(
            [f for f, _, _ in side],
            np.array([p for _, p, _ in side]),
            np.array([w for _, _, w in side]),
            year=at,
        )
        for at, side in enumerate((before, after))
    )
    return one, other


def slow(before: Snapshot, after: Snapshot, method: Method) -> dict[str, float]:
    """Return the components firm by firm, from dictionaries."""
    p1 = dict(zip(before.firm.tolist(), before.p.tolist(), strict=True))
    p2 = dict(zip(after.firm.tolist(), after.p.tolist(), strict=True))
    s1 = dict(zip(p1, (before.weight / before.weight.sum()).tolist(), strict=True))
    s2 = dict(zip(p2, (after.weight / after.weight.sum()).tolist(), strict=True))
    C, E, X = sorted(p1.keys() & p2.keys()), p2.keys() - p1.keys(), p1.keys() - p2.keys()
    P1, P2 = sum(s1[f] * p1[f] for f in p1), sum(s2[f] * p2[f] for f in p2)
    sC1, sC2 = sum(s1[f] for f in C), sum(s2[f] for f in C)
    PC1, PC2 = sum(s1[f] / sC1 * p1[f] for f in C), sum(s2[f] / sC2 * p2[f] for f in C)
    n = len(C)
    if method == "MP":
        m1, m2 = sum(p1[f] for f in C) / n, sum(p2[f] for f in C) / n
        cov1 = sum((s1[f] / sC1 - 1 / n) * (p1[f] - m1) for f in C)
        cov2 = sum((s2[f] / sC2 - 1 / n) * (p2[f] - m2) for f in C)
        terms, new, gone = {"within": m2 - m1, "between": cov2 - cov1}, PC2, PC1
    elif method == "DF":
        within = sum((s1[f] / sC1 + s2[f] / sC2) / 2 * (p2[f] - p1[f]) for f in C)
        between = sum((s2[f] / sC2 - s1[f] / sC1) * (p1[f] + p2[f]) / 2 for f in C)
        terms, new, gone = {"within": within, "between": between}, PC2, PC1
    elif method == "FHK":
        terms = {
            "within": sum(s1[f] * (p2[f] - p1[f]) for f in C),
            "between": sum((s2[f] - s1[f]) * (p1[f] - P1) for f in C),
            "cross": sum((s2[f] - s1[f]) * (p2[f] - p1[f]) for f in C),
        }
        new = gone = P1
    else:
        mid = (P1 + P2) / 2
        terms = {
            "within": sum((s1[f] + s2[f]) / 2 * (p2[f] - p1[f]) for f in C),
            "between": sum((s2[f] - s1[f]) * ((p1[f] + p2[f]) / 2 - mid) for f in C),
        }
        new = gone = mid
    return terms | {
        "entry": sum(s2[f] * (p2[f] - new) for f in E), "exit": -sum(s1[f] * (p1[f] - gone) for f in X),
    }  # fmt: skip


@settings(deadline=None)
@given(st.lists(sides, min_size=4, max_size=12))
def test_components_sum_to_the_change_and_are_those_of_the_slow_twin(
    rows: list[tuple[float, float, float, float, int]],
) -> None:
    before, after = years(rows)
    everybody = {f"f{i}" for i in range(len(rows))}
    for method in METHODS:
        found = decompose(before, after, method, entered=everybody, left=everybody)
        assert sum(found.components.values()) == pytest.approx(found.change, abs=1e-12)
        for name, value in slow(before, after, method).items():
            assert found.components[name] == pytest.approx(value, abs=1e-12), (method, name)


@settings(deadline=None)
@given(st.lists(sides, min_size=4, max_size=12), st.floats(-3, 3))
def test_a_common_gain_of_all_firms_is_all_within(
    rows: list[tuple[float, float, float, float, int]], gain: float
) -> None:
    before, _ = years([(*row[:4], 0) for row in rows])
    after = Snapshot(before.firm, before.p + gain, before.weight)
    for method in METHODS:
        found = decompose(before, after, method)
        assert found.components["within"] == pytest.approx(gain, abs=1e-12)
        assert found.change == pytest.approx(gain, abs=1e-12)
