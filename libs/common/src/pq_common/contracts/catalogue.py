"""Every shape that is published, found in the modules beside this one."""

from collections.abc import Iterable, Iterator
from importlib import import_module
from pkgutil import iter_modules

from pq_common import contracts
from pq_common.contracts.event import EventData, StateData

Published = type[EventData] | type[StateData]


def every_event() -> tuple[Published, ...]:
    """Return every published payload of the house, events and states, in the order of their types."""
    for module in iter_modules(contracts.__path__):
        import_module(f"{contracts.__name__}.{module.name}")
    found = _ours((*EventData.__subclasses__(), *StateData.__subclasses__()))
    return tuple(sorted(found, key=lambda shape: shape.TYPE))


def _ours(shapes: Iterable[Published]) -> Iterator[Published]:
    # Tests plant shapes of their own; only those of this package are ours to publish.
    return (shape for shape in shapes if shape.__module__.startswith(contracts.__name__))
