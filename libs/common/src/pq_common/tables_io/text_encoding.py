"""Which encoding a Vietnamese text file has: known for certain, or refused in words. Nothing is guessed in silence."""

from typing import Final

from pq_common.errors import Invalid
from pq_common.text import nfc

# Bytes of the letters à ả ã á ạ ă â ê ô ơ ư đ in TCVN3 (ABC fonts); Windows-1258 has signs there.
_TCVN3: Final = frozenset(range(0xA1, 0xC0))
# Bytes that VNI fonts put after a vowel, or for đ and ư; Vietnamese in Windows-1258 does not need them.
_VNI: Final = frozenset({0xF8, 0xFB, 0xEF, 0xF1, 0xF6, 0xE4, 0xE5})
_SHARE: Final = 0.1


class EncodingUnknown(Invalid):
    """The bytes are in no encoding that we read: 422."""

    code = "encoding_unknown"
    title_vi, title_en = "Bảng mã không đọc được", "Unknown text encoding"


def decode(content: bytes) -> tuple[str, str]:
    """Return the text in NFC and the name of its encoding. Raises EncodingUnknown."""
    name = _name(content)
    try:
        text = content.decode(name)
    except UnicodeDecodeError as reason:
        raise _unknown(f"byte {reason.start + 1}") from None
    # Windows-1258 writes tone marks apart from their vowels; NFC puts them together.
    return nfc(text).replace("\x00", ""), name


def _name(content: bytes) -> str:
    if content.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    head = content[:4000]
    if head[1::2].count(0) > len(head) // 4:
        return "utf-16-le"
    if head[0::2].count(0) > len(head) // 4:
        return "utf-16-be"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return _single_byte(content)
    return "utf-8"


def _single_byte(content: bytes) -> str:
    high = [byte for byte in content if byte >= 0x80]
    for name, marks in (("TCVN3 (ABC)", _TCVN3), ("VNI", _VNI)):
        if sum(byte in marks for byte in high) > _SHARE * len(high):
            raise EncodingUnknown(
                f"Tệp có vẻ dùng bảng mã {name}, không đọc chắc chắn được: hãy mở bằng phần mềm soạn thảo, "
                "chuyển mã sang Unicode rồi lưu dạng CSV UTF-8.",
                f"The file seems to be in {name}, which cannot be read with certainty: convert it to Unicode "
                "and save it as CSV UTF-8.",
            )
    return "cp1258"


def _unknown(where: str) -> EncodingUnknown:
    return EncodingUnknown(
        f"Không nhận ra bảng mã của tệp ({where}): hãy lưu lại dạng CSV UTF-8.",
        f"The file's encoding is not recognised ({where}): save it as CSV UTF-8.",
    )
