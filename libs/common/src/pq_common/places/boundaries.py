"""Any figure on any map: the 63 units, the 34, or a draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from pq_common.places import data
from pq_common.places.identity import contemporary, place, predecessors, successors
from pq_common.places.model import BadDraft, NotOnBoundary, UnknownBoundary
from pq_common.places.names import describe, label

VERSIONS: Final = {"2021": date(2021, 1, 1), "2025-07-01": data.MERGER_DAY}


@dataclass(frozen=True, slots=True)
class Merge:
    """A change a draft proposes: the places of ``parts`` become one."""

    code: str
    name: str
    type: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Boundary:
    """A division of the country into places that leave nothing out and overlap nowhere."""

    version: str
    since: date
    places: tuple[str, ...]
    drawn: Mapping[str, str] = field(default_factory=dict)
    """Places of the boundary it starts from → places that only this draft knows."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Labels of the places that only this draft knows."""

    def maps_to(self, place_id: str) -> str:
        """Return the place of this boundary that holds the whole of ``place_id``; the nation stays the nation.

        Raise UnknownPlace, or NotOnBoundary for a place that covers several of this boundary.
        """
        if place_id in self.places or place_id == data.NATION:
            return place_id
        current = place(place_id).id
        for step in (current, *successors(current)):
            reached = self.drawn.get(step, step)
            if reached in self.places:
                return reached
        raise NotOnBoundary(
            f"{describe(current)} gồm nhiều địa bàn của bộ địa giới {self.version}, không tách số liệu được",
            f"{describe(current)} covers several places of boundary {self.version}; its figures cannot be divided",
            parts=list(predecessors(current)),
        )

    def covers(self, place_id: str) -> bool:
        """Tell whether ``maps_to`` has an answer for a known place."""
        try:
            self.maps_to(place_id)
        except NotOnBoundary:
            return False
        return True

    def parts(self, place_id: str) -> tuple[str, ...]:
        """Return the places merged into this one; none for a place that no merger made. Raise UnknownPlace."""
        if place_id in self.labels:
            return tuple(part for part, made in self.drawn.items() if made == place_id)
        return predecessors(place_id)

    def label(self, place_id: str) -> str:
        """Return type and name of a place of this boundary as of its first day, drafts included."""
        return self.labels[place_id] if place_id in self.labels else label(place_id, self.since)


def boundary(version: str) -> Boundary:
    """Return the boundary "2021" (63 units) or "2025-07-01" (34); raise UnknownBoundary."""
    if version not in VERSIONS:
        names = ", ".join(VERSIONS)
        raise UnknownBoundary(
            f"Không có bộ địa giới {version!r}; các bộ hiện có: {names}",
            f"There is no boundary {version!r}; there are: {names}",
        )
    since = VERSIONS[version]
    return Boundary(version, since, tuple(unit.id for unit in contemporary(since)))


def boundary_on(day: date) -> Boundary:
    """Return the boundary in force that day; before 2021 it is that of 2021, the oldest we keep."""
    return boundary("2025-07-01" if day >= data.MERGER_DAY else "2021")


def draft(changes: Sequence[Merge], since: date) -> Boundary:
    """Return what the boundary in force would become if these mergers took effect on ``since``.

    Its new places have ids of their own, ``draft-<code>-<year>``, never taken for law. Raise BadDraft.
    """
    start = boundary_on(since)
    drawn: dict[str, str] = {}
    labels: dict[str, str] = {}
    for change in changes:
        made = f"draft-{change.code}-{since.year}"
        _check(change, start, taken=drawn, made=made)
        drawn.update(dict.fromkeys(change.parts, made))
        labels[made] = f"{change.type} {change.name}"
    kept = [place_id for place_id in start.places if place_id not in drawn]
    return Boundary(f"draft-{since.isoformat()}", since, (*kept, *labels), drawn, labels)


def _check(change: Merge, start: Boundary, *, taken: Mapping[str, str], made: str) -> None:
    strange = [part for part in change.parts if part not in start.places]
    twice = [part for part in change.parts if part in taken or change.parts.count(part) > 1]
    same_code = made in taken.values()
    if strange or twice or same_code or len(change.parts) < 2:
        raise BadDraft(
            f"Phương án lập {change.name}: cần từ hai địa bàn của bộ {start.version}, mỗi địa bàn và mỗi mã chỉ dùng một lần",
            f"The draft of {change.name} needs two or more places of {start.version}, each place and each code once",
            strange=strange,
            twice=sorted(set(twice)),
        )
