"""From a code and a day, or an id, to a place; and from a place to what it was before and became after."""

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import NoReturn

from pq_common.dates import Interval, vn_day
from pq_common.places import data
from pq_common.places.model import AmbiguousCode, Level, Link, Place, PlaceEnded, UnknownPlace


def place(place_id: str) -> Place:
    """Return the place; raise UnknownPlace."""
    if place_id not in data.PLACES:
        raise UnknownPlace(
            f"Không có địa bàn mang mã định danh {place_id!r}; ví dụ đúng: vn-33-2025",
            f"No place has the id {place_id!r}; a right one looks like vn-33-2025",
        )
    return data.PLACES[place_id]


def exists(place_id: str) -> bool:
    return place_id in data.PLACES


def span(place_id: str) -> Interval:
    """Return the days of the place; raise UnknownPlace."""
    return data.SPANS[place(place_id).id]


def all_places() -> tuple[Place, ...]:
    """Return the nation, the 63 units of before 1/7/2025 and the 23 made on that day."""
    return tuple(data.PLACES.values())


@lru_cache(maxsize=1024)  # asked for every place that a command names
def contemporary(day: date, *, level: Level = Level.PROVINCE) -> tuple[Place, ...]:
    """Return the provincial units that existed that day, by code."""
    there = (
        unit for unit in data.PLACES.values() if unit.level is level and span(unit.id).holds(day)
    )
    return tuple(sorted(there, key=lambda unit: unit.code))


def resolve(code: str, day: date) -> Place:
    """Return what the official two-digit code meant that day. Raise UnknownPlace, or PlaceEnded for a retired code."""
    ids = _readings(code)
    for place_id in ids:
        if span(place_id).holds(day):
            return data.PLACES[place_id]
    ended = [
        place_id for place_id in ids if (last := span(place_id).last_day) is not None and last < day
    ]
    if not ended:
        raise UnknownPlace(
            f"Mã {code} chưa được dùng vào ngày {vn_day(day)}",
            f"Code {code} was not yet in use on {day}",
        )
    raise PlaceEnded(
        f"Mã {code} không còn dùng vào ngày {vn_day(day)}: {_said(ended[-1])}",
        f"Code {code} was retired by {day}: {_said(ended[-1])}",
        successors=list(successors(ended[-1])),
    )


def resolve_bare(code: str) -> NoReturn:
    """Refuse a code without a day, listing every reading: AmbiguousCode. Raise UnknownPlace if it has none."""
    readings = "; ".join(_said(place_id) for place_id in _readings(code))
    raise AmbiguousCode(
        f"Mã {code} phải đi kèm ngày: {readings}",
        f"Code {code} needs a day: {readings}",
        readings=[_reading(place_id) for place_id in _readings(code)],
    )


def links() -> tuple[Link, ...]:
    """Return who became whom, with day and source."""
    return tuple(data.LINKS)


def predecessors(place_id: str) -> tuple[str, ...]:
    """Return the ids merged into this place, by code; none for a place that no merger made."""
    return data.PREDECESSORS.get(place(place_id).id, ())


def successors(place_id: str) -> tuple[str, ...]:
    """Return the id this place was merged into, if any: no place was ever divided."""
    return data.SUCCESSORS.get(place(place_id).id, ())


def scope(place_ids: Iterable[str]) -> frozenset[str]:
    """Return each id with all its predecessors, never its successors: what an officer of them may see."""
    found: set[str] = set()
    waiting = list(place_ids)
    while waiting:
        place_id = waiting.pop()
        found.add(place_id)
        waiting.extend(predecessors(place_id))
    return frozenset(found)


def _readings(code: str) -> list[str]:
    if not re.fullmatch(r"[0-9]{2}", code) or code not in data.BY_CODE:
        raise UnknownPlace(
            f"{code!r} không phải mã tỉnh, thành phố: cần hai chữ số, giữ số 0 ở đầu (ví dụ 01)",
            f"{code!r} is not the code of a province or city: two digits, with the leading zero (such as 01)",
        )
    return data.BY_CODE[code]


def _reading(place_id: str) -> dict[str, str | None]:
    days, last = data.SPANS[place_id], data.ATTRIBUTES[place_id][-1]
    return {
        "place_id": place_id,
        "name": f"{last.type} {last.name}",
        "valid_from": days.valid_from.isoformat(),
        "valid_before": None if days.valid_before is None else days.valid_before.isoformat(),
    }


def _said(place_id: str) -> str:
    days = data.SPANS[place_id]
    until = "" if days.last_day is None else f" {vn_day(days.last_day)}"
    return f"{_reading(place_id)['name']} ({vn_day(days.valid_from)} –{until}), {place_id}"
