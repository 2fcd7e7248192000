"""What the bodies of this service have in common."""

from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field

from pq_common.http.validation import in_words
from pq_common.text import nfc

YEAR: Final[Any] = in_words(
    "^(19|20)[0-9]{2}$", "Cần một năm như 2021, nhận được {seen}.", "Expected a year like 2021, got {seen}."
)  # fmt: skip
NOT_BLANK: Final[Any] = in_words(
    r"^\S(.*\S)?$",
    "Cần chữ, không có dấu cách ở đầu hay cuối; nhận được {seen}.",
    "Expected words without blanks around them; got {seen}.",
)
CONSTANT: Final[Any] = in_words(
    "^constant-(19|20)[0-9]{2}$",
    "Cần giá so sánh, viết constant-2010; nhận được {seen}.",
    "Expected constant prices, written constant-2010; got {seen}.",
)
Year = Annotated[str, YEAR]
Finite = Annotated[float, Field(allow_inf_nan=False)]
ShortText = Annotated[str, Field(min_length=1, max_length=100), NOT_BLANK, AfterValidator(nfc)]
