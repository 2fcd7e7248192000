"""The panel of firms: refusals first, then calendar lags and whole-firm resampling."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pq_tfp.domain.errors import SeriesRefused
from pq_tfp.domain.firm_panel import FirmPanel, Roles, Units, firm_panel, resample
from pq_tfp.domain.series import Array

FIRMS = ["b", "b", "b", "a", "a", "a", "c", "c", "c"]
YEARS = [2022, 2020, 2021, 2020, 2021, 2023, 2020, 2021, 2022]


def columns(**other: Array) -> dict[str, Array]:
    told = {name: np.arange(1.0, 10.0) + at for at, name in enumerate(("Y", "L", "K"))}
    return told | other


def panel(
    firm: list[str] = FIRMS, year: list[int] = YEARS, units: Units = "levels", **other: Array
) -> FirmPanel:
    roles = Roles(controls=("age",)) if "age" in other else Roles()
    return firm_panel(firm, year, columns(**other), roles=roles, units=units)


def faults(refusal: pytest.ExceptionInfo[SeriesRefused]) -> list[str]:
    return [f"{error.code} {error.pointer}" for error in refusal.value.errors]


def test_a_firm_and_year_that_comes_twice_is_refused_by_name() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        panel(year=[2022, 2020, 2020, *YEARS[3:]])
    assert faults(refusal) == ["duplicated /rows/b/2020"]
    assert refusal.value.errors[0].message_vi == "b: Năm 2020 xuất hiện hai lần."


def test_a_column_that_is_missing_and_one_of_another_length_are_refused_together() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        firm_panel(FIRMS, YEARS, {"Y": np.ones(9), "L": np.ones(8)}, roles=Roles(), units="logs")
    assert faults(refusal) == ["column_missing /K", "length_wrong /L"]


def test_a_column_that_plays_two_parts_is_refused_by_name() -> None:
    twice = Roles(free=("L", "K"), controls=("Y",))
    with pytest.raises(SeriesRefused) as refusal:
        firm_panel(FIRMS, YEARS, columns(), roles=twice, units="logs")
    assert faults(refusal) == ["column_used_twice /K", "column_used_twice /Y"]


def test_fewer_than_three_firms_or_years_are_refused_with_the_minimum() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        panel(firm=["a"] * 9, year=list(range(2010, 2019)))
    assert faults(refusal) == ["sample_too_small /firms"]
    assert "at least 3" in refusal.value.errors[0].message_en
    with pytest.raises(SeriesRefused) as refusal:
        panel(firm=list("abcdefghi"), year=[2020, 2021] * 4 + [2020])
    assert faults(refusal) == ["sample_too_small /years"]


def test_levels_that_have_no_logarithm_are_refused_by_firm_year_and_field() -> None:
    L = np.arange(1.0, 10.0)
    L[[0, 4]] = 0.0, np.nan
    with pytest.raises(SeriesRefused) as refusal:
        panel(L=L)
    assert faults(refusal) == ["level_not_positive /L/a/2021", "level_not_positive /L/b/2022"]


def test_logs_may_be_negative_but_must_be_numbers_and_controls_are_never_logged() -> None:
    age = np.array([0.0, -1, 2, 3, 4, 5, 6, 7, np.inf])
    with pytest.raises(SeriesRefused) as refusal:
        panel(age=age, units="logs", L=np.full(9, -2.0))
    assert faults(refusal) == ["not_a_number /age/c/2022"]
    with pytest.raises(SeriesRefused) as refusal:
        panel(units="logs", L=np.array([-2.0] * 8 + [5e6]))
    assert faults(refusal) == ["not_a_logarithm /L/c/2022"]
    told = panel(age=np.arange(9.0), units="levels")
    assert told["age"].tolist() == [3, 4, 5, 1, 2, 0, 6, 7, 8]
    assert told["Y"].tolist() == pytest.approx(np.log([4, 5, 6, 2, 3, 1, 7, 8, 9]))


def test_rows_are_sorted_and_a_gap_breaks_the_lag() -> None:
    told = panel()
    assert told.firms == ("a", "b", "c")
    assert told.year.tolist() == [2020, 2021, 2023, 2020, 2021, 2022, 2020, 2021, 2022]
    assert told.with_lag.tolist() == [1, 4, 5, 7, 8]  # a has 2021 and 2023, not 2022
    assert told.bounds.tolist() == [0, 3, 6, 9]


@given(st.lists(st.integers(0, 2), min_size=1, max_size=6))
def test_a_resampled_panel_holds_the_whole_firms_that_were_picked(picks: list[int]) -> None:
    told = panel()
    drawn = resample(told, np.array(picks))
    assert drawn.firms == tuple("abc"[pick] for pick in picks)
    assert drawn.firm.tolist() == np.repeat(np.arange(len(picks)), 3).tolist()
    expected = np.concatenate([told["K"][3 * pick : 3 * pick + 3] for pick in picks])
    assert drawn["K"].tolist() == expected.tolist()
    assert drawn.lagged.tolist() == np.concatenate(
        [told.lagged[3 * pick : 3 * pick + 3] for pick in picks]
    ).tolist()  # fmt: skip
