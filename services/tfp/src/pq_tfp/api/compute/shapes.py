"""What all engines share in JSON. Keys are ASCII and fixed, the same in and out: years as keys, units declared."""

import math
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from pq_common.errors import FieldError
from pq_common.http.validation import in_words
from pq_common.text import nfc
from pq_tfp.api.schemas import YEAR
from pq_tfp.domain.axes import Axes, Notice, placed, refuse
from pq_tfp.domain.series import Array

PRICE_BASIS: Any = in_words(
    "^(constant-(19|20)[0-9]{2}|current|chained)$",
    "Cần constant-2010 (giá so sánh), current (giá hiện hành) hoặc chained; nhận được {seen}.",
    "Expected constant-2010, current or chained; got {seen}.",
)
Year = Annotated[str, YEAR]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Series = Annotated[
    dict[Year, Finite], Field(max_length=200, examples=[{"2020": 100.0, "2021": 107.0}])
]
"""One unit's values by year: ``{"2020": 100.0, "2021": 107.0}``."""
ShortText = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(nfc)]
"""A name as it comes, in NFC: two spellings of one name are one name."""
PriceBasis = Annotated[str, PRICE_BASIS, Field(examples=["constant-2010"])]
Rows = Annotated[list[list[Finite | None]], Field(min_length=1, max_length=20_000)]
"""A row per unit, a value per year; null where a value is missing."""
Cell = float | None


class Asked(BaseModel):
    """The base of requests: a field we do not know is a mistake, and "5" is no number."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Declared(Asked):
    """What numbers cannot show: the unit, the prices, whether it is a stock or a flow, and which publication it is of."""

    unit: ShortText | None = None
    price_basis: PriceBasis | None = None
    kind: Literal["stock", "flow", "index"] | None = None
    vintage: ShortText | None = None


class Panel(Asked):
    """Several units at once: outputs ``y`` and inputs ``x`` by name, a row per unit and a value per year."""

    units: Annotated[list[ShortText], Field(min_length=1, max_length=20_000)]
    years: Annotated[
        list[Annotated[int, Field(ge=1900, le=2099)]], Field(min_length=1, max_length=200)
    ]
    y: dict[ShortText, Rows]
    x: dict[ShortText, Rows]

    @property
    def axes(self) -> Axes:
        """Return the labels of the arrays."""
        return Axes(tuple(self.years), tuple(self.units))


class NoticeOut(BaseModel):
    """Something suspicious but allowed, and where."""

    code: Annotated[str, Field(examples=["K_LOOKS_LIKE_INVESTMENT"])]
    field: str | None = None
    unit: str | None = None
    year: int | None = None


class Contract(BaseModel):
    """What every answer says of itself; null where a thing does not apply to the engine."""

    engine: str
    method_version: str
    price_basis: str | None = None
    base_year: int | None = None
    vintage: str | None = None
    share_method: str | None = None
    labour_unit: str | None = None
    capital_method: dict[str, Any] | None = None
    declared: dict[str, Declared] = {}
    warnings: list[str] = []
    """The codes of ``notices``, each once."""
    notices: list[NoticeOut] = []


def noticed(found: Iterable[Notice]) -> dict[str, Any]:
    """Return ``warnings`` and ``notices`` of an answer: ``Answer(…, **noticed(found))``."""
    listed = list(found)
    return {
        "warnings": list(dict.fromkeys(notice.code for notice in listed)),
        "notices": [
            NoticeOut(code=n.code, field=n.field, unit=n.unit, year=n.year) for n in listed
        ],
    }


def yearly(series: Mapping[str, float]) -> dict[int, float]:
    """Return a series of a request as the engines take it."""
    return {int(year): value for year, value in series.items()}


def arrays(tables: Mapping[str, list[list[float | None]]], axes: Axes) -> dict[str, Array]:
    """Return arrays of shape ``axes.shape``, NaN where a value is null. Raises SeriesRefused for tables of another shape."""
    refuse(table_faults(tables, axes))
    return {name: np.array(table, dtype=np.float64) for name, table in tables.items()}


def table_faults(tables: Mapping[str, list[list[float | None]]], axes: Axes) -> list[FieldError]:
    """Name each table, or row of one, that has not the shape of the panel."""
    return [fault for name, table in tables.items() for fault in _shape_faults(name, table, axes)]


def _shape_faults(name: str, table: list[list[float | None]], axes: Axes) -> list[FieldError]:
    units, years = len(axes.units), len(axes.years)
    if len(table) != units:
        said = (
            f"{name} có {len(table)} hàng; cần {units}, mỗi đơn vị một hàng.",
            f"{name} has {len(table)} rows; {units} are needed, one for each unit.",
        )
        return [placed(name, None, None, "shape_wrong", said)]
    return [
        placed(
            name, unit, None, "shape_wrong",
            (
                f"{name} có {len(row)} giá trị; cần {years}, mỗi năm một giá trị.",
                f"{name} has {len(row)} values; {years} are needed, one for each year.",
            ),
        )
        for unit, row in zip(axes.units, table, strict=True)
        if len(row) != years
    ]  # fmt: skip


def cell(value: float) -> Cell:
    """Return a number of an answer, unrounded; None for NaN."""
    return None if math.isnan(value) else float(value)


def by_year(values: Array, years: Iterable[int]) -> dict[str, Cell]:
    """Return an array of shape (years,) with years as keys."""
    return {str(year): cell(value) for year, value in zip(years, values.tolist(), strict=True)}


def texts(values: NDArray[np.str_], years: Iterable[int]) -> dict[str, str | None]:
    """Return an array of reasons with years as keys, None where there is none."""
    return {str(year): str(text) or None for year, text in zip(years, values, strict=True)}
