"""Names, types and regions follow the day; any spelling finds the place."""

import unicodedata
from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pq_common.places import (
    NATION,
    Place,
    UnknownBoundary,
    UnknownPlace,
    all_places,
    attributes,
    contemporary,
    describe,
    find,
    label,
    name_on,
    region_in,
    region_on,
    region_sets,
    region_source,
    regions,
    type_on,
)
from pq_common.text import fold

TODAY = date(2026, 11, 22)
OLD, NEW = contemporary(date(2021, 1, 1)), contemporary(TODAY)
days = st.dates(date(1990, 1, 1), date(2040, 1, 1))
place_ids = st.sampled_from([unit.id for unit in all_places()])


def region_id(place_id: str, day: date) -> str | None:
    region = region_on(place_id, day)
    return None if region is None else region.id


@pytest.mark.parametrize("text", ["", "  ", "tỉnh", "Atlantis", "Hưng", "33"])
def test_what_is_no_name_finds_nothing(text: str) -> None:
    assert find(text) == []


def test_a_place_that_has_ended_is_not_found_among_those_of_today() -> None:
    assert find("Bạc Liêu", TODAY) == []
    assert [unit.id for unit in find("Bạc Liêu", date(2022, 1, 1))] == ["vn-95-1997"]


@pytest.mark.parametrize(
    "ask",
    [
        attributes,
        describe,
        lambda unknown: name_on(unknown, TODAY),
        lambda unknown: region_on(unknown, TODAY),
    ],
)
def test_an_unknown_id_has_no_name_and_no_region(ask: Callable[[str], object]) -> None:
    with pytest.raises(UnknownPlace):
        ask("vn-00-2025")


@pytest.mark.parametrize(
    "ask", [regions, region_source, lambda unknown: region_in("vn-33-2025", unknown)]
)
def test_an_unknown_set_of_regions_is_refused_with_those_that_exist(
    ask: Callable[[str], object],
) -> None:
    with pytest.raises(UnknownBoundary, match="2025-10-05"):
        ask("1995")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hòa Bình", ["vn-17-1997"]),
        ("Hoà Bình", ["vn-17-1997"]),
        ("HOA BINH", ["vn-17-1997"]),
        ("  tỉnh   hòa bình ", ["vn-17-1997"]),
        (unicodedata.normalize("NFD", "Tỉnh Hòa Bình"), ["vn-17-1997"]),
        ("Hưng Yên", ["vn-33-2025", "vn-33-1997"]),
        ("hung yen province", ["vn-33-2025", "vn-33-1997"]),
        ("TP.HCM", ["vn-79-2025", "vn-79-1997"]),
        ("TPHCM", ["vn-79-2025", "vn-79-1997"]),
        ("TP. Hồ Chí Minh", ["vn-79-2025", "vn-79-1997"]),
        ("Ho Chi Minh City", ["vn-79-2025", "vn-79-1997"]),
        ("Thành phố Hồ Chí Minh", ["vn-79-2025", "vn-79-1997"]),
        ("HCM", ["vn-79-2025", "vn-79-1997"]),
        ("Thừa Thiên - Huế", ["vn-46-1997"]),
        ("TP Huế", ["vn-46-1997"]),
        ("T.P. Đà Nẵng", ["vn-48-2025", "vn-48-1997"]),
        ("Ðà Nẵng", ["vn-48-2025", "vn-48-1997"]),  # typed with the Icelandic eth
        ("Bà Rịa–Vũng Tàu", ["vn-77-1997"]),
        ("BR-VT", ["vn-77-1997"]),
        ("Đăk Lăk", ["vn-66-2025", "vn-66-2004"]),
        ("Đắc Lắc", ["vn-66-2025", "vn-66-2004"]),
        ("Hanoi", ["vn-01-2008"]),
        ("Cả nước", [NATION]),
        ("Việt Nam", [NATION]),
    ],
)
def test_a_name_is_found_in_any_spelling_newest_first(text: str, expected: list[str]) -> None:
    assert [unit.id for unit in find(text)] == expected


@pytest.mark.parametrize("units", [OLD, NEW], ids=["63", "34"])
def test_no_two_names_of_one_time_fold_to_the_same_key(units: tuple[Place, ...]) -> None:
    keys = Counter(fold(name_on(unit.id, TODAY)).replace(" ", "") for unit in units)
    assert len(keys) == len(units)


@given(place_ids, days, st.sampled_from(["NFC", "NFD"]), st.sampled_from([str, str.upper, fold]))
def test_every_label_in_any_form_finds_its_place(
    place_id: str, day: date, form: Literal["NFC", "NFD"], case: Callable[[str], str]
) -> None:
    written = case(unicodedata.normalize(form, label(place_id, day)))
    assert place_id in [unit.id for unit in find(written)]


def test_hue_was_the_province_thua_thien_hue_until_the_end_of_2024() -> None:
    assert label("vn-46-1997", date(2024, 12, 31)) == "tỉnh Thừa Thiên Huế"
    assert label("vn-46-1997", date(2025, 1, 1)) == "thành phố Huế"


def test_dong_nai_is_a_city_since_30_april_2026_under_the_same_id() -> None:
    assert type_on("vn-75-2025", date(2026, 4, 29)) == "tỉnh"
    assert label("vn-75-2025", date(2026, 4, 30)) == "thành phố Đồng Nai"
    assert [unit.id for unit in find("thành phố Đồng Nai", TODAY)] == ["vn-75-2025"]
    assert "30/2026/QH16" in attributes("vn-75-2025")[-1].source


@pytest.mark.parametrize(
    ("day", "cities"),
    [(date(2024, 12, 31), 5), (date(2025, 6, 30), 6), (date(2025, 7, 1), 6), (TODAY, 7)],
)
def test_cities_are_counted_as_of_the_day(day: date, cities: int) -> None:
    assert sum(type_on(unit.id, day) == "thành phố" for unit in contemporary(day)) == cities


def test_a_place_asked_outside_its_days_answers_with_the_nearest_name() -> None:
    assert name_on("vn-95-1997", TODAY) == "Bạc Liêu"
    assert label("vn-33-2025", date(2021, 1, 1)) == "tỉnh Hưng Yên"


def test_the_nation_has_a_name_without_type_in_a_sentence() -> None:
    assert (label(NATION, TODAY), type_on(NATION, TODAY), describe(NATION)) == (
        "Việt Nam",
        "quốc gia",
        "Việt Nam",
    )


def test_a_list_of_all_times_tells_the_two_hung_yen_apart() -> None:
    assert describe("vn-33-1997") == "Hưng Yên (trước 1/7/2025)"
    assert describe("vn-33-2025") == "Hưng Yên (từ 1/7/2025)"
    assert describe("vn-46-1997") == "Huế"
    assert len({describe(unit.id) for unit in all_places()}) == len(all_places())


def test_each_set_has_six_regions_and_places_every_unit_of_its_time() -> None:
    counts_old = Counter(region_on(unit.id, date(2021, 1, 1)) for unit in OLD)
    counts_new = Counter(region_on(unit.id, TODAY) for unit in NEW)
    assert [counts_old[region] for region in regions("2021")] == [14, 11, 14, 5, 6, 13]
    assert [counts_new[region] for region in regions("2025-10-05")] == [9, 6, 5, 6, 3, 5]
    assert None not in counts_old
    assert None not in counts_new


def test_the_sets_follow_each_other_without_a_gap_and_name_their_text() -> None:
    old, new = region_sets().values()
    assert old.valid_before == new.valid_from == date(2025, 10, 5)
    assert region_source("2025-10-05") == "Nghị quyết 306/NQ-CP, 5/10/2025"


def test_between_the_mergers_and_the_new_regions_only_unchanged_units_had_one() -> None:
    placed = [unit.id for unit in NEW if region_on(unit.id, date(2025, 10, 4)) is not None]
    assert len(placed) == 11
    assert region_id("vn-38-1997", date(2025, 10, 4)) == "btb-dhmt-2021"
    assert region_id("vn-38-1997", date(2025, 10, 5)) == "btb-2025"


def test_a_place_that_has_ended_keeps_the_region_it_last_had() -> None:
    assert region_id("vn-24-1997", TODAY) == "tdmn-2021"
    assert region_on("vn-33-2025", date(2021, 1, 1)) is None
    assert region_on(NATION, TODAY) is None


@pytest.mark.parametrize(
    ("place_id", "region_set", "expected"),
    [
        ("vn-24-1997", "2025-10-05", "dbsh-2025"),  # Bắc Giang
        ("vn-26-1997", "2025-10-05", "tdmn-2025"),  # Vĩnh Phúc
        ("vn-80-1997", "2025-10-05", "dnb-2025"),  # Long An
        ("vn-33-2025", "2021", "dbsh-2021"),
        ("vn-80-2025", "2021", None),  # Long An and Tây Ninh lay in two regions
        ("vn-66-2025", "2021", None),  # Đắk Lắk and Phú Yên too
        ("vn-46-1997", "2021", "btb-dhmt-2021"),
        (NATION, "2021", None),
    ],
)
def test_a_territory_is_read_in_either_set_whatever_the_day(
    place_id: str, region_set: str, expected: str | None
) -> None:
    region = region_in(place_id, region_set)
    assert (None if region is None else region.id) == expected


@given(place_ids, days)
def test_names_types_and_regions_never_fail_for_a_known_place(place_id: str, day: date) -> None:
    assert label(place_id, day).endswith(name_on(place_id, day))
    assert type_on(place_id, day) in {"tỉnh", "thành phố", "quốc gia"}
    region = region_on(place_id, day)
    assert region is None or region in regions(region.region_set)
