"""Every quoted word stands in the original text, and no sentence of the original was left unread."""

import re
from collections.abc import Iterator

import pytest

from pq_common.contracts.plans import Plan, TargetClause, Task

PROVINCIAL = [
    "bac-lieu-2021-2025", "hai-phong-2021-2025", "hau-giang-2022", "hung-yen-2021-2030",
    "quang-binh-2021-2030",
]  # fmt: skip
NATIONAL = ["decision-1322", "decision-36"]

# Two points of Hải Phòng are interrupted in the scan, by a stamp and by a stray letter.
INTERRUPTED = {
    "HP-1b": ("áp dụng tiêu chuẩn quốc", "11/ 01/21", "tế, tiêu chuẩn của các nước phát triển"),
    "HP-3d": ("năng lượng, an toàn và sức khỏe", "M", "ngành nghiệp và chứng nhận"),
}

# What is left of the original when every quotation is taken out: headings, captions, joints and one definition.
LEFT_OVER = {
    "bac-lieu-2021-2025": [
        "Ảnh minh họa. Cụ thể của Kế hoạch giai đoạn 2021 – 2025",
        "Về các nhiệm vụ và giải pháp",
    ],
    "hai-phong-2021-2025": [
        "về việc triển khai thực hiện",
        "và",
        "về sơ kết 05 năm thực hiện",
        "Ủy ban nhân dân thành phố ban hành Kế hoạch Nâng cao năng suất và chất lượng sản phẩm, hàng hoá thành phố"
        " Hải Phòng giai đoạn 2021-2025, cụ thể như sau: I. Mục tiêu",
        "II. Nhiệm vụ chủ yếu 1",
        "III. Tổ chức thực hiện 1. Thành lập Ban Chỉ đạo thực hiện Kế hoạch Handwritten signature or initials",
        "2. Trách nhiệm của các Sở, ngành, đơn vị",
        "Nơi nhận",
    ],
    "hau-giang-2022": [
        "Ngoài",
        "chương trình sẽ tập trung vào",
        "Đồng thời",
        "Đối tượng tham gia là các các doanh nghiệp",
        "ngành",
        "doanh nghiệp đáp ứng theo các tiêu chí của Giải thưởng chất lượng quốc gia; các doanh nghiệp",
        "ngành",
        "Nguồn kinh phí thực hiện từ nguồn",
        "và",
    ],
    "hung-yen-2021-2030": [
        "Về mục tiêu cụ thể",
        "Công nhân trong nhà máy cơ khí chế tạo. Ảnh minh họa",
        "Giai đoạn 2026-2030, Kế hoạch đề ra mục tiêu",
        "Kế hoạch cũng đưa ra nhiệm vụ, giải pháp là",
        "Đánh giá mức đóng góp của năng suất các nhân tố tổng hợp (TFP) là việc đo lường, tính toán kết quả sản xuất"
        " mang lại do nâng cao hiệu quả sử dụng các yếu tố hữu hình (vốn và lao động) dựa vào sự tác động của các"
        " yếu tố vô hình (khoa học công nghệ, quản lý điều hành, đào tạo kỹ năng …)",
    ],
    "quang-binh-2021-2030": [
        "Kế hoạch gắn liền với các mục tiêu cụ thể, trong đó: Giai đoạn 2021 - 2025",
        "Giai đoạn 2025 - 2030",
        "Giai đoạn 2021 - 2030",
        "Kế hoạch tập trung vào các nhiệm vụ",
        "và",
    ],
}
SECTIONS = {
    "bac-lieu-2021-2025": ("Mục tiêu chung của Kế hoạch", "An Hạ"),
    "hai-phong-2021-2025": ("Quyết định số 1322/QĐ-TTg", "TM. ỦY BAN NHÂN DÂN"),
    "hau-giang-2022": ("Mục tiêu của Kế hoạch", "Sở Khoa học và Công nghệ Hậu Giang là"),
    "hung-yen-2021-2030": ("Mục tiêu chung của Kế hoạch", "Bảo Lâm"),
    "quang-binh-2021-2030": ("Mục tiêu của Kế hoạch", "Hồng Lựu"),
}


def as_scanned(code: str, sentence: str) -> str:
    """Return the sentence as the scan has it, with the interruption back in its place."""
    if code not in INTERRUPTED:
        return sentence
    before, stray, after = INTERRUPTED[code]
    return sentence.replace(f"{before} {after}", f"{before} {stray} {after}")


def sentences(plan: Plan) -> Iterator[tuple[str, str]]:
    for clause in plan.targets:
        yield clause.code, clause.sentence
    for task in plan.tasks:
        yield task.code, as_scanned(task.code, task.sentence)


def quotations(plan: Plan) -> Iterator[str]:
    """Give everything a plan quotes about its goal and the way it is run."""
    yield plan.general_goal or ""
    yield plan.steering_body or ""
    yield plan.steering_decision or ""
    yield from (*plan.legal_bases, *plan.recipients, *plan.money_sources, *plan.eligible_sectors)
    for duty in plan.duties:
        yield from (duty.unit, *duty.duties)
    if plan.calendar is not None:
        yield plan.calendar.sentence or ""
        yield from plan.calendar.recipients
    yield from (task.heading or "" for task in plan.tasks)
    yield from (name for task in plan.tasks for name in task.linked_programmes)


def named_in(clause: TargetClause) -> tuple[str, ...]:
    """List the words of a clause that must stand in its own sentence."""
    single = (clause.condition, clause.hedge, clause.channel)
    return (*(word for word in single if word), *clause.either_or, *clause.menu)


def numbers_of(sentence: str) -> set[float]:
    """Read Vietnamese numbers: 1.000 is a thousand, 7,5 is seven and a half, 05 is five."""
    found = re.findall(r"\d+(?:\.\d{3})+|\d+(?:,\d+)?", sentence)
    return {float(text.replace(".", "").replace(",", ".")) for text in found}


def left_over(plan: Plan, text: str) -> list[str]:
    """Take every quotation out of a text and return what is left, without punctuation and list marks."""
    taken = {sentence for _, sentence in sentences(plan)} | set(quotations(plan))
    for quotation in sorted(filter(None, taken), key=len, reverse=True):
        text = text.replace(quotation, "|")
    pieces = (piece.strip(" .,;:…-/") for piece in text.split("|"))
    return [piece for piece in pieces if piece and not re.fullmatch(r"([1-6]|[a-dđ]\))", piece)]


def section_of(code: str, text: str) -> str:
    start, end = SECTIONS[code]
    return text[text.index(start) : text.index(end)]


def test_a_sentence_that_was_touched_up_is_noticed(
    plans: dict[str, Plan], originals: dict[str, str]
) -> None:
    sentence = plans["hung-yen-2021-2030"].targets[5].sentence
    assert sentence in originals["hung-yen-2021-2030"]
    assert sentence.replace("Vietgap", "VietGAP") not in originals["hung-yen-2021-2030"]


def test_a_sentence_that_was_overlooked_is_noticed(
    plans: dict[str, Plan], originals: dict[str, str]
) -> None:
    plan = plans["quang-binh-2021-2030"]
    text = section_of(plan.code, originals[plan.code])
    without = plan.model_copy(
        update={"targets": tuple(clause for clause in plan.targets if clause.code != "QB-08")}
    )
    assert "có ít nhất 10 doanh nghiệp xây dựng mô hình điểm" in " ".join(left_over(without, text))


@pytest.mark.parametrize("code", PROVINCIAL)
def test_every_sentence_stands_in_the_original_word_for_word(
    code: str, plans: dict[str, Plan], originals: dict[str, str]
) -> None:
    missing = [key for key, sentence in sentences(plans[code]) if sentence not in originals[code]]
    assert missing == []


@pytest.mark.parametrize("code", PROVINCIAL)
def test_goals_duties_bases_and_headings_are_quoted_word_for_word(
    code: str, plans: dict[str, Plan], originals: dict[str, str]
) -> None:
    quoted = (*quotations(plans[code]), *plans[code].beneficiaries)
    assert [words for words in quoted if words not in originals[code]] == []


@pytest.mark.parametrize("code", PROVINCIAL)
def test_every_slip_quotes_what_was_printed(
    code: str, plans: dict[str, Plan], originals: dict[str, str]
) -> None:
    plan = plans[code]
    parts: tuple[Plan | TargetClause | Task, ...] = (plan, *plan.targets, *plan.tasks)
    slips = [slip for part in parts for slip in part.slips]
    assert slips
    assert [slip.printed for slip in slips if slip.printed not in originals[code]] == []
    assert [slip.printed for slip in slips if slip.printed == slip.read_as] == []


@pytest.mark.parametrize("code", PROVINCIAL)
def test_every_period_said_to_be_printed_is_printed(
    code: str, plans: dict[str, Plan], originals: dict[str, str]
) -> None:
    printed = {clause.span.printed for clause in plans[code].targets} - {None}
    assert [words for words in printed if words and words not in originals[code]] == []


@pytest.mark.parametrize("code", PROVINCIAL + NATIONAL)
def test_the_words_and_numbers_of_a_clause_stand_in_its_own_sentence(
    code: str, plans: dict[str, Plan]
) -> None:
    for clause in plans[code].targets:
        sentence = clause.sentence.casefold()
        assert [word for word in named_in(clause) if word.casefold() not in sentence] == [], (
            clause.code
        )
        wanted = {float(value) for value in (clause.value, clause.value_high) if value is not None}
        assert wanted <= numbers_of(clause.sentence), clause.code


@pytest.mark.parametrize("code", PROVINCIAL)
def test_nothing_in_the_original_was_left_unread(
    code: str, plans: dict[str, Plan], originals: dict[str, str]
) -> None:
    assert left_over(plans[code], section_of(code, originals[code])) == LEFT_OVER[code]


@pytest.mark.parametrize("code", NATIONAL)
def test_a_decision_we_could_not_read_whole_says_that_its_sentences_are_retold(
    code: str, plans: dict[str, Plan]
) -> None:
    plan = plans[code]
    assert plan.source.startswith("Diễn đạt lại theo ")
    assert "không phải trích dẫn" in plan.source
    assert "exact_text" in plan.not_said
    parts: tuple[TargetClause | Task, ...] = (*plan.targets, *plan.tasks)
    assert all("exact_text" in part.not_said for part in parts)
