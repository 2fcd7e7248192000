"""One measure told several times in one vintage, on two base years or under two definitions: linked over an overlap, or refused.

The series that reaches furthest keeps its own values; older ones are extended backwards in its prices. Growth before the overlap is
the older series' own, and what was linked is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pq_tfp.domain.axes import placed, refuse
from pq_tfp.domain.guards import link_bases
from pq_tfp.domain.store.stored import Stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link that was made: from which basis and definition, the ratio, how far its years disagree, and over which years."""

    measure: str
    place_id: str
    from_basis: str | None
    to_basis: str | None
    from_definition: str | None
    to_definition: str | None
    ratio: float
    spread: float
    overlap: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The values of a measure by year, on which basis they stand, the years in which a definition changes, and the links made."""

    values: dict[int, float]
    basis: str | None
    breaks: tuple[int, ...]
    links: tuple[Link, ...]


def choose(candidates: Sequence[Stored], *, base_year: int | None = None) -> Chosen:
    """Return the one series that ``candidates``, of one measure, item, place and vintage, make together.

    With ``base_year`` the constant prices of that year are kept, else those of the series that reaches furthest. Raises SeriesRefused
    with ``overlap_missing`` when two of them share no year, ``price_basis_mixed`` for current beside constant prices.
    """
    ordered = sorted(candidates, key=lambda one: _rank(one, base_year))
    main = ordered[-1]
    _refuse_current_beside_constant(ordered)
    values, links, breaks = main.values, [], set(main.breaks)
    for older in reversed(ordered[:-1]):
        linked = link_bases(main.measure, older.values, values)
        values = linked.values
        breaks |= set(older.breaks)
        if older.definition != main.definition:
            breaks.add(linked.overlap[0])
        links.append(
            Link(
                measure=main.measure, place_id=main.place_id, from_basis=older.price_basis,
                to_basis=main.price_basis, from_definition=older.definition,
                to_definition=main.definition, ratio=linked.ratio, spread=linked.spread,
                overlap=linked.overlap,
            )
        )  # fmt: skip
    return Chosen(values, main.price_basis, tuple(sorted(breaks)), tuple(links))


def _rank(one: Stored, base_year: int | None) -> tuple[bool, int, str, str]:
    wanted = base_year is not None and one.price_basis == f"constant-{base_year}"
    return wanted, max(one.texts), one.price_basis or "", one.definition or ""


def _refuse_current_beside_constant(candidates: Sequence[Stored]) -> None:
    bases = {one.price_basis for one in candidates}
    if "current" in bases and len(bases) > 1:
        main = candidates[-1]
        listed = ", ".join(sorted(map(str, bases)))
        said = (
            f"{main.measure} có cả giá hiện hành và giá so sánh ({listed}); không nối được.",
            f"{main.measure} is told in current and in constant prices ({listed}); they cannot be linked.",
        )
        refuse([placed("price_basis", main.place_id, None, "price_basis_mixed", said)])
