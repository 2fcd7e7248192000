"""Synthetic activities, province by province: some targets met, one exceeded, some late, some never reported on.

Silent on purpose: HY-02, HY-09, HY-12, HY-16, HY-17, HY-22, HY-26, BL-10 and everything of Hậu Giang's plan but its
tasks. Late: HY-11 (the second regulation comes in 2026). Exceeded: HY-05. Missed: HY-10, BL-02, BL-01 in 2023.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pq_embedded.demo.cast import BY_SHORT, PROVINCES, Province
from pq_embedded.demo.enterprises import DemoEnterprise

PROOF = {
    "HR-CLASS": "attendance-list",
    "HR-PERS": "attendance-list",
    "HR-MGR": "attendance-list",
    "COM-TV": "press-link",
    "COM-PRESS": "press-link",
    "COM-EVENT": "minutes",
}
"""What proves an activity of this indicator; a decision for all others."""

Day = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class DemoActivity:
    """One reported activity. ``subjects`` are keys that say nothing about a person, or tax codes to be turned into ids."""

    key: str
    province: Province
    indicator: str
    unit: str
    title: str
    starts_on: date
    ends_on: date
    quantity: int
    clauses: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    enterprises: tuple[DemoEnterprise, ...] = ()

    @property
    def proof(self) -> str:
        return PROOF.get(self.indicator, "decision")


@dataclass(frozen=True, slots=True)
class Line:
    """A kind of activity and the days on which it happened, each with its quantity. ``counted`` names persons or bodies."""

    clauses: str
    indicator: str
    unit: str
    title: str
    on: Sequence[tuple[Day, int]]
    counted: str = ""
    days: int = 1


LINES = (
    Line("HY-01", "HR-EXP-PQ", "người", "Chuyên gia năng suất chất lượng được chứng nhận", [((2023, 9, 15), 1), ((2025, 5, 20), 1)], "expert"),
    Line("HY-03", "HR-SCHOOL", "trường", "Trường đưa nội dung năng suất chất lượng vào giảng dạy", [((2024, 9, 5), 1)], "school"),
    Line("HY-04", "HR-CLASS", "lớp", "Lớp tập huấn công cụ, hệ thống quản lý", [
        ((2021, 10, 12), 2), ((2022, 4, 19), 3), ((2022, 10, 4), 2), ((2023, 5, 9), 3), ((2024, 6, 11), 3),
        ((2025, 2, 25), 1), ((2025, 3, 18), 1), ((2025, 4, 22), 1), ((2025, 6, 10), 2), ((2025, 8, 19), 1), ((2025, 10, 14), 2),
    ], days=2),
    Line("HY-05", "COM-EVENT", "đợt", "Đợt tuyên truyền, phổ biến", [((2021, 12, 7), 1), ((2022, 11, 8), 1), ((2023, 11, 7), 1), ((2024, 10, 10), 1), ((2025, 5, 15), 1), ((2025, 11, 11), 1)]),
    Line("HY-07", "TFP-MEAS", "lần", "Đo lường đóng góp của TFP", [((2021, 12, 20), 1), ((2022, 12, 20), 1), ((2024, 12, 20), 1), ((2025, 12, 19), 1)]),
    Line("HY-28", "TFP-STI-MEAS", "lần", "Xác định mức đóng góp của KH&CN và đổi mới sáng tạo", [((2022, 12, 20), 1), ((2024, 12, 20), 1)]),
    Line("HY-08", "STD-CAB-NEW", "tổ chức", "Tổ chức chứng nhận được công nhận", [((2023, 3, 30), 1)], "body"),
    Line("HY-10", "ENT-RND", "DN", "Doanh nghiệp tham gia nghiên cứu ứng dụng", [((2023, 6, 1), 1), ((2025, 6, 2), 1)], "rnd"),
    Line("HY-11", "STD-QCDP", "QCĐP", "Quy chuẩn kỹ thuật địa phương được ban hành", [((2024, 8, 15), 1), ((2026, 3, 10), 1)]),
    Line("HY-13", "COM-TV", "phóng sự", "Phóng sự truyền hình về năng suất chất lượng", [((2022, 7, 5), 1), ((2024, 7, 9), 1), ((2025, 9, 9), 1)]),
    Line("HY-14", "COM-PRESS", "bài", "Bài viết chuyên đề trên báo tỉnh", [((2022, 3, 3), 1), ((2023, 3, 2), 1), ((2024, 4, 4), 1), ((2025, 1, 16), 1), ((2025, 7, 24), 1)]),
    Line("HY-29", "ENT-GREEN", "nhiệm vụ", "Nhiệm vụ năng suất xanh", [((2025, 4, 8), 1)]),
    Line("HY-15", "HR-EXP-PQ", "người", "Chuyên gia năng suất chất lượng được chứng nhận", [((2026, 5, 14), 1)], "expert26"),
    Line("HY-18", "HR-CLASS", "lớp", "Lớp tập huấn công cụ, hệ thống quản lý", [((2026, 3, 17), 1), ((2026, 4, 21), 1), ((2026, 6, 9), 1)], days=2),
    Line("HY-19", "COM-EVENT", "đợt", "Đợt tuyên truyền, phổ biến", [((2026, 5, 12), 1)]),
    Line("HY-23", "ENT-RND", "DN", "Doanh nghiệp tham gia nghiên cứu ứng dụng", [((2026, 4, 1), 1)], "rnd26"),
    Line("HY-24", "COM-TV", "phóng sự", "Phóng sự truyền hình về năng suất chất lượng", [((2026, 6, 16), 1)]),
    Line("HY-25", "COM-PRESS", "bài", "Bài viết chuyên đề trên báo tỉnh", [((2026, 2, 26), 1)]),
    Line("BL-02", "AWD-NQA", "DN", "Doanh nghiệp đạt Giải thưởng Chất lượng Quốc gia", [((2022, 4, 20), 1), ((2023, 4, 20), 1), ((2024, 4, 19), 1), ((2025, 4, 18), 1)], "award"),
    Line("BL-03", "AWD-NQA-GOLD", "DN", "Doanh nghiệp đạt Giải Vàng", [((2024, 4, 19), 1)], "award"),
    Line("BL-04", "STD-CAB-FORMED", "tổ chức", "Trung tâm Kỹ thuật Tiêu chuẩn Đo lường Chất lượng được thành lập", [((2023, 1, 5), 1)], "body"),
    Line("BL-07", "COM-EVENT", "đợt", "Hội nghị nâng cao nhận thức cho doanh nghiệp, hợp tác xã", [((2022, 9, 13), 1), ((2024, 9, 17), 1), ((2025, 3, 11), 1)]),
    Line("BL-09", "IP-REG", "lượt", "Hỗ trợ đăng ký bảo hộ kiểu dáng công nghiệp", [((2023, 8, 8), 2), ((2025, 6, 17), 1)]),
    Line("QB-01", "HR-EXP-PQ", "người", "Chuyên gia năng suất chất lượng được chứng nhận", [((2022, 8, 18), 2), ((2024, 8, 15), 2), ((2025, 6, 12), 1)], "expert"),
    Line("QB-02", "HR-MGR", "lượt", "Lớp đào tạo chuyên sâu cho cán bộ lãnh đạo, quản lý", [((2022, 5, 24), 46), ((2023, 5, 23), 52), ((2024, 5, 21), 58), ((2025, 4, 15), 33), ((2025, 9, 16), 28)], days=3),
    Line("QB-03", "HR-EXP-PQ", "người", "Chuyên gia năng suất chất lượng được chứng nhận", [((2026, 6, 18), 1)], "expert26"),
    Line("QB-04", "HR-MGR", "lượt", "Lớp đào tạo chuyên sâu cho cán bộ lãnh đạo, quản lý", [((2026, 5, 19), 35)], days=3),
    Line("QB-08", "ENT-MODEL", "DN", "Doanh nghiệp xây dựng mô hình điểm", [((2022, 12, 15), 1), ((2023, 12, 14), 2), ((2024, 12, 12), 1), ((2025, 12, 11), 2)], "model"),
    Line("QB-09", "STD-CAB-UP", "tổ chức", "Tổ chức đánh giá sự phù hợp được tăng cường năng lực", [((2024, 3, 14), 1)], "body"),
)  # fmt: skip

SUPPORTED = {
    "HY": {2021: 3, 2022: 5, 2023: 5, 2024: 5, 2025: 6, 2026: 4},
    "TB": {2022: 3, 2023: 2, 2024: 3, 2025: 3, 2026: 1},
    "HP": {2021: 2, 2022: 3, 2023: 4, 2024: 4, 2025: 4, 2026: 1},
    "HD": {2022: 2, 2024: 3, 2025: 3},
    "BL": {2021: 2, 2022: 3, 2023: 1, 2024: 4, 2025: 2, 2026: 1},
    "CM": {2023: 2, 2025: 3},
    "QB": {2021: 20, 2022: 22, 2023: 25, 2024: 26, 2025: 29, 2026: 14},
    "QT": {2022: 2, 2025: 3},
    "HG": {2022: 3, 2023: 2, 2025: 3},
    "ST": {2024: 2, 2025: 2},
    "CT": {2022: 3, 2024: 3, 2025: 4},
}
"""Distinct enterprises supported in each year. Quảng Bình supports the same ones again, so that years do not add up."""

SUPPORT_CLAUSES = {
    "HY": ((2021, 2025, "HY-06"), (2026, 2030, "HY-20")),
    "BL": ((2021, 2025, "BL-01"),),
}
"""Quảng Bình's clause on growth speaks of another indicator (ENT-SUP-G), computed from these very reports."""


def activities(everyone: Iterable[DemoEnterprise]) -> list[DemoActivity]:
    """Return every activity: the lines above, support to enterprises, and the neighbours' classes and articles."""
    everyone = list(everyone)
    made = [activity for line in LINES for activity in _of_line(line)]
    for province in PROVINCES:
        own = [one for one in everyone if one.province is province]
        made += _support(province, own)
        if not province.has_plan or province.short in {"HP", "HG"}:
            made += _rhythm(province)
    return made


def _of_line(line: Line) -> list[DemoActivity]:
    province = BY_SHORT[line.clauses[:2]]
    made: list[DemoActivity] = []
    count = 0
    for day, quantity in line.on:
        starts = date(*day)
        subjects = tuple(
            f"demo-{line.counted}-{province.short}-{count + step:03d}"
            for step in range(1, quantity + 1)
        )
        count += quantity
        made.append(
            DemoActivity(
                key=f"{line.clauses}-{starts:%Y%m%d}",
                province=province,
                indicator=line.indicator,
                unit=line.unit,
                title=f"{line.title} ({starts:%m/%Y})",
                starts_on=starts,
                ends_on=starts + timedelta(days=line.days - 1),
                quantity=quantity,
                clauses=(line.clauses,),
                subjects=subjects if line.counted else (),
            )
        )
    return made


def _support(province: Province, own: Sequence[DemoEnterprise]) -> list[DemoActivity]:
    """Support each year's enterprises in two rounds: others each year, except where the province has too few.

    Quảng Bình's rounds lie before July: its clause is on growth, no report can name it, so the place must tell.
    """
    made = []
    turn = 0
    for year, count in SUPPORTED[province.short].items():
        chosen = [own[(turn + step) % len(own)] for step in range(count)]
        turn += count
        half = -(-count // 2) if year < 2026 else count
        later = date(year, 9, 9) if province.short != "QB" else date(year, 3, 4)
        rounds = ((date(year, 5, 6), chosen[:half]), (later, chosen[half:]))
        for starts, group in rounds:
            if group:
                made.append(_round(province, starts, group))
    return made


def _round(province: Province, starts: date, group: Sequence[DemoEnterprise]) -> DemoActivity:
    clauses = tuple(
        clause
        for first, last, clause in SUPPORT_CLAUSES.get(province.short, ())
        if first <= starts.year <= last
    )
    return DemoActivity(
        key=f"{province.short}-support-{starts:%Y%m%d}",
        province=province,
        indicator="ENT-SUP",
        unit="DN",
        title=f"Hỗ trợ doanh nghiệp áp dụng hệ thống quản lý, công cụ cải tiến ({starts:%m/%Y})",
        starts_on=starts,
        ends_on=starts + timedelta(days=45),
        quantity=len(group),
        clauses=clauses,
        enterprises=tuple(group),
    )


def _rhythm(province: Province) -> list[DemoActivity]:
    """Classes and articles without a clause: one each outline year, every second month in the year shown in detail."""
    days = [date(year, 10, 6) for year in (2022, 2023, 2024)]
    days += [date(2025, month, 6) for month in (1, 3, 5, 7, 9, 11)] + [date(2026, 4, 6)]
    made = []
    for number, day in enumerate(days):
        press = number % 3 == 2
        indicator, unit, title = (
            ("COM-PRESS", "bài", "Bài viết về năng suất chất lượng")
            if press
            else ("HR-CLASS", "lớp", "Lớp tập huấn năng suất chất lượng")
        )
        made.append(
            DemoActivity(
                key=f"{province.short}-{indicator.lower()}-{day:%Y%m%d}",
                province=province,
                indicator=indicator,
                unit=unit,
                title=f"{title} ({day:%m/%Y})",
                starts_on=day,
                ends_on=day,
                quantity=1,
            )
        )
    return made
