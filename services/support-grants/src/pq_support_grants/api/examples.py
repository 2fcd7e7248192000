"""Examples shown in the description of the interface, and nowhere else."""

from typing import Any

from pydantic import JsonValue

Example = dict[str, JsonValue]

CLAUSE: Example = {
    "code": "HY-04",
    "indicator": "HR-CLASS",
    "name_vi": "Lớp tập huấn công cụ, hệ thống quản lý",
    "name_en": "Training classes",
    "sentence": "Tổ chức khoảng 20 lớp tập huấn …",
    "comparator": "about",
    "value": "20",
    "unit": "lớp",
    "cadence": "once_by_end",
    "span": {"first_year": 2021, "last_year": 2025, "printed": "2021-2025", "is_inferred": False},
    "due": None,
    "place_id": "vn-33-1997",
    "counting": "events",
    "not_said": ["lead_unit", "money"],
}
TASK: Example = {
    "code": "HP-3a",
    "group": 3,
    "is_group_inferred": False,
    "heading": "Hỗ trợ doanh nghiệp nâng cao năng suất và chất lượng",
    "letter": "a",
    "name_vi": "Áp dụng hệ thống quản lý và công cụ cải tiến",
    "name_en": "Management systems and improvement tools",
    "sentence": "Hỗ trợ doanh nghiệp áp dụng hệ thống quản lý, công cụ cải tiến năng suất …",
    "lead_units": ["Sở Khoa học và Công nghệ"],
    "standards": ["ISO 9001"],
    "tools": ["5S", "Kaizen"],
}
PLAN: Example = {
    "code": "hung-yen-2021-2030",
    "level": "provincial",
    "title": "Kế hoạch hỗ trợ doanh nghiệp nâng cao năng suất và chất lượng",
    "issued_on": "2021-12-01",
    "place_id": "vn-33-1997",
    "first_year": 2021,
    "last_year": 2030,
    "programmes": ["decision-1322"],
    "source": "VietQ, 05/12/2021",
    "targets": [CLAUSE],
    "tasks": [TASK],
}
ACTIVITY: Example = {
    "place_id": "vn-33-2025",
    "indicator": "HR-CLASS",
    "title": "Lớp tập huấn 5S tại Phố Nối",
    "starts_on": "2025-09-08",
    "ends_on": "2025-09-10",
    "quantity": "1",
    "unit": "lớp",
    "plan_code": "hung-yen-2021-2030",
    "clause_codes": ["HY-04"],
    "evidence": [
        {"kind": "decision", "reference": "12/QĐ-SKHCN", "issued_on": "2025-09-01", "url": None}
    ],
}
REPORT: Example = {
    "state": "done",
    "reported_on": "2025-06-15",
    "evidence": [{"kind": "minutes", "reference": "BB-07", "issued_on": None, "url": None}],
}


def shown(example: Example, **more: JsonValue) -> Any:
    """Return the configuration that shows this example, with what only the answer has."""
    return {"examples": [{**example, **more}]}
