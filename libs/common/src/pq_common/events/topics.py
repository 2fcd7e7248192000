"""The topics of the house, derived from the shapes that travel on them."""

from collections.abc import Iterable

from pq_common.contracts.catalogue import Published, every_event
from pq_common.contracts.event import StateData, topic_of
from pq_common.events.bus import Topic


def topics_for(shapes: Iterable[Published]) -> tuple[Topic, ...]:
    """Return the topics that carry these shapes: states compact, events kept for ever."""
    compact = {topic_of(shape.TYPE): issubclass(shape, StateData) for shape in shapes}
    return tuple(Topic(name, compact=compact[name]) for name in sorted(compact))


def every_topic() -> tuple[Topic, ...]:
    """Return every topic of the house; a service declares all of them, whoever comes first."""
    return topics_for(every_event())
