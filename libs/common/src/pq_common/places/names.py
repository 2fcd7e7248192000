"""Names and types as of a day, and the way back from a name in any spelling."""

import re
from collections import defaultdict
from datetime import date

from pq_common.dates import vn_day
from pq_common.places import data
from pq_common.places.identity import place, predecessors, span
from pq_common.places.model import Attribute, Place
from pq_common.text import fold

# What people write before or after a name, folded: "tinh Hung Yen", "TP.Huế", "T.P Huế", "Hanoi City".
_TYPE_WORDS = re.compile(r"^((tinh|thanh pho) |t\.? ?p(\. ?| ))|[ ,]+(city|province)$")
_NOT_LETTERS = re.compile(r"[^a-z0-9]")
_OTHER_NAMES = {
    "hcm": "hochiminh",
    "tphcm": "hochiminh",
    "hcmc": "hochiminh",
    "saigon": "hochiminh",
    "tthue": "hue",
    "brvt": "bariavungtau",
    "daclac": "daklak",
    "dacnong": "daknong",
    "baccan": "backan",
    "canuoc": "vietnam",
    "toanquoc": "vietnam",
}


def name_on(place_id: str, day: date) -> str:
    """Return the name that day, without type; outside the days of the place, the nearest it had."""
    return _attribute_on(place_id, day).name


def type_on(place_id: str, day: date) -> str:
    """Return "tỉnh", "thành phố" or "quốc gia" as of that day; outside its days, the nearest it had."""
    return _attribute_on(place_id, day).type


def label(place_id: str, day: date) -> str:
    """Return type and name as of that day, as a sentence uses them: "tỉnh Hưng Yên"."""
    attribute = _attribute_on(place_id, day)
    return attribute.name if place_id == data.NATION else f"{attribute.type} {attribute.name}"


def describe(place_id: str) -> str:
    """Return a name that is unique in a list of places of all times: "Hưng Yên (trước 1/7/2025)"."""
    days, name = span(place_id), data.ATTRIBUTES[place_id][-1].name
    if days.valid_before is not None:
        return f"{name} (trước {vn_day(days.valid_before)})"
    return f"{name} (từ {vn_day(days.valid_from)})" if predecessors(place_id) else name


def attributes(place_id: str) -> tuple[Attribute, ...]:
    """Return every name and type it has had, oldest first, each with day and source."""
    return data.ATTRIBUTES[place(place_id).id]


def find(name_text: str, day: date | None = None) -> list[Place]:
    """Return the places that bear or once bore that name, newest first; with a day, only those existing then.

    Takes any spelling: with or without marks, either tone placement, with or without "tỉnh", "thành phố", "TP.".
    """
    key = _key(name_text)
    ids = sorted(_BY_KEY.get(key, ()), key=lambda place_id: span(place_id).valid_from, reverse=True)
    return [data.PLACES[place_id] for place_id in ids if day is None or span(place_id).holds(day)]


def _attribute_on(place_id: str, day: date) -> Attribute:
    known = attributes(place_id)
    return next((attribute for attribute in reversed(known) if attribute.since <= day), known[0])


def _key(name_text: str) -> str:
    return _NOT_LETTERS.sub("", _TYPE_WORDS.sub("", fold(name_text)))


def _index() -> dict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for place_id, known in data.ATTRIBUTES.items():
        for attribute in known:
            found[_key(attribute.name)].add(place_id)
    for written, usual in _OTHER_NAMES.items():
        found[written] |= found[usual]
    return dict(found)


_BY_KEY = _index()
