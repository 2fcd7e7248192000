"""Types for request models. Pydantic is generous: it takes 7.5 for a day and "5" for a number; our document promises less."""

import re
from datetime import date
from typing import Annotated, Any, Final

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from pq_common.text import nfc

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)


def _day(value: Any) -> Any:
    if isinstance(value, date) or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise PydanticCustomError("date_parsing", "not a day like 2026-01-31")


def _instant(value: Any) -> Any:
    if isinstance(value, date) or (isinstance(value, str) and _INSTANT.fullmatch(value)):
        return value
    raise PydanticCustomError("datetime_parsing", "not an instant like 2026-01-31T00:00:00Z")


Day = Annotated[date, BeforeValidator(_day)]
"""A civil day, written ``2026-01-31`` and no other way."""

Instant = Annotated[AwareDatetime, BeforeValidator(_instant)]
"""An instant with its zone, as RFC 3339 writes it."""

Text = Annotated[str, AfterValidator(nfc)]
"""A text, kept in NFC."""

Whole = Annotated[int, Field(strict=True)]
"""An integer that comes as one; not ``"5"`` and not ``true``. Not for query parameters, which are all text."""

Flag = Annotated[bool, Field(strict=True)]
"""True or false as JSON has them; not ``0``, not ``"no"``. Not for query parameters, which are all text."""


class Command(BaseModel):
    """The base of bodies that change something: a field we do not know is a mistake, not a wish."""

    model_config = ConfigDict(extra="forbid", frozen=True)
