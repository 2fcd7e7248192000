"""Sums over merged places that know what they lack, and never count a part beside its whole in silence."""

from collections.abc import Iterable, Mapping
from typing import Protocol, Self, TypeVar

from pq_common.places.boundaries import Boundary
from pq_common.places.model import Incomplete


class Additive(Protocol):
    """What may be summed: counts, whole đồng. A rate may not; recompute it from summed parts."""

    def __add__(self, other: Self, /) -> Self: ...


T = TypeVar("T", bound=Additive)


def roll_up(values: Mapping[str, T], target: Boundary, *, strict: bool = False) -> dict[str, T]:
    """Sum additive values onto the places of a boundary; the nation stays beside them.

    Strictly, refuse a place that lacks a part or has a part given beside the whole: Incomplete. Otherwise
    the sum is of what was given (ask ``missing`` before showing it). Raise UnknownPlace, NotOnBoundary.
    """
    if strict:
        _refuse_gaps(set(values), target)
    sums: dict[str, T] = {}
    for place_id, value in values.items():
        reached = target.maps_to(place_id)
        sums[reached] = sums[reached] + value if reached in sums else value
    return sums


def missing(place_ids: Iterable[str], target: Boundary) -> dict[str, tuple[str, ...]]:
    """Return, for each place of the boundary only partly covered by the ids, the parts that are not among them.

    A place with no part among the ids at all is absent from the answer: nobody has begun to add it up.
    """
    given = set(place_ids)
    gaps = {reached: _absent(reached, given, target) for reached in _reached(given, target)}
    return {reached: tuple(absent) for reached, absent in gaps.items() if absent}


def counted_twice(place_ids: Iterable[str], target: Boundary) -> dict[str, tuple[str, ...]]:
    """Return, for each id given together with parts of it, those parts."""
    given = set(place_ids)
    doubled = {whole: tuple(_given_beneath(whole, given, target)) for whole in sorted(given)}
    return {whole: parts for whole, parts in doubled.items() if parts}


def _refuse_gaps(given: set[str], target: Boundary) -> None:
    gaps, doubled = missing(given, target), counted_twice(given, target)
    if gaps or doubled:
        raise Incomplete(
            f"Không cộng gộp được: thiếu {_listed(gaps)}; tính hai lần {_listed(doubled)}",
            f"Cannot roll up: missing {_listed(gaps)}; counted twice {_listed(doubled)}",
            missing={key: list(parts) for key, parts in gaps.items()},
            counted_twice={key: list(parts) for key, parts in doubled.items()},
        )


def _listed(found: Mapping[str, tuple[str, ...]]) -> str:
    return ", ".join(f"{', '.join(parts)} ({whole})" for whole, parts in found.items()) or "–"


def _reached(given: set[str], target: Boundary) -> list[str]:
    return list(dict.fromkeys(target.maps_to(place_id) for place_id in sorted(given)))


def _absent(place_id: str, given: set[str], target: Boundary) -> list[str]:
    """List what is lacking under a place; a part of which nothing is given is named itself, not by its parts."""
    if place_id in given:
        return []
    if not _given_beneath(place_id, given, target):
        return [place_id]
    return [absent for part in target.parts(place_id) for absent in _absent(part, given, target)]


def _given_beneath(place_id: str, given: set[str], target: Boundary) -> list[str]:
    found: list[str] = []
    for part in target.parts(place_id):
        found += [part] if part in given else []
        found += _given_beneath(part, given, target)
    return found
