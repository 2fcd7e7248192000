"""Which places a list is asked for, and which a caller may write for."""

from typing import Any

import pytest

from pq_common.http.auth import Actor, actor_of
from pq_common.http.placing import (
    PlaceOutOfScope,
    PlaceUnknown,
    asked_places,
    known_place,
    refuse_foreign,
)


def officer(place: str) -> Actor:
    return actor_of({"sub": "o", "roles": ["province-officer"], "places": [place]})


@pytest.mark.parametrize("place", ["vn-31-2025", "vn-31-1997", "vn", "nowhere"])
def test_a_place_that_is_not_the_callers_is_not_there(place: str) -> None:
    with pytest.raises(PlaceOutOfScope) as refused:
        refuse_foreign(officer("vn-33-2025"), place, at="/plan/place_id")
    assert [fault.pointer for fault in refused.value.errors] == ["/plan/place_id"]


def test_the_callers_place_comes_with_what_it_was_merged_from() -> None:
    for place in ("vn-33-2025", "vn-33-1997", "vn-34-1997"):
        refuse_foreign(officer("vn-33-2025"), place)
    with pytest.raises(PlaceOutOfScope):
        refuse_foreign(officer("vn-33-1997"), "vn-33-2025")


def test_a_place_that_never_was_is_refused_by_the_name_of_its_parameter() -> None:
    with pytest.raises(PlaceUnknown) as refused:
        known_place("vn-99-1900", name="dia_ban")
    assert [fault.pointer for fault in refused.value.errors] == ["#query/dia_ban"]


@pytest.mark.parametrize(
    ("place", "on"),
    [("vn-99-1900", None), ("vn-33-2025", "2021"), ("vn-34-1997", "2025-07-01")],
)
def test_a_place_that_is_not_on_the_map_asked_for_is_refused(place: str, on: Any) -> None:
    with pytest.raises(PlaceUnknown):
        asked_places(place, on)


@pytest.mark.parametrize(
    ("place", "on", "meant"),
    [
        ("vn-33-2025", None, {"vn-33-2025", "vn-33-1997", "vn-34-1997"}),
        ("vn-33-2025", "as_reported", {"vn-33-2025"}),
        ("vn-33-2025", "2025-07-01", {"vn-33-2025", "vn-33-1997", "vn-34-1997"}),
        ("vn-33-1997", "2021", {"vn-33-1997"}),
    ],
)
def test_the_filter_means_these_places(place: str, on: Any, meant: set[str]) -> None:
    assert asked_places(place, on) == frozenset(meant)


def test_without_the_filter_every_place_is_meant() -> None:
    assert asked_places(None, "2021") is None
