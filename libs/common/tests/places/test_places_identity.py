"""Codes, days and identities: what a code meant, and what became of a place."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pq_common.errors import Gone, Invalid, NotFound
from pq_common.places import (
    NATION,
    AmbiguousCode,
    Level,
    PlaceEnded,
    UnknownPlace,
    all_places,
    contemporary,
    exists,
    links,
    name_on,
    place,
    predecessors,
    resolve,
    resolve_bare,
    scope,
    span,
    successors,
)

BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)
RETIRED = [
    "02",
    "06",
    "10",
    "17",
    "26",
    "27",
    "30",
    "34",
    "35",
    "36",
    "45",
    "49",
    "54",
    "58",
    "60",
    "62",
    "64",
    "67",
    "70",
    "72",
    "74",
    "77",
    "83",
    "84",
    "87",
    "89",
    "93",
    "94",
    "95",
]
UNCHANGED = {"01", "04", "11", "12", "14", "20", "22", "38", "40", "42", "46"}
OLD, NEW = contemporary(BEFORE), contemporary(AFTER)


@pytest.mark.parametrize("code", ["1", "001", "0a", "", "VN", "٣٣", " 33", "33\n"])
def test_text_that_is_no_two_digit_code_is_refused(code: str) -> None:
    with pytest.raises(UnknownPlace) as refused:
        resolve(code, AFTER)
    assert "01" in refused.value.message_vi
    assert isinstance(refused.value, NotFound)


@pytest.mark.parametrize("code", ["00", "03", "99"])
def test_a_code_never_given_is_refused_with_and_without_a_day(code: str) -> None:
    with pytest.raises(UnknownPlace):
        resolve(code, AFTER)
    with pytest.raises(UnknownPlace):
        resolve_bare(code)


@pytest.mark.parametrize(
    ("code", "day"), [("01", date(2008, 7, 31)), ("33", date(1996, 12, 31)), ("08", date(1, 1, 1))]
)
def test_a_code_asked_before_its_first_day_is_refused(code: str, day: date) -> None:
    with pytest.raises(UnknownPlace) as refused:
        resolve(code, day)
    assert code in refused.value.message_en


@pytest.mark.parametrize("code", RETIRED)
def test_a_retired_code_says_into_which_place_the_unit_went(code: str) -> None:
    old = resolve(code, BEFORE)
    with pytest.raises(PlaceEnded) as refused:
        resolve(code, AFTER)
    assert isinstance(refused.value, Gone)
    assert refused.value.extra == {"successors": list(successors(old.id))}
    assert old.id in refused.value.message_vi


def test_a_bare_code_is_refused_with_both_readings() -> None:
    with pytest.raises(AmbiguousCode) as refused:
        resolve_bare("44")
    assert isinstance(refused.value, Invalid)
    assert refused.value.extra["readings"] == [
        {
            "place_id": "vn-44-1997",
            "name": "tỉnh Quảng Bình",
            "valid_from": "1997-01-01",
            "valid_before": "2025-07-01",
        },
        {
            "place_id": "vn-44-2025",
            "name": "tỉnh Quảng Trị",
            "valid_from": "2025-07-01",
            "valid_before": None,
        },
    ]
    assert "tỉnh Quảng Bình (1/1/1997 – 30/6/2025), vn-44-1997" in refused.value.message_vi
    assert "tỉnh Quảng Trị (1/7/2025 –), vn-44-2025" in refused.value.message_en


@pytest.mark.parametrize("code", ["34", "01"])
def test_a_bare_code_is_refused_even_with_one_reading(code: str) -> None:
    """A client that relies on luck today breaks at the next merger."""
    with pytest.raises(AmbiguousCode) as refused:
        resolve_bare(code)
    readings = refused.value.extra["readings"]
    assert isinstance(readings, list)
    assert [reading["place_id"][:5] for reading in readings] == [f"vn-{code}"]


@pytest.mark.parametrize(
    "ask", [place, span, predecessors, successors, lambda unknown: scope([unknown])]
)
def test_an_unknown_id_is_refused_by_every_question(ask: Callable[[str], object]) -> None:
    with pytest.raises(UnknownPlace, match="vn-33-1999"):
        ask("vn-33-1999")
    assert not exists("vn-33-1999")


def test_there_were_63_units_until_the_last_of_june_2025_and_34_since() -> None:
    assert (len(OLD), len(NEW)) == (63, 34)
    assert len(contemporary(date(2021, 1, 1))) == 63
    assert len(contemporary(date(2026, 11, 22))) == 34
    assert len(all_places()) == 63 + 23 + 1


def test_the_number_of_units_follows_the_divisions_of_2004_and_2008() -> None:
    assert len(contemporary(date(1996, 12, 31))) == 0
    assert len(contemporary(date(2003, 12, 31))) == 56
    assert len(contemporary(date(2008, 7, 31))) == 62
    assert len(contemporary(date(2008, 8, 1))) == 63


def test_eleven_units_kept_their_identity_through_the_mergers() -> None:
    kept = set(OLD) & set(NEW)
    assert {unit.code for unit in kept} == UNCHANGED
    assert all(span(unit.id).valid_before is None for unit in kept)


def test_every_old_unit_has_exactly_one_successor_unless_it_goes_on() -> None:
    assert all(len(successors(unit.id)) == (unit not in NEW) for unit in OLD)
    assert len(links()) == 52


def test_links_are_dated_sourced_and_read_the_same_from_both_ends() -> None:
    for link in links():
        assert (
            link.on
            == AFTER
            == span(link.predecessor).valid_before
            == span(link.successor).valid_from
        )
        assert "202/2025/QH15" in link.source
        assert link.successor in successors(link.predecessor)
        assert link.predecessor in predecessors(link.successor)


def test_every_merged_unit_has_two_or_three_predecessors_all_distinct() -> None:
    merged = [unit for unit in NEW if unit not in OLD]
    parts = [part for unit in merged for part in predecessors(unit.id)]
    assert len(merged) == 23
    assert {len(predecessors(unit.id)) for unit in merged} == {2, 3}
    assert len(parts) == len(set(parts)) == 52


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("15", "vn-15-1997", "vn-15-2025"),
        ("24", "vn-24-1997", "vn-24-2025"),
        ("44", "vn-44-1997", "vn-44-2025"),
        ("52", "vn-52-1997", "vn-52-2025"),
        ("80", "vn-80-1997", "vn-80-2025"),
        ("82", "vn-82-1997", "vn-82-2025"),
        ("91", "vn-91-1997", "vn-91-2025"),
    ],
)
def test_seven_codes_mean_another_province_since_the_mergers(
    code: str, before: str, after: str
) -> None:
    assert (resolve(code, BEFORE).id, resolve(code, AFTER).id) == (before, after)


@pytest.mark.parametrize(
    ("ended", "made"),
    [
        (("vn-33-1997", "vn-34-1997"), "vn-33-2025"),
        (("vn-30-1997", "vn-31-1997"), "vn-31-2025"),
        (("vn-95-1997", "vn-96-1997"), "vn-96-2025"),
        (("vn-44-1997", "vn-45-1997"), "vn-44-2025"),
        (("vn-92-2004", "vn-93-2004", "vn-94-1997"), "vn-92-2025"),
    ],
)
def test_the_five_provinces_with_plans_became_these(ended: tuple[str, ...], made: str) -> None:
    assert predecessors(made) == ended
    assert scope([made]) == {made, *ended}


# As Nghị quyết 202/2025/QH15 names them, Điều 1; written here apart from the data.
MERGERS = """
Tuyên Quang = Hà Giang + Tuyên Quang
Lào Cai = Lào Cai + Yên Bái
Thái Nguyên = Bắc Kạn + Thái Nguyên
Phú Thọ = Hòa Bình + Phú Thọ + Vĩnh Phúc
Bắc Ninh = Bắc Giang + Bắc Ninh
Hưng Yên = Hưng Yên + Thái Bình
Hải Phòng = Hải Dương + Hải Phòng
Ninh Bình = Hà Nam + Nam Định + Ninh Bình
Quảng Trị = Quảng Bình + Quảng Trị
Đà Nẵng = Đà Nẵng + Quảng Nam
Quảng Ngãi = Kon Tum + Quảng Ngãi
Gia Lai = Bình Định + Gia Lai
Khánh Hòa = Khánh Hòa + Ninh Thuận
Lâm Đồng = Bình Thuận + Lâm Đồng + Đắk Nông
Đắk Lắk = Phú Yên + Đắk Lắk
Hồ Chí Minh = Bà Rịa - Vũng Tàu + Bình Dương + Hồ Chí Minh
Đồng Nai = Bình Phước + Đồng Nai
Tây Ninh = Long An + Tây Ninh
Cần Thơ = Cần Thơ + Hậu Giang + Sóc Trăng
Vĩnh Long = Bến Tre + Trà Vinh + Vĩnh Long
Đồng Tháp = Tiền Giang + Đồng Tháp
Cà Mau = Bạc Liêu + Cà Mau
An Giang = An Giang + Kiên Giang
"""


def test_the_mergers_are_those_of_the_resolution() -> None:
    written = {
        whole: set(parts.split(" + "))
        for whole, parts in (line.split(" = ") for line in MERGERS.strip().splitlines())
    }
    made = {
        name_on(unit.id, AFTER): {name_on(part, BEFORE) for part in predecessors(unit.id)}
        for unit in NEW
        if unit not in OLD
    }
    assert made == written


def test_a_scope_looks_back_and_never_forward() -> None:
    assert scope(["vn-33-1997", "vn-01-2008"]) == {"vn-33-1997", "vn-01-2008"}
    assert scope([]) == frozenset()
    assert scope([NATION]) == {NATION}


def test_the_id_tells_the_code_and_the_year_of_the_first_day() -> None:
    for unit in all_places():
        if unit.level is Level.PROVINCE:
            assert unit.id == f"vn-{unit.code}-{span(unit.id).valid_from.year}"
    assert place(NATION).level is Level.NATION


@given(st.dates(date(1990, 1, 1), date(2040, 1, 1)))
def test_on_any_day_a_code_names_one_place_and_the_place_names_its_code(day: date) -> None:
    there = contemporary(day)
    assert len({unit.code for unit in there}) == len(there)
    assert all(resolve(unit.code, day) == unit == place(unit.id) for unit in there)
    assert all(span(unit.id).holds(day) for unit in there)
