"""What tells who somebody is: nothing of it is kept, for all that is reported here is published."""

import re
from collections.abc import Iterator, Sequence

from pq_common.codes import PERSONAL_NUMBER
from pq_common.errors import FieldError
from pq_support_grants.domain.facts import EvidenceFacts

# 9 digits: an old identity card; 12: today's, which is also the code of a household business.
_KEY = re.compile(r"[0-9]{9}|[0-9]{12}")


def in_key(key: str, at: str) -> Iterator[FieldError]:
    """Refuse a key of a subject that is itself a personal number. The number is not repeated in the refusal."""
    if _KEY.fullmatch(key):
        vi = "Mã này giống số giấy tờ cá nhân: dùng mã định danh của PQ hoặc khóa không nói lên ai."
        en = "This looks like a personal number: use the id of PQ or a key that names nobody."
        yield FieldError(at, "activity_subject_personal", vi, en)


def in_text(text: str | None, at: str) -> Iterator[FieldError]:
    """Refuse words with a personal number in them."""
    if text is not None and PERSONAL_NUMBER.search(text):
        vi = "Nội dung không được chứa số giấy tờ cá nhân: mọi điều báo cáo ở đây đều được công bố."
        en = "The text may not hold a personal number: all that is reported here is published."
        yield FieldError(at, "text_personal", vi, en)


def in_evidence(evidence: Sequence[EvidenceFacts], at: str) -> Iterator[FieldError]:
    """Refuse proofs with a personal number in what they are called by."""
    for number, proof in enumerate(evidence):
        for name, text in (("kind", proof.kind), ("reference", proof.reference)):
            if PERSONAL_NUMBER.search(text):
                vi = "Minh chứng không được chứa số giấy tờ cá nhân."
                en = "Evidence may not hold a personal number."
                yield FieldError(f"{at}/evidence/{number}/{name}", "evidence_personal", vi, en)
