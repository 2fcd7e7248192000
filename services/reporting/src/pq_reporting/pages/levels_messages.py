"""Sentences of the page that compares places, in both languages; ``messages`` takes them in."""

from typing import Final

from pq_reporting.domain.figure import Words

TEXTS: Final = {
    "levels": Words("So sánh mức năng suất giữa các địa bàn", "Levels of productivity between places"),
    "levels_how": Words(
        "Mức TFP của một địa bàn so với địa bàn gốc trong cùng năm, gốc = 100: cùng lượng vốn và lao động thì tạo ra nhiều hơn hay ít hơn. "
        "Chỉ số CCD so mọi địa bàn với trung bình của cả nhóm nên kết quả không phụ thuộc địa bàn nào làm gốc; thêm bớt địa bàn thì kết quả đổi.",
        "The level of TFP of a place relative to the reference in the same year, reference = 100: whether the same capital and labour make more or less. "
        "The CCD index compares each place with the mean of all, so no choice of reference changes the comparison; other members do.",
    ),
    "levels_none": Words(
        "Chưa có kết quả so sánh mức TFP nào được công bố theo bản đồ hành chính này.",
        "No comparison of TFP levels has been published on this administrative map.",
    ),
    "levels_no_growth": Words(
        "Bảng này không nói địa bàn nào tăng nhanh hơn: tốc độ tăng xem ở trang năng suất.",
        "The table does not say who grows faster: growth stands on the productivity page.",
    ),
    "reference": Words("Địa bàn gốc", "Reference"),
    "members": Words("Số địa bàn được so sánh", "Places compared"),
    "chart_levels": Words("TFP, địa bàn gốc = 100", "TFP, reference = 100"),
}  # fmt: skip

WARNINGS: Final = {
    "PLACE_LEFT_OUT": Words(
        "Địa bàn thiếu chuỗi số liệu không có trong bảng.", "Places whose series are incomplete are not in the table."
    ),
    "NOT_SPATIALLY_DEFLATED": Words(
        "Chưa có chỉ số giá sinh hoạt theo không gian (SCOLI): chênh lệch giá giữa các địa bàn còn nằm trong con số.",
        "There is no spatial price index (SCOLI): differences of prices between places are still in the figures.",
    ),
}  # fmt: skip
"""What the page says of a warning; one that it does not know is told by its code."""
