"""What reporting reads of an event is a part of what the contract says: no other fields, types or needs."""

from typing import Any

import pytest
from pydantic import BaseModel

from pq_common.contracts.event import EventData
from pq_reporting.consumers import HEARD


def differences(read: type[BaseModel], said: type[BaseModel], at: str = "") -> list[str]:
    """Return where the shape that is read is no part of the contract's."""
    found: list[str] = []
    for name, mine in read.model_fields.items():
        theirs = said.model_fields.get(name)
        if theirs is None:
            found.append(f"{at}{name} is not in the contract")
        elif _is_model(mine.annotation) and _is_model(theirs.annotation):
            found += differences(mine.annotation, theirs.annotation, f"{at}{name}.")  # type: ignore[arg-type]
        elif (mine.annotation, mine.is_required()) != (theirs.annotation, theirs.is_required()):
            found.append(f"{at}{name} differs from the contract")
    return found


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


class _Inner(BaseModel):
    name: str
    size: int = 0


class _Said(BaseModel):
    inner: _Inner


class _InnerRead(BaseModel):
    name: int
    size: int
    colour: str


class _Read(BaseModel):
    inner: _InnerRead


def test_a_field_of_another_type_need_or_name_is_found() -> None:
    assert differences(_Read, _Said) == [
        "inner.name differs from the contract",
        "inner.size differs from the contract",
        "inner.colour is not in the contract",
    ]


@pytest.mark.parametrize("event", HEARD, ids=lambda event: event.__name__)
def test_what_is_read_is_a_part_of_the_contract(event: type[EventData]) -> None:
    assert differences(HEARD[event][0], event) == []
