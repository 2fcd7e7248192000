"""A name that comes twice in one JSON object: parsers keep the last in silence; here it is a fault at its place."""

from collections.abc import Iterator
from typing import Any, Final

from pq_common.errors import FieldError
from pq_common.http.validation import pointer
from pq_common.text import nfc

REPEATED: Final = "duplicated"


class _Twice(dict[str, Any]):
    """An object in which some name comes twice."""

    names: tuple[str, ...] = ()


def object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object of these pairs, its names in NFC: for ``json.loads(…, object_pairs_hook=object_of)``, then ``repeated``."""
    made = {nfc(name): value for name, value in pairs}
    if len(made) == len(pairs):
        return made
    marked, names = _Twice(made), [nfc(name) for name, _ in pairs]
    marked.names = tuple(name for name in made if names.count(name) > 1)
    return marked


def repeated(value: Any, loc: tuple[str | int, ...] = ("body",)) -> Iterator[FieldError]:
    """Give a fault for each name that comes twice in one object of what ``object_of`` made."""
    if isinstance(value, dict):
        for name in getattr(value, "names", ()):
            said = (f"{name} xuất hiện hai lần.", f"{name} appears twice.")
            yield FieldError(pointer((*loc, name)), REPEATED, *said)
        for name, inner in value.items():
            if isinstance(inner, dict | list):
                yield from repeated(inner, (*loc, name))
    elif isinstance(value, list) and value and isinstance(value[0], dict | list):
        for index, inner in enumerate(value):
            yield from repeated(inner, (*loc, index))
