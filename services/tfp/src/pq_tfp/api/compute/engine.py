"""What a route of the engines is made of, and how a body becomes an answer: a pure function of the bytes."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from pq_common.errors import FieldError, Invalid, PqError
from pq_common.http.once import object_of, repeated
from pq_common.http.refusals import BadRequest
from pq_common.http.validation import faults_of
from pq_tfp.api.compute.child import Tell
from pq_tfp.api.compute.repeats import MOST_REPEATS
from pq_tfp.domain.bundle import SIGNIFICANT_DIGITS

Q = TypeVar("Q", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine(Generic[Q]):
    """One engine of a route: the request it takes and the pure call that answers it."""

    asked: type[Q]
    """Its field ``engine`` is a literal of the engine's name; its first example is computed for the document."""
    call: Callable[[Q, Tell], BaseModel]
    """Returns an answer model. Raises SeriesRefused, ComputationTooLarge. Long ones tell how far they are: ``tell(done, total)``."""
    digits: int = SIGNIFICANT_DIGITS
    """Significant digits that are the same on every machine, in the document's examples; 6 for iterative estimators."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """An address ``/tfp/v1/compute/{name}``; the member ``engine`` of the body chooses, the first engine by default."""

    name: str
    summary: str
    description: str
    engines: Mapping[str, Engine[Any]]
    answer: Any
    """The answer model, or a union of several."""
    closed_form: bool = True
    """Closed-form engines are open to everybody; others need a token, unless the instance opens them."""


def perform(route: Route, body: bytes, tell: Tell, *, repeats: int | None = None) -> bytes:
    """Return the JSON of the answer. Raises BadRequest, Invalid with every fault, and what the engine refuses."""
    engine, told = read(route, body, repeats=repeats)
    answer: BaseModel = engine.call(told, tell)
    return answer.model_dump_json().encode()


def read(route: Route, body: bytes, *, repeats: int | None = None) -> tuple[Engine[Any], BaseModel]:
    """Return the engine that the body asks for and the request as its model. Raises BadRequest, Invalid.

    ``repeats`` is what this instance lets a number of repeats be at most; None leaves it to the document.
    """
    told = _parsed(body)
    name = told.get("engine", next(iter(route.engines)))
    engine = route.engines.get(name) if isinstance(name, str) else None
    if engine is None:
        known = ", ".join(route.engines)
        said = (f"Phải là một trong {known}.", f"Must be one of {known}.")
        raise _invalid([FieldError("/engine", "literal_error", *said)])
    try:
        return engine, engine.asked.model_validate(
            {**told, "engine": name}, context={MOST_REPEATS: repeats}
        )
    except ValidationError as reason:
        found = reason.errors(include_url=False)
        located = [{**finding, "loc": ("body", *finding["loc"])} for finding in found]
        raise _invalid(faults_of(located)) from None


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body, object_pairs_hook=object_of)
    except json.JSONDecodeError as reason:
        raise _broken(reason) from None
    except ValueError:  # a whole number of thousands of digits
        vi, en = "JSON có một số quá dài.", "The JSON text has a number that is too long."
        raise BadRequest(vi, en, errors=[FieldError("", "json_invalid", vi, en)]) from None
    if not isinstance(told, dict):
        said = ("Cần một đối tượng JSON.", "Expected a JSON object.")
        raise _invalid([FieldError("", "dict_type", *said)])
    if faults := list(repeated(told)):
        raise _invalid(faults)
    return told


def _broken(reason: json.JSONDecodeError) -> PqError:
    at = reason.pos + 1
    vi, en = f"JSON hỏng ở ký tự thứ {at}.", f"The JSON text is broken at character {at}."
    return BadRequest(vi, en, errors=[FieldError("", "json_invalid", vi, en)])


def _invalid(faults: list[FieldError]) -> Invalid:
    more = len(faults) - 1
    vi, en = faults[0].message_vi, faults[0].message_en
    if more:
        vi, en = f"{vi} (và {more} lỗi khác)", f"{en} (and {more} more)"
    return Invalid(vi, en, errors=faults)
