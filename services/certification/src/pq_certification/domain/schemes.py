"""Find a scheme by any of the names it goes by."""

from pq_certification.domain.parameters import SCHEMES, Edition, Scheme
from pq_common.text import fold, nfc


def _key(text: str) -> str:
    # A national adoption is the same scheme under another label: TCVN ISO 9001 is ISO 9001.
    return "".join(letter for letter in fold(text) if letter.isalnum()).removeprefix("tcvn")


_BY_KEY = {
    _key(name): scheme for scheme in SCHEMES.values() for name in (scheme.name, *scheme.aliases)
}


def find_scheme(text: str) -> Scheme | None:
    """Return the scheme for a name in any usual spelling (``ISO 14000`` is ISO 14001), or None."""
    return _BY_KEY.get(_key(text))


def edition_of(scheme: Scheme, name: str | None) -> Edition | None:
    """Return the edition of that name, or None when the scheme has no such edition."""
    return next((edition for edition in scheme.editions if edition.name == name), None)


def number_key(number: str) -> str:
    """Return the key by which a certificate number is compared: letters and digits only, case folded."""
    # A tone mark that stands apart is no letter: without NFC it would be lost.
    return "".join(letter for letter in nfc(number).casefold() if letter.isalnum())
