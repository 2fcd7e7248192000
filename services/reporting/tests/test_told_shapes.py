"""What reporting reads of an event is a part of what the contract says: no other fields, types or needs."""

from datetime import date
from typing import Any, NotRequired, TypeGuard

import pytest
from pydantic import BaseModel
from typing_extensions import TypedDict, get_type_hints, is_typeddict

from pq_common.contracts.event import EventData
from pq_reporting.consumers import HEARD


def differences(read: type, said: type[BaseModel], at: str = "") -> list[str]:
    """Return where the shape that is read is no part of the contract's."""
    found: list[str] = []
    needed: frozenset[str] = read.__required_keys__  # type: ignore[attr-defined]  # of a TypedDict
    for name, mine in get_type_hints(read).items():
        theirs = said.model_fields.get(name)
        if theirs is None:
            found.append(f"{at}{name} is not in the contract")
        elif is_typeddict(mine) and _is_model(theirs.annotation):
            found += differences(mine, theirs.annotation, f"{at}{name}.")
        elif (mine, name in needed) != (theirs.annotation, theirs.is_required()):
            found.append(f"{at}{name} differs from the contract")
    return found


def _is_model(annotation: Any) -> TypeGuard[type[BaseModel]]:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


class _Inner(BaseModel):
    name: str
    size: int = 0
    day: date | None = None


class _Said(BaseModel):
    inner: _Inner


class _InnerRead(TypedDict):
    name: int
    size: int
    colour: str
    day: NotRequired[date | None]


class _Read(TypedDict):
    inner: _InnerRead


def test_a_field_of_another_type_need_or_name_is_found() -> None:
    assert differences(_Read, _Said) == [
        "inner.name differs from the contract",
        "inner.size differs from the contract",
        "inner.colour is not in the contract",
    ]


@pytest.mark.parametrize("event", HEARD, ids=lambda event: event.__name__)
def test_what_is_read_is_a_part_of_the_contract_or_the_contract_itself(
    event: type[EventData],
) -> None:
    read = HEARD[event][0]
    assert read is event or (is_typeddict(read) and differences(read, event) == [])
