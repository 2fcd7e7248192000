"""The equations of a dynamic panel and their instruments: rows in first differences, under "SYS" rows in levels after them.

A term is a column some calendar years before. A row in levels stands where the outcome and every term are there, a row in differences where two
neighbouring ones stand. Instruments of a column: in the row of Δy_t its values ``first`` to ``last`` years before t, in the row of y_t its change
``first`` − 1 years before; one instrument for each year and lag, or one for each lag when collapsed; 0 where the value is not there. Controls instrument
the differences by their own. Effects are a column of ones for each year with rows (or the constant, which differences sweep out): of the differences
under "DIF", of the levels under "SYS".
Sources: Arellano and Bond (1991), Review of Economic Studies 58(2), 277–297; Blundell and Bond (1998), Journal of Econometrics 87(1), 115–143;
Roodman (2009), Stata Journal 9(1), 86–136, on collapsing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pq_common.errors import FieldError
from pq_tfp.domain.axes import placed, refuse
from pq_tfp.domain.firm_panel import FirmPanel, Rows
from pq_tfp.domain.series import Array

Equations = Literal["DIF", "SYS"]
NUMBERS_IN_A_BLOCK = 4_000_000
MOST_INSTRUMENTS = 1000


class Term(NamedTuple):
    """A column, ``lag`` calendar years before."""

    name: str
    lag: int = 0

    def __str__(self) -> str:
        return f"{self.name}(-{self.lag})" if self.lag else self.name


class Lagged(NamedTuple):
    """A column whose past is its instrument, from ``first`` to ``last`` years before; None is as far as it goes."""

    name: str
    first: int = 2
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """What is explained by which terms, and by which instruments; ``controls`` are terms that instrument themselves."""

    outcome: str
    terms: tuple[Term, ...]
    lagged: tuple[Lagged, ...]
    controls: tuple[Term, ...] = ()
    equations: Equations = "SYS"
    year_effects: bool = True
    collapse: bool = False


class Block(NamedTuple):
    """Some firms: y of shape (firms, rows), X and Z of (firms, rows, columns); 0 in rows that are not ``there``."""

    y: Array
    X: Array
    Z: Array
    there: NDArray[np.bool_]


class Entry(NamedTuple):
    """What stands in (row, column): the column ``name`` in the year ``time``, less the year before where ``change`` is 1."""

    row: int
    column: int
    name: int
    time: int
    change: int


class Stack:
    """The equations of a model on a panel, firm by firm: ``differences`` rows in differences, then those in levels.

    ``own`` are the rows that carry effects and are counted: levels where they stand. ``there`` is how many firms have each row.
    Raises SeriesRefused above MOST_INSTRUMENTS.
    """

    def __init__(self, panel: FirmPanel, model: Model) -> None:
        self.model, self.system = model, model.equations == "SYS"
        names = [*(term.name for term in model.terms), *(past.name for past in model.lagged)]
        self._names = list(dict.fromkeys([model.outcome, *names]))
        self._values = _dense(panel, self._names)
        years, deepest = self._values.shape[-1], max(lag for _, lag in model.terms)
        self.differences = max(years - 1 - deepest, 0)
        self.times = [*range(deepest + 1, years), *range(deepest, years if self.system else 0)]
        told = (Term(model.outcome), *model.terms)
        self._told = _table(self._side_by_side(told, len(self.times)))
        instruments = [*self._past()]
        width = 1 + max((entry.column for entry in instruments), default=-1)
        instruments += self._side_by_side(model.controls, self.differences, first=width)
        self._instruments, self._width = _table(instruments), width + len(model.controls)
        refuse(_instrument_faults(self._width))
        self.own = (np.arange(len(self.times)) >= self.differences) == self.system
        self.effects = np.zeros((len(self.times), 0))
        self.there, self.firms = self._counted()
        self.effects = self._effects()

    @property
    def rows(self) -> int:
        """Return how many rows are counted."""
        return int(self.there[self.own].sum())

    @property
    def instruments(self) -> int:
        """Return how many columns Z has; some may be 0 throughout."""
        return self._width + self.effects.shape[1]

    def blocks(self) -> Iterator[Block]:
        """Yield all firms, some at a time."""
        numbers = len(self.times) * (1 + len(self.model.terms) + self.instruments)
        step = max(NUMBERS_IN_A_BLOCK // max(numbers, 1), 1)
        for start in range(0, len(self._values), step):
            yield self._block(self._values[start : start + step])

    def _block(self, values: Array) -> Block:
        rows, wide = len(self.times), (len(values), *self.effects.shape)
        told = _laid(self._told, values, (rows, 1 + len(self.model.terms)))
        Z = np.nan_to_num(_laid(self._instruments, values, (rows, self._width)), nan=0.0)
        there: NDArray[np.bool_] = np.asarray(np.isfinite(told).all(axis=-1))
        own = self.effects * self.own[:, np.newaxis]
        X = np.concatenate([told[..., 1:], np.broadcast_to(self.effects, wide)], axis=-1)
        Z = np.concatenate([Z, np.broadcast_to(own, wide)], axis=-1)
        X[~there], Z[~there] = 0.0, 0.0
        return Block(np.where(there, told[..., 0], 0.0), X, Z, there)

    def _counted(self) -> tuple[Rows, int]:
        """Return how many firms have each row, and how many have any."""
        there, firms = np.zeros(len(self.times), dtype=np.intp), 0
        for block in self.blocks():
            there += block.there.sum(axis=0)
            firms += int(block.there.any(axis=1).sum())
        return there, firms

    def _side_by_side(
        self, terms: tuple[Term, ...], rows: int, *, first: int = 0
    ) -> Iterator[Entry]:
        """Lay terms side by side: their changes in differences, themselves in levels."""
        for row, time in enumerate(self.times[:rows]):
            for column, (name, lag) in enumerate(terms, first):
                change = int(row < self.differences)
                yield Entry(row, column, self._names.index(name), time - lag, change)

    def _past(self) -> Iterator[Entry]:
        """Lay the past of the lagged columns: values in differences, changes in levels."""
        places: dict[tuple[object, ...], int] = {}
        for lagged in self.model.lagged:
            name = self._names.index(lagged.name)
            for row, time in enumerate(self.times):
                change = int(row >= self.differences)
                last = time if lagged.last is None else min(lagged.last, time)
                for lag in range(lagged.first, last + 1)[: 1 if change else None]:
                    key = (name, change, lag, None if self.model.collapse else time)
                    column = places.setdefault(key, len(places))
                    yield Entry(row, column, name, time - lag + change, change)

    def _effects(self) -> Array:
        if not self.model.year_effects:
            constant: Array = self.own[:, np.newaxis].astype(np.float64)
            return constant if self.system else constant[:, :0]
        times = np.array(self.times)
        when = times[self.own & (self.there > 0)]
        made: Array = (times[:, np.newaxis] == when).astype(np.float64)
        if self.system:
            made[~self.own] -= times[~self.own, np.newaxis] - 1 == when
        return made


def _instrument_faults(count: int) -> list[FieldError]:
    if count <= MOST_INSTRUMENTS:
        return []
    said = (
        f"Có {count} biến công cụ; nhiều nhất {MOST_INSTRUMENTS}. Hãy gộp chúng hoặc giảm số năm trễ.",
        f"There are {count} instruments; at most {MOST_INSTRUMENTS}. Collapse them, or go back fewer years.",
    )
    return [placed("instruments", None, None, "too_many_instruments", said)]


def _dense(panel: FirmPanel, names: list[str]) -> Array:
    """Return the columns in shape (firms, names, years), NaN where a firm has no row."""
    first = int(panel.year.min())
    years = int(panel.year.max()) - first + 1
    made = np.full((len(panel.firms), len(names), years), np.nan)
    for at, name in enumerate(names):
        made[panel.firm, at, panel.year - first] = panel[name]
    return made


def _table(entries: Iterable[Entry]) -> NDArray[np.intp]:
    return np.array([*entries], dtype=np.intp).reshape(-1, 5).T


def _laid(entries: NDArray[np.intp], values: Array, shape: tuple[int, int]) -> Array:
    """Return an array of shape (firms, rows, columns) with the entries in their places, 0 elsewhere."""
    row, column, name, time, change = entries
    out = np.zeros((len(values), *shape))
    out[:, row, column] = values[:, name, time]
    out[:, row, column] -= np.where(change == 1, values[:, name, time - change], 0.0)
    return out
