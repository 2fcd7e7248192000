"""Figures move to another map without loss, or not at all."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pq_common.places import (
    NATION,
    BadDraft,
    Incomplete,
    Merge,
    NotOnBoundary,
    UnknownBoundary,
    UnknownPlace,
    boundary,
    boundary_on,
    counted_twice,
    draft,
    missing,
    predecessors,
    roll_up,
)

OLD, NEW = boundary("2021"), boundary("2025-07-01")
RED_RIVER = Merge("33", "Sông Hồng", "tỉnh", ("vn-33-2025", "vn-37-2025"))
DRAFT = draft([RED_RIVER], date(2027, 1, 1))
figures = st.dictionaries(st.sampled_from(OLD.places), st.integers(-(10**15), 10**15))


@pytest.mark.parametrize("version", ["", "2025", "as_reported", "2025-07-02"])
def test_an_unknown_version_is_refused_with_those_that_exist(version: str) -> None:
    with pytest.raises(UnknownBoundary, match="2021, 2025-07-01"):
        boundary(version)


def test_a_merged_place_is_not_divided_among_its_predecessors() -> None:
    with pytest.raises(NotOnBoundary) as refused:
        OLD.maps_to("vn-33-2025")
    assert refused.value.extra == {"parts": ["vn-33-1997", "vn-34-1997"]}
    assert "Hưng Yên (từ 1/7/2025)" in refused.value.message_vi
    assert not OLD.covers("vn-33-2025")
    with pytest.raises(NotOnBoundary):
        roll_up({"vn-33-2025": 1}, OLD)


def test_an_unknown_place_is_on_no_boundary() -> None:
    with pytest.raises(UnknownPlace):
        NEW.maps_to("vn-33-2024")
    with pytest.raises(UnknownPlace):
        NEW.covers("draft-33-2027")


def test_a_strict_sum_names_the_part_it_lacks() -> None:
    with pytest.raises(Incomplete) as refused:
        roll_up({"vn-92-2004": 1, "vn-93-2004": 2}, NEW, strict=True)
    assert refused.value.extra == {"missing": {"vn-92-2025": ["vn-94-1997"]}, "counted_twice": {}}
    assert "vn-94-1997 (vn-92-2025)" in refused.value.message_vi


def test_a_strict_sum_refuses_a_part_beside_its_whole() -> None:
    values = {"vn-33-1997": 1, "vn-34-1997": 1, "vn-33-2025": 2}
    with pytest.raises(Incomplete) as refused:
        roll_up(values, NEW, strict=True)
    assert refused.value.extra["counted_twice"] == {"vn-33-2025": ["vn-33-1997", "vn-34-1997"]}
    assert counted_twice(values, NEW) == {"vn-33-2025": ("vn-33-1997", "vn-34-1997")}


def test_a_year_reported_by_the_old_and_then_the_new_place_adds_up_when_not_strict() -> None:
    assert roll_up({"vn-33-1997": 3, "vn-34-1997": 4, "vn-33-2025": 5}, NEW) == {"vn-33-2025": 12}


@pytest.mark.parametrize(
    "merge",
    [
        Merge("33", "một phần", "tỉnh", ("vn-33-2025",)),
        Merge("33", "hai lần một nơi", "tỉnh", ("vn-33-2025", "vn-33-2025")),
        Merge("33", "đã hết", "tỉnh", ("vn-33-2025", "vn-34-1997")),
        Merge("34", "đã gộp", "tỉnh", ("vn-37-2025", "vn-31-2025")),
        Merge("33", "trùng mã", "tỉnh", ("vn-01-2008", "vn-31-2025")),
    ],
    ids=lambda merge: merge.name,
)
def test_a_draft_that_contradicts_itself_is_refused(merge: Merge) -> None:
    with pytest.raises(BadDraft):
        draft(
            [RED_RIVER, merge] if merge.name in {"đã gộp", "trùng mã"} else [merge],
            date(2027, 1, 1),
        )


def test_a_draft_starts_from_the_boundary_in_force_and_is_never_taken_for_law() -> None:
    assert len(DRAFT.places) == 33
    assert DRAFT.version == "draft-2027-01-01"
    assert (
        DRAFT.maps_to("vn-34-1997")
        == DRAFT.maps_to("vn-33-2025")
        == "draft-33-2027"
        == DRAFT.maps_to("draft-33-2027")
    )
    assert DRAFT.maps_to("vn-46-1997") == "vn-46-1997"
    assert DRAFT.label("draft-33-2027") == "tỉnh Sông Hồng"
    assert DRAFT.label("vn-75-2025") == "thành phố Đồng Nai"


def test_a_draft_dated_before_the_mergers_starts_from_the_63() -> None:
    early = draft([Merge("33", "Hải Hưng", "tỉnh", ("vn-30-1997", "vn-33-1997"))], date(2024, 1, 1))
    assert len(early.places) == 62
    assert early.maps_to("vn-30-1997") == "draft-33-2024"
    with pytest.raises(NotOnBoundary):
        early.maps_to("vn-33-2025")


def test_a_gap_in_a_draft_names_the_largest_parts_that_are_lacking() -> None:
    assert missing(["vn-33-1997"], DRAFT) == {"draft-33-2027": ("vn-34-1997", "vn-37-2025")}
    assert missing(["vn-33-1997", "vn-34-1997", "vn-37-2025"], DRAFT) == {}
    assert missing([], DRAFT) == {}
    assert counted_twice(["draft-33-2027", "vn-34-1997"], DRAFT) == {
        "draft-33-2027": ("vn-34-1997",)
    }


@pytest.mark.parametrize(
    ("day", "version"),
    [(date(2019, 1, 1), "2021"), (date(2025, 6, 30), "2021"), (date(2025, 7, 1), "2025-07-01")],
)
def test_a_day_has_its_boundary(day: date, version: str) -> None:
    assert boundary_on(day) == boundary(version)


def test_both_boundaries_hold_every_unit_of_their_time_with_its_label_of_the_first_day() -> None:
    assert (len(OLD.places), len(NEW.places)) == (63, 34)
    assert (OLD.label("vn-46-1997"), NEW.label("vn-46-1997")) == (
        "tỉnh Thừa Thiên Huế",
        "thành phố Huế",
    )
    assert NEW.label("vn-75-2025") == "tỉnh Đồng Nai"


def test_every_old_unit_lies_in_one_new_place_and_every_new_place_is_filled() -> None:
    assert {NEW.maps_to(unit) for unit in OLD.places} == set(NEW.places)
    assert all(OLD.maps_to(unit) == unit for unit in OLD.places)
    assert all(NEW.covers(unit) for unit in OLD.places)
    assert all(NEW.maps_to(unit) == unit for unit in NEW.places)
    assert all(NEW.parts(unit) == predecessors(unit) for unit in NEW.places)


def test_the_nation_stays_beside_its_provinces() -> None:
    assert roll_up({"vn-33-1997": 1, "vn-34-1997": 2, NATION: 9}, NEW, strict=True) == {
        "vn-33-2025": 3,
        NATION: 9,
    }


@given(figures)
def test_a_sum_over_any_map_conserves_the_total(values: dict[str, int]) -> None:
    for target in (OLD, NEW, DRAFT):
        assert sum(roll_up(values, target).values()) == sum(values.values())
    assert roll_up(values, OLD) == values


@given(figures)
def test_rolling_up_by_way_of_the_34_is_rolling_up_at_once(values: dict[str, int]) -> None:
    assert roll_up(roll_up(values, NEW), DRAFT) == roll_up(values, DRAFT)


@given(st.lists(st.integers(0, 10**12), min_size=63, max_size=63))
def test_a_complete_country_passes_the_strict_sum(values: list[int]) -> None:
    whole = dict(zip(OLD.places, values, strict=True))
    assert roll_up(whole, NEW, strict=True) == roll_up(whole, NEW)
    assert set(roll_up(whole, DRAFT, strict=True)) == set(DRAFT.places)


@given(figures)
def test_a_sum_is_strict_exactly_when_nothing_is_missing(values: dict[str, int]) -> None:
    gaps = missing(values, NEW)
    for whole, absent in gaps.items():
        assert set(absent) == set(predecessors(whole)) - set(values)
    if gaps:
        with pytest.raises(Incomplete):
            roll_up(values, NEW, strict=True)
    else:
        assert roll_up(values, NEW, strict=True) == roll_up(values, NEW)
