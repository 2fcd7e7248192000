"""Vietnamese text is stored one way, searched without marks and sorted as a dictionary sorts it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pq_common.text import fold, nfc, sort_key, spelled_alike


def as_windows_1258(text: str) -> str:
    """Write each tone as a combining mark after a composed letter, as that code page does."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    written = ""
    for char in text:
        parts = unicodedata.normalize("NFD", char)
        letter = unicodedata.normalize("NFC", "".join(part for part in parts if part not in tones))
        written += letter + "".join(part for part in parts if part in tones)
    return written


@pytest.mark.parametrize(
    "text", ["Đắk Lắk", "Thừa Thiên Huế", "Phú Thọ", "Quảng Ngãi", "Mỹ Thuận", "nặng ĐƯỜNG"]
)
def test_every_way_of_writing_a_text_is_stored_the_same(text: str) -> None:
    assert nfc(unicodedata.normalize("NFD", text)) == text
    assert as_windows_1258(text) != text
    assert nfc(as_windows_1258(text)) == text


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Hòa Bình", "hoa binh"),
        ("Hoà Bình", "hoa binh"),
        ("  ĐẮK\u00a0\tLẮK\n", "dak lak"),
        ("Ðồng Nai", "dong nai"),  # typed with the Icelandic eth
        ("Bà Rịa - Vũng Tàu", "ba ria - vung tau"),
        ("\uff35\uff39 Nỗ", "uy no"),  # full-width
        ("ươ ƯƠ", "uo uo"),
        ("", ""),
    ],
)
def test_the_search_key_has_neither_marks_nor_capitals(text: str, key: str) -> None:
    assert fold(text) == key


@given(st.text())
def test_folding_twice_changes_nothing_and_the_stored_form_folds_alike(text: str) -> None:
    assert fold(fold(text)) == fold(text) == fold(nfc(text))


@pytest.mark.parametrize(
    "in_order",
    [
        ["An Giang", "Bà Rịa", "Ba Vì", "Cà Mau", "Đà Nẵng", "Đồng Tháp", "Gia Lai", "Vĩnh Long"],
        ["ma", "mà", "mả", "mã", "má", "mạ"],
        ["a", "ă", "â", "b", "d", "đ", "e", "ê", "o", "ô", "ơ", "u", "ư", "v", "x", "y"],
        ["an", "ân", "ba", "bân"],
        ["Hà Nam", "Hà Nội", "Hà Tĩnh", "Hải Dương"],
        ["an", "An", "án"],
        ["lan", "lăn", "lân", "lấn"],  # letters outweigh tones
        ["an", "an bình", "anh"],
        ["", " ", "-", "1", "2", "a", "z", "я"],
    ],
    ids=lambda words: "-".join(words[:3]),
)
def test_words_stand_in_dictionary_order(in_order: list[str]) -> None:
    in_disorder = in_order[::-1]
    assert sorted(in_disorder, key=sort_key) == in_order


@given(st.text(), st.text())
def test_the_order_is_total_and_does_not_see_how_text_was_typed(one: str, other: str) -> None:
    assert (sort_key(one) == sort_key(other)) == (nfc(one) == nfc(other))
    assert sort_key(one) == sort_key(unicodedata.normalize("NFD", one))


@given(st.text(alphabet="aăâàáđbcêơ "), st.text(alphabet="aăâàáđbcêơ "))
def test_a_beginning_of_a_text_precedes_it(start: str, rest: str) -> None:
    assert sort_key(start) <= sort_key(start + rest)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Tổ hợp tác Hòa Bình", "tổ hợp tác  hoà bình", True), ("Thuý", "Thúy", True), ("Hùng", "Hưng", False),
        ("Hùng", "Húng", False), ("Hùng", "Hung", False), ("Đào", "Dào", False), ("An Bình", "AnBình", False), ("", "", True),
    ],
)  # fmt: skip
def test_words_are_alike_wherever_the_tone_is_written(one: str, other: str, *, alike: bool) -> None:
    assert spelled_alike(one, other) is alike
