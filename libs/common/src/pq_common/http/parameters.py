"""Read path, query and header parameters as FastAPI does; what each looks like is found out once, not at every request."""

from collections.abc import Callable
from enum import Enum
from typing import Any, Final

from fastapi._compat import field_annotation_is_sequence
from fastapi.dependencies.utils import (
    _get_param_aliases,
    _get_param_model,
    request_params_to_args,
)

Read = Callable[[Any], tuple[dict[str, Any], list[Any]]]
"""Takes one of a request's collections; returns the values by name of the argument, and what was refused."""
_UNCHANGING: Final = (type(None), str, int, float, bool, Enum)


def reader(fields: list[Any]) -> Read:
    """Return what reads these fields. Lists, models and whatever is missing though needed are left to FastAPI."""
    names = [_name_of(field) for field in fields]

    def read(received: Any) -> tuple[dict[str, Any], list[Any]]:
        values: dict[str, Any] = {}
        errors: list[Any] = []
        for field, name in zip(fields, names, strict=True):
            given = None if name is None else received.get(name)
            if name is None or (given is None and field.field_info.is_required()):
                return request_params_to_args(fields, received)
            if given is None:
                values[field.name] = field.field_info.default
                continue
            loc = (field.field_info.in_.value, name)
            values[field.name], faults = field.validate(given, values, loc=loc)
            errors += faults
        return values, errors

    return read


def _name_of(field: Any) -> str | None:
    """Return the one name of a plain parameter whose default may be given out as it stands; None for any other."""
    info = field.field_info
    aliases = _get_param_aliases(field)
    simple = (
        len(aliases) == 1
        and _get_param_model(field) is None
        and not field_annotation_is_sequence(info.annotation)
        and not info.validate_default
        and info.default_factory is None
        and (info.is_required() or isinstance(info.default, _UNCHANGING))
    )
    return aliases[0][1] if simple else None
