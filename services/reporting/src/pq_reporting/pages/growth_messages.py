"""Sentences of the pages on productivity, in both languages; ``messages`` takes them in."""

from typing import Final

from pq_reporting.domain.figure import Words

TEXTS: Final = {
    "growth": Words("Năng suất, TFP", "Productivity, TFP"),
    "growth_title": Words(
        "TFP đóng góp bao nhiêu vào tăng trưởng GRDP", "What TFP contributes to the growth of GRDP"
    ),
    "growth_none": Words(
        "Chưa có kết quả tính TFP nào được công bố theo bản đồ hành chính và giai đoạn này.",
        "No TFP result has been published on this administrative map for this period.",
    ),
    "growth_place_none": Words(
        "Chưa có kết quả TFP nào được công bố cho địa bàn này.",
        "No TFP result has been published for this place.",
    ),
    "growth_back": Words("Tất cả địa bàn", "All places"),
    "period": Words("Giai đoạn", "Period"),
    "output": Words("GRDP", "GRDP"),
    "capital": Words("Vốn", "Capital"),
    "labour": Words("Lao động", "Labour"),
    "tfp": Words("TFP", "TFP"),
    "tfp_long": Words("Năng suất các nhân tố tổng hợp (TFP)", "Total factor productivity (TFP)"),
    "rate": Words("Tốc độ tăng, %/năm", "Growth, % a year"),
    "factor": Words("Yếu tố", "Factor"),
    "table": Words("Bảng", "Table"),
    "factor_weight": Words("Hệ số", "Weight"),
    "points": Words("Đóng góp, điểm %", "Contribution, points"),
    "share_of_growth": Words("Tỷ trọng trong tăng trưởng", "Share of growth"),
    "growth_rate": Words("Tăng GRDP", "GRDP growth"),
    "tfp_share": Words("Tỷ trọng TFP", "TFP share"),
    "band": Words("Khoảng 5–95%", "5–95 % band"),
    "labour_productivity": Words("Năng suất lao động", "Labour productivity"),
    "lp_growth": Words("Tăng NSLĐ", "Growth of labour productivity"),
    "lp_level": Words("NSLĐ", "Labour productivity"),
    "lp_from": Words(
        "Tăng NSLĐ (GRDP trừ lao động) gồm", "Growth per person (GRDP less labour) is made of"
    ),
    "deepening": Words("tăng vốn trên một lao động", "more capital per person"),
    "year_by_year": Words("Từng năm", "Year by year"),
    "whole_period": Words("Cả giai đoạn", "The whole period"),
    "ratio_of_period": Words(
        "Tỷ trọng của giai đoạn (tỷ số của hai đại lượng giai đoạn)",
        "Share of the period (ratio of period quantities)",
    ),
    "mean_of_years": Words(
        "Bình quân các tỷ trọng năm (chỉ để tham khảo, không phải tỷ trọng giai đoạn)",
        "Mean of the yearly shares (for reference; it is not the share of the period)",
    ),
    "how_sure": Words("Con số này chắc đến đâu", "How sure the figure is"),
    "how_sure_text": Words(
        "Khoảng 5–95% từ {draws} lần mô phỏng: hệ số vốn, khấu hao, vốn ban đầu, giá và lao động đều có sai số. "
        "Vốn công bố không nói khấu hao, nên tính với khấu hao {delta}.",
        "5–95 % band from {draws} draws: the capital share, depreciation, the first stock, prices and employment are all uncertain. "
        "A declared stock does not say how it wears out; {delta} a year is assumed.",
    ),
    "assumption": Words("Thay một giả định", "One assumption changed"),
    "tfp_growth": Words("Tăng TFP, %/năm", "TFP growth, % a year"),
    "change": Words("Thay đổi, điểm %", "Change, points"),
    "made_of": Words("Cộng từ các địa bàn cũ", "Summed from the former places"),
    "made_of_text": Words(
        "GRDP, vốn, lao động của các địa bàn cũ được cộng lại rồi mới tính; không lấy trung bình các tỷ trọng. "
        "Tăng TFP chung = tổng có quyền số của các địa bàn + phần tái phân bổ giữa các địa bàn.",
        "GRDP, capital and labour of the former places are added first, then computed; shares are never averaged. "
        "TFP growth of the whole = weighted sum of the parts + reallocation between them.",
    ),
    "weight": Words("Quyền số", "Weight"),
    "points_a_year": Words("điểm phần trăm mỗi năm", "percentage points a year"),
    "reallocation": Words("Tái phân bổ giữa các địa bàn", "Reallocation between the places"),
    "part_of": Words("Từ 1/7/2025 thuộc", "Since 1 July 2025 part of"),
    "sti": Words("“Đóng góp của khoa học và công nghệ”: ba định nghĩa", "“Contribution of science and technology”: three definitions"),
    "sti_text": Words(
        "Kế hoạch và nghị quyết coi đóng góp của khoa học, công nghệ là toàn bộ đóng góp của TFP. Hệ thống in tên định nghĩa cạnh mỗi con số.",
        "Plans and resolutions take the contribution of science and technology to be the whole of TFP. The definition is named beside each figure.",
    ),
    "not_nested": Words(
        "thứ tự hẹp ≤ giữa ≤ rộng không giữ ở đây. Khi lao động và vốn chuyển sang ngành có năng suất thấp hơn, tái cơ cấu làm giảm TFP, và TFP trừ phần đó lớn hơn chính nó; hoặc TFP nhỏ hơn phần của nghiên cứu và công nghệ thông tin. (NOT_NESTED)",
        "the order narrow ≤ central ≤ broad does not hold here. Where workers and capital move to less productive industries, reallocation lowers TFP, and TFP less that part exceeds TFP itself; or TFP is smaller than what research and ICT carry. (NOT_NESTED)",
    ),
    "points_band": Words("Khoảng 5–95%, điểm %", "5–95 % band, points"),
    "share_band": Words("Khoảng 5–95%, tỷ trọng", "5–95 % band, share"),
    "definition": Words("Định nghĩa", "Definition"),
    "method": Words("Phương pháp và nguồn số liệu", "Method and source"),
    "engine": Words("Cách tính", "Engine"),
    "method_version": Words("Phiên bản phương pháp", "Method version"),
    "vintage": Words("Kỳ công bố số liệu (vintage)", "Vintage of the series"),
    "share_method": Words("Cách xác định hệ số lao động", "Share method"),
    "capital_method": Words("Cách xác định vốn", "Capital method"),
    "price_basis": Words("Giá", "Prices"),
    "labour_unit": Words("Đơn vị lao động", "Unit of labour"),
    "map": Words("Địa giới", "Boundary"),
    "published_on": Words("Công bố ngày", "Published on"),
    "result_id": Words("Mã kết quả", "Result id"),
    "synthetic": Words("Số liệu đầu vào", "Input series"),
    "synthetic_yes": Words("Dữ liệu minh họa, không phải số thống kê", "Made for demonstration, no statistics"),
    "synthetic_no": Words("Số liệu khai báo", "Declared series"),
    "series_withdrawn": Words("Có chuỗi số liệu đã rút", "A series was withdrawn"),
    "warnings": Words("Lưu ý", "Warnings"),
    "verdict": Words("Đánh giá", "Verdict"),
    "clauses": Words("Chỉ tiêu TFP và năng suất lao động trong các kế hoạch", "Targets on TFP and labour productivity in the plans"),
    "full_account": Words("Xem cách tính đầy đủ", "See the full account"),
    "two_maps": Words("Trên địa giới cũ và địa giới nay", "On the old boundary and on today's"),
    "old_map": Words("Địa giới khi hứa (trước 1/7/2025)", "Boundary of the promise (before 1 July 2025)"),
    "new_map": Words("Địa giới nay (từ 1/7/2025)", "Boundary of today (since 1 July 2025)"),
    "promise_then": Words(
        "Chỉ tiêu do {then} hứa cho địa bàn khi đó, nên được đánh giá trên địa giới cũ. Số của {now} đặt bên cạnh để so sánh; địa bàn mới không mang lời hứa này.",
        "The target was promised by {then} for the place of then, and is judged on the old boundary. The figure of {now} stands beside it for comparison; the new place carries no such promise.",
    ),
    "for_comparison": Words("chỉ để so sánh", "for comparison only"),
    "trap": Words("Chữ trong kế hoạch và cách đọc", "The words of the plan and how they are read"),
    "trap_literal": Words("Đọc từng chữ: TFP là một phần của quy mô GRDP", "Word by word: TFP as a part of the size of GRDP"),
    "none_such": Words("Không áp dụng", "Not applicable"),
    "trap_literal_why": Words(
        "Không có con số này. TFP là phần tăng trưởng còn lại sau khi trừ vốn và lao động; GRDP của một năm là tổng giá trị tăng thêm, không tách thành “phần TFP”.",
        "There is no such number. TFP is what is left of growth after capital and labour; the GRDP of a year is value added, and no part of it “is TFP”.",
    ),
    "trap_used": Words("Cách đọc đang dùng: phần của TFP trong tăng trưởng GRDP", "The reading used: the part of TFP in the growth of GRDP"),
    "trap_used_why": Words(
        "GRDP tăng {growth} mỗi năm, TFP góp {points} điểm; {points} / {growth_bare} = {share}.",
        "GRDP grew {growth} a year, TFP gave {points} points; {points} / {growth_bare} = {share}.",
    ),
    "trap_used_none": Words(
        "Đóng góp của TFP chia cho tăng trưởng GRDP.", "The contribution of TFP over the growth of GRDP."
    ),
    "trap_sti": Words(
        "Định nghĩa STI_PLAN: kế hoạch coi đóng góp của khoa học và công nghệ là toàn bộ đóng góp của TFP.",
        "Definition STI_PLAN: plans take the contribution of science and technology to be the whole of TFP.",
    ),
    "chart_growth": Words("Đường: tăng trưởng GRDP", "Line: growth of GRDP"),
    "chart_axis": Words("Điểm phần trăm", "Percentage points"),
    "growth_how": Words(
        "Tăng trưởng GRDP = đóng góp của vốn + của lao động + của TFP. Tỷ trọng TFP = đóng góp của TFP chia cho tăng trưởng. "
        "Chỉ tiêu so với khoảng 5–95%: đạt khi cả khoảng từ mức đó trở lên, không đạt khi cả khoảng ở dưới, còn lại là chưa đủ căn cứ.",
        "Growth of GRDP = contributions of capital, labour and TFP. TFP share = contribution of TFP over growth. "
        "A target is compared with the 5–95 % band: met when the whole band reaches it, not met when all of it falls short, otherwise not decidable.",
    ),
}  # fmt: skip

ENGINES: Final = {
    "VN-OFFICIAL": Words("VN-OFFICIAL: hạch toán tăng trưởng theo thống kê Việt Nam", "VN-OFFICIAL: growth accounting of Vietnamese statistics"),
}  # fmt: skip

METHODS: Final = {
    "full labour income / value added": Words(
        "thu nhập đầy đủ của người lao động chia cho giá trị tăng thêm", "full labour income over value added"
    ),
    "declared stock": Words("giá trị tài sản cố định do nguồn số liệu khai báo", "stock of fixed assets as declared by its source"),
}  # fmt: skip

WARNINGS: Final = {
    "K_LOOKS_LIKE_INVESTMENT": Words(
        "Chuỗi vốn biến động trên 30% một năm: có thể là vốn đầu tư chứ không phải vốn tích lũy.",
        "Capital swings by more than 30 % a year: it may be investment and no stock.",
    ),
    "NOT_NESTED": Words(
        "Ba định nghĩa đóng góp của khoa học, công nghệ không theo thứ tự hẹp ≤ giữa ≤ rộng.",
        "The three definitions of the contribution of science are not in the order narrow ≤ central ≤ broad.",
    ),
    "TERM_UNKNOWN": Words(
        "Có thành phần của đóng góp khoa học, công nghệ chưa có số liệu nên tính là 0.",
        "Some term of the contribution of science has no series and counts as 0.",
    ),
    "DEMAND_UNKNOWN": Words(
        "Chưa có chuỗi mức sử dụng công suất: tác động của cầu tính là 0.",
        "There is no series of capacity use: the effect of demand counts as 0.",
    ),
}

ASSUMPTIONS: Final = {
    "BASE": Words("Số công bố", "As published"),
    "alpha": Words("Hệ số vốn α = {0}", "Capital share α = {0}"),
    "delta": Words("Khấu hao δ = {0}", "Depreciation δ = {0}"),
    "K0": Words("Vốn ban đầu nhân {0}", "First stock times {0}"),
    "deflator": Words("Giá GRDP tăng thêm {0} mỗi năm", "GRDP deflator up by {0} a year"),
}

STI: Final = {
    "STI_CORE": (
        Words("Hẹp: nghiên cứu-phát triển và vốn công nghệ thông tin", "Narrow: research and ICT capital"),
        Words("Chưa tính: chưa có chuỗi chi nghiên cứu-phát triển và vốn công nghệ thông tin.", "Not computed: no series of research spending and ICT capital."),
    ),
    "STI_VNPI": (
        Words("Giữa: TFP trừ tái cơ cấu giữa các ngành", "Central: TFP less reallocation between industries"),
        Words("Chưa tính: chưa có chuỗi theo ngành kinh tế.", "Not computed: no series by industry."),
    ),
    "STI_PLAN": (
        Words("Rộng: toàn bộ TFP, như kế hoạch và nghị quyết viết", "Broad: all of TFP, as plans and resolutions write"),
        Words("", ""),
    ),
}  # fmt: skip
"""Each definition with its reading, and why it has no figure where the series it needs were not declared."""

COUNTED_AS_0: Final[dict[str, dict[str, Words]]] = {
    "STI_CORE": {
        "c_ICT": Words("Phần vốn công nghệ thông tin tính là 0 vì chưa có chuỗi vốn theo loại tài sản", "The part of ICT capital counts as 0: no series of capital by asset"),
    },
    "STI_VNPI": {
        "c_RE": Words("Phần tái cơ cấu tính là 0 vì chưa có chuỗi theo ngành", "Reallocation counts as 0: no series by industry"),
        "c_DEM": Words("Tác động của cầu tính là 0 vì chưa có chuỗi mức sử dụng công suất", "The effect of demand counts as 0: no series of capacity use"),
    },
    "STI_PLAN": {},
}  # fmt: skip
"""What is said beside a definition whose term had no series."""
