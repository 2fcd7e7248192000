"""Vietnamese text: one stored form, one search key, one alphabetical order."""

import unicodedata
from typing import Final

ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}  # huyền hỏi ngã sắc nặng
QUALITIES = frozenset(
    "\u0306\u0302\u031b"
)  # the breve of ă, the circumflex of â ê ô, the horn of ơ ư

_LETTER_RANK = {letter: rank for rank, letter in enumerate(ALPHABET)}
_SPACE, _SIGN, _DIGIT, _LETTER, _FOREIGN = range(5)
# Marks of Latin letters go in the same pass as đ: nearly every text is plain ASCII after it. U+00F0 (eth) looks
# like đ and is what some keyboards and old fonts leave behind.
_PLAIN: Final = {ord("đ"): "d", ord("ð"): "d", **dict.fromkeys(range(0x300, 0x370), "")}

SortKey = tuple[tuple[tuple[int, int], ...], tuple[int, ...], tuple[bool, ...], str]


def nfc(text: str) -> str:
    """Return the form in which text is stored; repairs Windows-1258 and macOS input exactly."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Return the search key: lower case, no marks, đ as d, single spaces. Both tone placements meet here."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    letters = unicodedata.normalize("NFKD", plain).translate(_PLAIN)
    if not letters.isascii():
        letters = "".join(char for char in letters if not _is_mark(char))
    return " ".join(letters.split())


def sort_key(text: str) -> SortKey:
    """Return a key in Vietnamese dictionary order: letters first, then tones, then case.

    Spaces come before any letter, so a shorter first word comes first. Digits precede letters.
    """
    letters: list[tuple[int, int]] = []
    tones: list[int] = []
    capitals: list[bool] = []
    stored = nfc(text)
    for cluster in _clusters(stored):
        lower = cluster[0].lower()[0]
        quality = "".join(mark for mark in cluster[1:] if mark in QUALITIES)
        letters.append(_rank(unicodedata.normalize("NFC", lower + quality)))
        tones.append(max((TONES.get(mark, 0) for mark in cluster[1:]), default=0))
        capitals.append(cluster[0] != lower)
    return tuple(letters), tuple(tones), tuple(capitals), stored


def spelled_alike(one: str, other: str) -> bool:
    """Say whether these are the same words: case, spaces and the letter that carries a syllable's tone may differ."""
    return [_said(word) for word in one.split()] == [_said(word) for word in other.split()]


def _said(word: str) -> tuple[tuple[tuple[int, int], ...], int]:
    letters, tones, *_ = sort_key(word)
    return letters, max(tones)


def _is_mark(char: str) -> bool:
    return unicodedata.category(char) == "Mn"


def _clusters(text: str) -> list[str]:
    """Split into base letters, each with the marks that follow it. Tone and quality come in either order."""
    clusters: list[str] = []
    for char in unicodedata.normalize("NFD", text):
        if clusters and _is_mark(char):
            clusters[-1] += char
        else:
            clusters.append(char)
    return clusters


def _rank(letter: str) -> tuple[int, int]:
    if letter in _LETTER_RANK:
        return _LETTER, _LETTER_RANK[letter]
    if letter.isspace():
        return _SPACE, 0
    if letter.isdigit():
        return _DIGIT, ord(letter)
    return (_FOREIGN if letter.isalpha() else _SIGN), ord(letter[0])
