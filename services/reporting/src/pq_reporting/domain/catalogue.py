"""The indicator catalogue: one code, one meaning, one way to add up over provinces and over years.

A target clause, an activity and a figure speak of the same thing when they carry the same code.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from pq_common.errors import NotFound

Across = Literal["sum", "distinct", "ratio", "count", "national_only"]
"""Over provinces. sum: add. distinct: add, each body or person once by its identity. ratio: recompute on
summed parts, never average. count: number of provinces that did it. national_only: no provincial figure."""

OverTime = Literal["flow", "stock", "cumulative", "ratio", "yearly"]
"""Over years. flow: add. stock: the last value. cumulative: all that were ever reached. ratio: recompute.
yearly: each year stands alone."""

Source = Literal["support-grants", "activities", "certification", "tfp", "reporting"]
"""Who knows the figure: a service, or ``activities``, which provinces report through support-grants."""


class IndicatorNotFound(NotFound):
    code = "indicator_not_found"
    title_vi, title_en = "Không có chỉ tiêu này trong danh mục", "No such indicator"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One measurable thing. ``note`` keeps what a sum would get wrong."""

    code: str
    name_vi: str
    name_en: str
    unit: str
    across: Across
    over_time: OverTime
    service: Source
    note: str | None = None


# One row per line: the catalogue is read as a table, and a change to one indicator is a change to one line.
# fmt: off
INDICATORS: Final = (
    # Enterprises: support, models, research
    Indicator("ENT-SUP", "Số tổ chức, doanh nghiệp được hỗ trợ giải pháp năng suất chất lượng", "Organisations supported", "DN", "distinct", "flow", "support-grants", "One body counts once in a year and once in a period: a period is not the sum of its years."),
    Indicator("ENT-TURN", "Số lượt doanh nghiệp, hợp tác xã được hỗ trợ", "Support turns", "lượt", "sum", "flow", "support-grants", "ISO 9001 and 5S to one enterprise are two turns and one enterprise."),
    Indicator("ENT-SUP-G", "Tốc độ tăng số doanh nghiệp được hỗ trợ", "Yearly growth of supported enterprises", "%", "ratio", "ratio", "support-grants", "Recomputed on summed ENT-SUP; compound over a period."),
    Indicator("ENT-MODEL", "Doanh nghiệp mô hình điểm", "Model enterprises", "DN", "distinct", "cumulative", "support-grants", "Counted on acceptance of the model, not on the start of support."),
    Indicator("ENT-START", "Doanh nghiệp khởi nghiệp sáng tạo được hỗ trợ", "Innovative start-ups supported", "DN", "distinct", "flow", "support-grants", "Distinct within the period."),
    Indicator("ENT-RND", "Tổ chức, doanh nghiệp tham gia nghiên cứu ứng dụng", "Organisations in applied research", "DN", "distinct", "flow", "activities", "Distinct within the period."),
    Indicator("ENT-REACH", "Tỷ lệ doanh nghiệp được tiếp cận thông tin", "Share of enterprises reached", "%", "ratio", "stock", "activities", "Reached over registered; the denominator comes from the registry."),
    Indicator("ENT-GREEN", "Nhiệm vụ năng suất xanh, phát triển cộng đồng được hỗ trợ", "Green-productivity and community tasks supported", "nhiệm vụ", "sum", "flow", "support-grants", "Also reported as activities."),
    Indicator("ENT-OCOP", "Sản phẩm OCOP, đặc sản được hỗ trợ", "OCOP and speciality products supported", "sản phẩm", "sum", "flow", "support-grants"),
    Indicator("ENT-PILOT", "Doanh nghiệp nhỏ và vừa có dự án cải tiến năng suất thí điểm", "Small and medium enterprises with a pilot productivity project", "DN", "distinct", "cumulative", "activities", "Goal of Decision 36; a pilot project is not yet an accepted model (ENT-MODEL)."),
    Indicator("IP-REG", "Hỗ trợ đăng ký bảo hộ tài sản trí tuệ", "Support for protection of intellectual property", "lượt", "sum", "flow", "support-grants", "Inventions, utility solutions, industrial designs. Also reported as activities."),
    Indicator("IP-COM", "Hỗ trợ khai thác, phát triển, thương mại hóa tài sản trí tuệ", "Support for use and commercialisation of intellectual property", "lượt", "sum", "flow", "support-grants", "Also reported as activities."),
    # Certificates: those valid on a day are a stock, those issued in a year a flow kept beside it
    Indicator("CRT-9001", "Giấy chứng nhận ISO 9001 còn hiệu lực", "Valid ISO 9001 certificates", "giấy", "sum", "stock", "certification", "Stock on a day; issues in a year are a separate flow."),
    Indicator("CRT-14001", "Giấy chứng nhận ISO 14001 còn hiệu lực", "Valid ISO 14001 certificates", "giấy", "sum", "stock", "certification", "Plans print ISO 14000, the name of the family."),
    Indicator("CRT-22000", "Giấy chứng nhận ISO 22000 còn hiệu lực", "Valid ISO 22000 certificates", "giấy", "sum", "stock", "certification"),
    Indicator("CRT-50001", "Giấy chứng nhận ISO 50001 còn hiệu lực", "Valid ISO 50001 certificates", "giấy", "sum", "stock", "certification"),
    Indicator("CRT-45001", "Giấy chứng nhận ISO 45001 còn hiệu lực", "Valid ISO 45001 certificates", "giấy", "sum", "stock", "certification"),
    Indicator("CRT-HACCP", "Giấy chứng nhận HACCP còn hiệu lực", "Valid HACCP certificates", "giấy", "sum", "stock", "certification"),
    Indicator("CRT-SA8000", "Giấy chứng nhận SA8000 còn hiệu lực", "Valid SA8000 certificates", "giấy", "sum", "stock", "certification", "Hải Phòng prints it among the tools; it is a certificate."),
    Indicator("CRT-17025", "Phòng thử nghiệm được công nhận ISO/IEC 17025", "Accreditations to ISO/IEC 17025", "giấy", "sum", "stock", "certification", "Accreditation (công nhận), not certification (chứng nhận)."),
    Indicator("CRT-GAP", "Giấy chứng nhận thực hành nông nghiệp tốt còn hiệu lực", "Valid good agricultural practice certificates", "giấy", "sum", "stock", "certification", "VietGAP, GlobalGAP and other G.A.P."),
    Indicator("CRT-9001-G", "Tốc độ tăng giấy chứng nhận ISO 9001", "Growth of ISO 9001 certificates", "%", "ratio", "ratio", "certification", "The base differs by plan: the previous year, or 2011-2020."),
    Indicator("CRT-14001-G", "Tốc độ tăng giấy chứng nhận ISO 14001", "Growth of ISO 14001 certificates", "%", "ratio", "ratio", "certification", "The base differs by plan: the previous year, or 2011-2020."),
    Indicator("CRT-HC", "Sản phẩm được chứng nhận hợp chuẩn", "Products certified to a standard", "sản phẩm", "sum", "flow", "certification", "The valid ones can also be read as a stock."),
    Indicator("CRT-HQ", "Sản phẩm được chứng nhận hợp quy", "Products certified to a technical regulation", "sản phẩm", "sum", "flow", "certification"),
    Indicator("CRT-TXNG", "Doanh nghiệp áp dụng hệ thống truy xuất nguồn gốc", "Enterprises with a traceability system", "DN", "distinct", "stock", "certification", "Support for it is known to support-grants."),
    Indicator("CRT-TCCS", "Tiêu chuẩn cơ sở được xây dựng", "Company standards written", "TCCS", "sum", "flow", "support-grants"),
    # People
    Indicator("HR-EXP-PQ", "Chuyên gia năng suất chất lượng được chứng nhận", "Certified productivity-quality experts", "người", "distinct", "cumulative", "activities", "A clause for a period counts those certified within it."),
    Indicator("HR-EXP-PQ-INT", "Chuyên gia năng suất chất lượng trình độ khu vực, quốc tế", "Productivity-quality experts of regional or international level", "người", "distinct", "cumulative", "activities", "Part of HR-EXP-PQ."),
    Indicator("HR-EXP-CA", "Chuyên gia đánh giá, chứng nhận", "Conformity-assessment experts", "người", "distinct", "cumulative", "activities", "A clause for a period counts those certified within it."),
    Indicator("HR-EXP-ADV", "Chuyên gia đạt trình độ tư vấn", "Experts qualified as consultants", "người", "distinct", "flow", "activities", "Distinct by person within the period."),
    Indicator("HR-TRAINER", "Giảng viên năng suất chất lượng", "Lecturers in productivity and quality", "người", "distinct", "flow", "activities", "Distinct by person within the period."),
    Indicator("HR-CLASS", "Lớp đào tạo, tập huấn", "Training classes", "lớp", "sum", "flow", "activities"),
    Indicator("HR-PERS", "Lượt người được đào tạo", "Training attendances", "lượt", "sum", "flow", "activities", "Attendances, not persons."),
    Indicator("HR-MGR", "Lượt cán bộ lãnh đạo, quản lý doanh nghiệp được đào tạo", "Manager attendances", "lượt", "sum", "flow", "activities", "Part of HR-PERS."),
    Indicator("HR-SCHOOL", "Trường, cơ sở đào tạo có chương trình năng suất chất lượng", "Schools with a productivity course", "trường", "distinct", "stock", "activities"),
    # Communication
    Indicator("COM-EVENT", "Hội nghị, hội thảo, đợt tuyên truyền", "Events and outreach rounds", "đợt", "sum", "flow", "activities"),
    Indicator("COM-TV", "Phóng sự, chuyên mục", "Broadcast pieces", "phóng sự", "sum", "flow", "activities"),
    Indicator("COM-PRESS", "Tin, bài, chuyên đề", "Press pieces", "bài", "sum", "flow", "activities"),
    Indicator("COM-CONTEST", "Cuộc thi tìm hiểu, sáng kiến", "Contests", "cuộc", "sum", "flow", "activities"),
    Indicator("COM-AWARD", "Hoạt động tôn vinh, khen thưởng định kỳ", "Regular honours", "đợt", "sum", "flow", "activities"),
    Indicator("COM-TBT", "Bản tin TBT, tập huấn mã số mã vạch", "TBT bulletins and barcode training", "số, lớp", "sum", "flow", "activities", "Issues and classes are told apart by the activity's unit."),
    # Standards and conformity assessment
    Indicator("STD-QCDP", "Quy chuẩn kỹ thuật địa phương", "Local technical regulations", "QCĐP", "sum", "flow", "activities", "Those in force can also be read as a stock."),
    Indicator("STD-CAB-FORMED", "Tổ chức đánh giá sự phù hợp được hình thành", "Conformity-assessment bodies formed", "tổ chức", "sum", "cumulative", "activities", "Accreditation is a later event: STD-CAB-NEW."),
    Indicator("STD-CAB-NEW", "Tổ chức tư vấn, đánh giá sự phù hợp được công nhận mới", "Newly accredited bodies", "tổ chức", "sum", "cumulative", "activities"),
    Indicator("STD-CAB-UP", "Tổ chức đánh giá sự phù hợp được tăng cường năng lực", "Conformity-assessment bodies strengthened", "tổ chức", "distinct", "flow", "activities", "Grants for it are known to support-grants."),
    Indicator("STD-LAB", "Đơn vị, phòng thử nghiệm được hỗ trợ đầu tư năng lực", "Units and laboratories helped to invest in capacity", "phòng, đơn vị", "distinct", "flow", "activities", "VILAS laboratories can also be read as a stock."),
    Indicator("STD-LAB-ENT", "Phòng thử nghiệm của doanh nghiệp được xây dựng, nâng cấp", "Enterprises' own laboratories built or upgraded", "phòng", "distinct", "flow", "support-grants", "Also reported as activities."),
    Indicator("STD-HITECH", "Khu nghiên cứu, thực nghiệm công nghệ cao", "High-tech experiment areas", "đơn vị", "sum", "cumulative", "activities"),
    Indicator("STD-HARM", "Tỷ lệ hài hòa tiêu chuẩn quốc gia (TCVN)", "Harmonisation of national standards", "%", "national_only", "stock", "activities", "Entered by the ministry; no province has a figure."),
    # Awards
    Indicator("AWD-NQA-PART", "Doanh nghiệp tham dự Giải thưởng chất lượng quốc gia", "National Quality Award entrants", "DN", "sum", "flow", "activities"),
    Indicator("AWD-NQA", "Doanh nghiệp đạt Giải thưởng chất lượng quốc gia", "National Quality Award winners", "DN", "sum", "flow", "activities", "All classes."),
    Indicator("AWD-NQA-GOLD", "Doanh nghiệp đạt Giải Vàng chất lượng quốc gia", "National Quality Award, Gold", "DN", "sum", "flow", "activities", "Part of AWD-NQA."),
    # Productivity
    Indicator("TFP-SHARE", "Tỷ trọng đóng góp của TFP vào tăng trưởng", "TFP share of growth", "%", "ratio", "ratio", "tfp", "Recomputed on summed GRDP, capital and labour; a period's share is period TFP growth over period GRDP growth, not the mean of the years. Null near zero growth."),
    Indicator("TFP-MEAS", "Có đo lường đóng góp TFP trong năm", "TFP contribution measured this year", "có/không", "count", "yearly", "tfp"),
    Indicator("TFP-STI-MEAS", "Có xác định đóng góp của KH&CN và đổi mới sáng tạo vào tăng TFP", "Share of science, technology and innovation in TFP growth determined", "có/không", "count", "yearly", "tfp"),
    Indicator("LP-LEVEL", "Năng suất lao động", "Labour productivity", "triệu đồng/lao động", "ratio", "yearly", "tfp", "Summed GRDP over summed labour; the price basis travels with the figure."),
    Indicator("LP-GROWTH", "Tốc độ tăng năng suất lao động", "Labour productivity growth", "%/năm", "ratio", "ratio", "tfp", "Constant prices; geometric mean over years."),
    Indicator("CMP-PROD", "Có so sánh năng suất với tỉnh, nước khác", "Productivity compared with provinces and countries", "có/không", "count", "yearly", "tfp", "Also reported as activities."),
    # Money
    Indicator("FIN-STATE", "Kinh phí từ ngân sách nhà nước", "State money", "đồng", "sum", "flow", "support-grants", "Three stages kept apart: planned, contracted, settled."),
    Indicator("FIN-ENT", "Kinh phí đối ứng của doanh nghiệp", "Enterprises' own money", "đồng", "sum", "flow", "support-grants", "Three stages kept apart: planned, contracted, settled."),
    Indicator("FIN-OTHER", "Kinh phí từ nguồn hợp pháp khác", "Money from other lawful sources", "đồng", "sum", "flow", "support-grants", "Three stages kept apart: planned, contracted, settled."),
    Indicator("FIN-TOTAL", "Tổng kinh phí", "Total money", "đồng", "sum", "flow", "support-grants", "The sum of state, enterprise and other money of the same stage."),
    Indicator("FIN-INV", "Vốn đầu tư công bố trí", "Public investment capital", "đồng", "sum", "flow", "support-grants", "Beside the yearly budget and the science budget."),
    Indicator("FIN-DISB", "Tỷ lệ giải ngân", "Disbursement rate", "%", "ratio", "ratio", "support-grants", "Settled over planned."),
    # Government, reporting, data
    Indicator("GOV-PLAN", "Địa phương đã ban hành kế hoạch", "Provinces with a plan", "có/không", "count", "stock", "activities", "One for Decision 1322, one for Decision 36."),
    Indicator("GOV-PLAN-SOE", "Tập đoàn, tổng công ty nhà nước có kế hoạch năng suất", "State groups and corporations with a productivity plan", "đơn vị", "national_only", "stock", "activities", "Goal of Decision 36; entered by the ministry."),
    Indicator("GOV-POLICY", "Nghị quyết của Hội đồng nhân dân về mức hỗ trợ", "Local rate resolutions", "văn bản", "sum", "stock", "support-grants", "Those in force."),
    Indicator("RPT-ONTIME", "Báo cáo đúng hạn", "Reports on time", "có/không", "count", "flow", "reporting", "Counted per reporting date."),
    Indicator("DB-BENCH", "Cơ sở dữ liệu chuẩn đối sánh và thực hành tốt vận hành", "Benchmark and good-practice database in operation", "có/không", "count", "stock", "reporting"),
)
# fmt: on

BY_CODE: Final = MappingProxyType({indicator.code: indicator for indicator in INDICATORS})


def by_code(code: str) -> Indicator:
    """Return the indicator of that code, e.g. ``ENT-SUP``; raise IndicatorNotFound."""
    try:
        return BY_CODE[code]
    except KeyError:
        raise IndicatorNotFound(
            f"Danh mục không có chỉ tiêu {code!r}", f"the catalogue has no indicator {code!r}"
        ) from None
