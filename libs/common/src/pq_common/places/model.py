"""What a place is, and the ways in which asking for one can fail."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from pq_common.errors import Gone, Invalid, NotFound


class Level(StrEnum):
    NATION = "nation"
    PROVINCE = "province"


@dataclass(frozen=True, slots=True)
class Place:
    """A unit under one identity, from its first day to its last. The code means nothing without a day."""

    id: str
    code: str
    level: Level


@dataclass(frozen=True, slots=True)
class Attribute:
    """The name and the type a place carries from a day on."""

    name: str
    type: str
    since: date
    source: str


@dataclass(frozen=True, slots=True)
class Link:
    """One place became (part of) another on a day."""

    predecessor: str
    successor: str
    on: date
    source: str


@dataclass(frozen=True, slots=True)
class Region:
    """A socio-economic region; same-named regions of two sets are two regions."""

    id: str
    name: str
    region_set: str


class UnknownPlace(NotFound):
    """No place has that id or that code."""

    code: ClassVar[str] = "place_unknown"
    title_vi, title_en = "Không có địa bàn này", "Unknown place"


class PlaceEnded(Gone):
    """The code was retired before that day; ``successors`` says into which place the unit went."""

    code: ClassVar[str] = "place_ended"
    title_vi, title_en = "Đơn vị hành chính không còn", "Place no longer exists"


class AmbiguousCode(Invalid):
    """A code came without a day; ``readings`` lists what it has meant."""

    code: ClassVar[str] = "place_code_without_day"
    title_vi, title_en = "Mã địa bàn thiếu ngày", "Place code without a day"


class UnknownBoundary(NotFound):
    """No boundary has that version."""

    code: ClassVar[str] = "boundary_unknown"
    title_vi, title_en = "Không có bộ địa giới này", "Unknown boundary version"


class NotOnBoundary(Invalid):
    """The place covers several places of that boundary; a figure cannot be divided among them."""

    code: ClassVar[str] = "place_not_on_boundary"
    title_vi, title_en = "Không quy đổi được về bộ địa giới này", "Not comparable on this boundary"


class Incomplete(Invalid):
    """A sum would miss a part or count one twice; ``places`` says which."""

    code: ClassVar[str] = "roll_up_incomplete"
    title_vi, title_en = "Không đủ số liệu để cộng gộp", "Roll-up is incomplete"


class BadDraft(Invalid):
    """A draft of new boundaries contradicts itself or the boundary it starts from."""

    code: ClassVar[str] = "draft_invalid"
    title_vi, title_en = "Phương án địa giới không hợp lệ", "Invalid draft boundary"
