"""How often one computation may repeat an estimate: the document's bound, or less where an instance has less to give."""

from typing import Any, Final

from pydantic import AfterValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError

MOST_REPEATS: Final = "most_repeats"
"""The instance's own bound, in the context of a validation."""
BY_INSTANCE: Any = Field(
    validate_default=True, description="An instance may allow fewer: it then says how many."
)


def _bounded(asked: int, told: ValidationInfo) -> int:
    most: int | None = (told.context or {}).get(MOST_REPEATS)
    if most is not None and asked > most:
        raise PydanticCustomError("less_than_equal", "at most {le}", {"le": most})
    return asked


REPEATS = AfterValidator(_bounded)
"""Beside the bounds of the document: ``Annotated[int, Field(ge=20, le=2000), BY_INSTANCE, REPEATS]``."""
