"""The six task groups of Decision 1322/QĐ-TTg, Mục II, and the group an indicator belongs to."""

from pq_reporting.domain.figure import Words

GROUPS = {
    1: Words("Cơ chế, chính sách; khoa học, công nghệ và đổi mới sáng tạo", "Mechanisms, policies, science and innovation"),
    2: Words("Thông tin, tuyên truyền, tôn vinh", "Information, communication, honours"),
    3: Words("Hỗ trợ doanh nghiệp áp dụng tiêu chuẩn, hệ thống, công cụ", "Support to apply standards, systems, tools"),
    4: Words("Đào tạo nguồn nhân lực", "Training of people"),
    5: Words("Tiêu chuẩn, quy chuẩn, đánh giá sự phù hợp", "Standards, regulations, conformity assessment"),
    6: Words("Hợp tác trong nước và quốc tế", "Cooperation at home and abroad"),
}  # fmt: skip

FAMILIES = (
    (("ENT-RND", "ENT-GREEN", "TFP-", "LP-", "GOV-", "CMP-", "FIN-"), 1),
    (("COM-", "AWD-", "DB-"), 2),
    (("ENT-", "CRT-", "IP-"), 3),
    (("HR-",), 4),
    (("STD-",), 5),
)
"""First match wins: applied research and green productivity stand in group 1, other support in group 3."""


def group_of(indicator: str) -> int | None:
    """Return the task group of an indicator; None where the decision names none (reports on time)."""
    return next((group for starts, group in FAMILIES if indicator.startswith(starts)), None)
