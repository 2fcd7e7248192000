"""The measures that the engines read: what each is, in which prices and unit it is declared, which sign it may have."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from pq_tfp.domain.store.units import Dimension

Kind = Literal["flow", "stock", "index", "share"]
Prices = Literal["constant", "current", "either", "none"]
Sign = Literal["positive", "not negative", "any", "open unit interval"]
Items = Literal["none", "may", "must"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One measure. ``steady``: a level that never moves twentyfold in a year, so such a step is a slip of the unit.

    ``items`` tells whether it is declared for each asset (structures, ict, …) or group of workers.
    """

    vi: str
    en: str
    kinds: tuple[Kind, ...] = ("flow",)
    prices: Prices = "none"
    dimensions: tuple[Dimension, ...] = ("money",)
    sign: Sign = "positive"
    items: Items = "none"
    steady: bool = False


MEASURES: Final[Mapping[str, Measure]] = {
    "Y": Measure(vi="giá trị tăng thêm (GRDP) giá so sánh", en="output at constant prices", prices="constant", steady=True),
    "K": Measure(vi="giá trị tài sản cố định", en="stock of fixed assets", kinds=("stock",), prices="constant", items="may", steady=True),
    "L": Measure(vi="lao động đang làm việc", en="persons employed", kinds=("stock", "flow"), dimensions=("persons",), steady=True),
    "H": Measure(vi="giờ công", en="hours worked", dimensions=("hours",), steady=True),
    "VA": Measure(vi="giá trị tăng thêm giá cơ bản", en="value added at basic prices", prices="current", steady=True),
    "GRDP": Measure(vi="GRDP", en="gross regional product", prices="either", steady=True),
    "population": Measure(vi="dân số", en="population", kinds=("stock",), dimensions=("persons",), steady=True),
    "labour_income": Measure(vi="thu nhập đầy đủ của người lao động", en="full income of workers", prices="current", steady=True),
    "CE": Measure(vi="thu của người lao động", en="compensation of employees", prices="current", steady=True),
    "MI": Measure(vi="thu nhập hỗn hợp", en="mixed income", prices="current", sign="not negative"),
    "T": Measure(vi="thuế sản xuất khác trừ trợ cấp", en="other taxes less subsidies on production", prices="current", sign="any"),
    "N_employees": Measure(vi="lao động làm công ăn lương", en="employees", kinds=("stock", "flow"), dimensions=("persons",), steady=True),
    "I": Measure(vi="tích lũy tài sản cố định gộp", en="gross fixed capital formation", prices="either", sign="any", items="may"),
    "social_investment": Measure(vi="vốn đầu tư thực hiện toàn xã hội", en="realised social investment", prices="current", items="may"),
    "investment_ratio": Measure(
        vi="tỷ lệ tích lũy tài sản cố định trên vốn đầu tư", en="capital formation over social investment",
        kinds=("share",), dimensions=("fraction",), sign="open unit interval", items="may",
    ),
    "P_I": Measure(vi="chỉ số giá đầu tư", en="price index of investment", kinds=("index",), dimensions=("index",), items="may", steady=True),
    "K0": Measure(vi="vốn ban đầu theo điều tra", en="benchmark stock", kinds=("stock",), prices="constant", items="may"),
    "P_Y": Measure(vi="chỉ số giảm phát GRDP", en="deflator of output", kinds=("index",), dimensions=("index",), steady=True),
    "SCOLI": Measure(vi="chỉ số giá sinh hoạt theo không gian", en="spatial cost of living index", kinds=("index",), dimensions=("index",)),
    "h": Measure(vi="giờ công hoặc lao động theo nhóm", en="hours or persons by group", kinds=("flow", "stock"), dimensions=("hours", "persons"), items="must"),
    "wage": Measure(vi="tiền công bình quân theo nhóm", en="mean wage by group", prices="current", dimensions=("wage", "hourly wage"), items="must"),
    "RD": Measure(vi="chi cho nghiên cứu và phát triển", en="spending on research and development", prices="either"),
    "beta": Measure(vi="tỷ trọng thu nhập của lao động", en="income share of labour", kinds=("share",), dimensions=("fraction",), sign="open unit interval"),
    "GO": Measure(vi="giá trị sản xuất", en="gross output", prices="either", steady=True),
    "II": Measure(vi="chi phí trung gian", en="intermediate inputs", prices="either", steady=True),
}  # fmt: skip
NAMES: Final = tuple(MEASURES)
TOTALS: Final = ("Y", "L", "VA", "GRDP", "population")
"""What is published for a merged place too, so that the sum of its predecessors can be held against it."""
