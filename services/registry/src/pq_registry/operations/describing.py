"""What a caller says of an organisation, and how it is written onto the row."""

from dataclasses import dataclass
from datetime import date

from pq_common.codes import CodeInvalid, parse_tax_code
from pq_common.errors import FieldError
from pq_common.text import fold, nfc
from pq_registry.domain.errors import FactsRefused
from pq_registry.domain.facts import Facts, LegalForm, faults
from pq_registry.domain.status import Status
from pq_registry.storage.sealing import Sealer
from pq_registry.storage.tables import Organisation


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """An organisation as described by the caller, true from ``valid_from``."""

    tax_code: str | None
    name: str
    legal_form: LegalForm
    place_id: str
    status: Status
    valid_from: date
    commune: str | None = None
    address: str | None = None
    industry_version: str | None = None
    industry_code: str | None = None
    size_class: str | None = None
    roles: tuple[str, ...] = ()
    is_fdi: bool | None = None
    is_synthetic: bool = False


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes as stored: either a public tax code, or a personal one by its finding key and seal, or neither."""

    kind: str | None
    tax_code: str | None
    personal_key: str | None
    personal_sealed: bytes | None


def codes_of(text: str | None, sealer: Sealer) -> Codes:
    """Parse the code and seal it where it is a person's. Raises Invalid."""
    if text is None:
        return Codes(None, None, None, None)
    try:
        parsed = parse_tax_code(text)
    except CodeInvalid as reason:
        vi, en = reason.message_vi, reason.message_en
        fault = FieldError("/tax_code", reason.code, vi, en)
        raise CodeInvalid(vi, en, errors=[fault]) from None
    if parsed.kind == "PERSON12":
        return Codes(parsed.kind, None, sealer.key(parsed.code), sealer.seal(parsed.code))
    return Codes(parsed.kind, parsed.code, None, None)


def refuse_faults(told: Description, code_kind: str | None, today: date) -> None:
    """Raise FactsRefused with every reason."""
    found = faults(
        Facts(
            code_kind, told.name, told.legal_form, told.place_id, told.status, told.valid_from,
        ),
        today=today,
    )  # fmt: skip
    if found:
        raise FactsRefused(
            f"Có {len(found)} điểm không chấp nhận được.",
            f"{len(found)} facts are refused.",
            errors=found,
        )


WRITTEN = (
    "legal_form", "place_id", "commune", "address", "status", "industry_version", "industry_code",
    "size_class", "is_fdi", "is_synthetic", "valid_from",
)  # fmt: skip


def write(row: Organisation, told: Description) -> list[str]:
    """Write the description onto the row and return the names of what changed; the codes are not touched."""
    wanted: dict[str, object] = {name: getattr(told, name) for name in WRITTEN}
    wanted["legal_form"] = told.legal_form.value
    wanted["status"] = told.status.value
    wanted["name"] = nfc(told.name.strip())
    wanted["roles"] = sorted(set(told.roles))
    changed = [name for name, value in wanted.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, wanted[name])
    row.name_key = fold(row.name)
    return changed
