"""An unbalanced panel of enterprises: rows of (firm, year), in logs, sorted, with calendar lags.

A lag is the same firm one calendar year before, never the row before: a gap breaks it. Missing figures are rows that are not there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pq_common.errors import FieldError
from pq_tfp.domain.axes import placed, refuse
from pq_tfp.domain.guards import sample_faults
from pq_tfp.domain.series import Array

Units = Literal["logs", "levels"]
Rows = NDArray[np.intp]
LARGEST_LOG = 1e3
"""A logarithm beyond it is a level that was declared to be one."""
LARGEST_CONTROL = 1e100
"""Its square is still a number."""


@dataclass(frozen=True, slots=True)
class Roles:
    """Which column plays which part. The state is capital, decided a year before; controls enter as they are, never in logs."""

    output: str = "Y"
    free: tuple[str, ...] = ("L",)
    state: str = "K"
    proxy: str | None = None
    controls: tuple[str, ...] = ()

    @property
    def inputs(self) -> tuple[str, ...]:
        return (*self.free, self.state)

    @property
    def in_logs(self) -> tuple[str, ...]:
        return (self.output, *self.inputs, *([self.proxy] if self.proxy else []))


@dataclass(frozen=True, slots=True)
class FirmPanel:
    """Rows sorted by firm and year; ``firm`` is a place in ``firms``, ``lagged`` says that the row before is the year before."""

    firms: tuple[str, ...]
    firm: Rows
    year: NDArray[np.int64]
    values: dict[str, Array]
    roles: Roles
    lagged: NDArray[np.bool_]

    def __getitem__(self, name: str) -> Array:
        return self.values[name]

    @property
    def rows(self) -> int:
        return len(self.firm)

    @property
    def y(self) -> Array:
        return self.values[self.roles.output]

    @property
    def with_lag(self) -> Rows:
        """Return the rows that have a lag; the lag of row i is row i − 1."""
        return np.flatnonzero(self.lagged)

    @property
    def bounds(self) -> Rows:
        """Return where each firm begins, and the number of rows as the end of the last."""
        return np.append(np.flatnonzero(np.diff(self.firm, prepend=-1)), self.rows)


def firm_panel(
    firm: ArrayLike,
    year: ArrayLike,
    columns: dict[str, Array],
    *,
    roles: Roles,
    units: Units,
) -> FirmPanel:
    """Return the panel in logs. ``columns`` holds one entry per row; with ``units`` "levels" all but the controls must be above 0.

    Raises SeriesRefused naming firm, year and field: a (firm, year) that comes twice, what is no number, fewer than 3 firms or years.
    """
    labels, year = np.asarray(firm), np.asarray(year, dtype=np.int64)
    wanted = (*roles.in_logs, *roles.controls)
    refuse(_column_faults(columns, wanted, labels, year))
    names, code = np.unique(labels, return_inverse=True)
    refuse(sample_faults("firms", len(names)) + sample_faults("years", len(np.unique(year))))
    order = np.lexsort((year, code))
    code, year = code[order], year[order]
    told = {name: np.asarray(columns[name], dtype=np.float64)[order] for name in wanted}
    firms = tuple(names.astype(str).tolist())
    same = np.diff(code, prepend=-1) == 0
    step = np.diff(year, prepend=year[:1])
    found = _repeated(firms, code, year, same & (step == 0))
    for name, values in told.items():
        plain = name in roles.controls
        rule = _control() if plain else _level() if units == "levels" else _log()
        found += _value_faults(name, values, rule, (firms, code, year))
    refuse(found)
    if units == "levels":
        told = {n: v if n in roles.controls else np.log(v, out=v) for n, v in told.items()}
    return FirmPanel(firms, code, year, told, roles, same & (step == 1))


def resample(panel: FirmPanel, picks: Rows) -> FirmPanel:
    """Return the panel made of whole firms, one per entry of ``picks``; a firm picked twice counts as two."""
    bounds = panel.bounds
    lengths = np.diff(bounds)[picks]
    ends = np.cumsum(lengths)
    rows = np.arange(ends[-1]) + np.repeat(bounds[picks] - (ends - lengths), lengths)
    return FirmPanel(
        tuple(panel.firms[pick] for pick in picks.tolist()),
        np.repeat(np.arange(len(picks)), lengths),
        panel.year[rows],
        {name: values[rows] for name, values in panel.values.items()},
        panel.roles,
        panel.lagged[rows],
    )


def lag_faults(panel: FirmPanel, *, minimum: int) -> list[FieldError]:
    """Refuse fewer rows with the year before than ``minimum``, or fewer than 3 firms that have any."""
    at = panel.with_lag
    firms = len(np.unique(panel.firm[at]))
    return sample_faults("rows with the year before", len(at), minimum=minimum) + sample_faults(
        "firms with the year before", firms
    )


def _column_faults(
    columns: dict[str, Array], wanted: Sequence[str], firm: NDArray[np.generic], year: Rows
) -> list[FieldError]:
    found = []
    for name in sorted({name for name in wanted if wanted.count(name) > 1}):
        said = (f"Cột {name} giữ hai vai trò.", f"The column {name} plays two parts.")
        found.append(placed(name, None, None, "column_used_twice", said))
    for name in wanted:
        if name not in columns:
            said = (f"Thiếu cột {name}.", f"The column {name} is missing.")
            found.append(placed(name, None, None, "column_missing", said))
    for name, length in {"year": len(year), **{n: len(v) for n, v in columns.items()}}.items():
        if length != len(firm):
            said = (
                f"{name} có {length} dòng, firm có {len(firm)}.",
                f"{name} has {length} rows, firm has {len(firm)}.",
            )
            found.append(placed(name, None, None, "length_wrong", said))
    return found


def _repeated(
    firms: tuple[str, ...], code: Rows, year: Rows, again: NDArray[np.bool_]
) -> list[FieldError]:
    twice = sorted({(int(code[row]), int(year[row])) for row in np.flatnonzero(again)})
    return [
        placed(
            "rows", firms[at], when, "duplicated",
            (f"Năm {when} xuất hiện hai lần.", f"{when} appears twice."),
        )
        for at, when in twice
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rule:
    """What a value must be: between two limits, and how a fault is said."""

    low: float
    high: float
    code: str
    vietnamese: str
    english: str


def _level() -> Rule:
    said = "cần một số lớn hơn 0", "a number above 0 is needed"
    return Rule(np.finfo(float).tiny, np.finfo(float).max, "level_not_positive", *said)


def _log() -> Rule:
    said = (
        f"cần một logarit, trị tuyệt đối không quá {LARGEST_LOG:g}",
        f"a logarithm is needed, of at most {LARGEST_LOG:g} in size",
    )
    return Rule(-LARGEST_LOG, LARGEST_LOG, "not_a_logarithm", *said)


def _control() -> Rule:
    said = "cần một số", "a number is needed"
    return Rule(-LARGEST_CONTROL, LARGEST_CONTROL, "not_a_number", *said)


def _value_faults(
    name: str, values: Array, rule: Rule, where: tuple[tuple[str, ...], Rows, Rows]
) -> list[FieldError]:
    firms, code, year = where
    good = (values >= rule.low) & (values <= rule.high)
    return [
        placed(
            name, firms[code[row]], int(year[row]), rule.code,
            (
                f"{name} năm {year[row]} là {values[row]:g}; {rule.vietnamese}.",
                f"{name} in {year[row]} is {values[row]:g}; {rule.english}.",
            ),
        )
        for row in np.flatnonzero(~good).tolist()
    ]  # fmt: skip
