"""Whether two spellings can be one word: accents, numbers, names by their sound.

A recogniser writes "Ernandes" for "Hernández", "35" for "treinta y cinco" and "cual"
for "cuál". Spanish and English are read alike.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

_SMALL = (
    ("zero", "cero"),
    ("one", "uno", "first", "primero", "primera", "primer"),
    ("two", "dos", "second", "segundo", "segunda"),
    ("three", "tres", "third", "tercero", "tercera", "tercer"),
    ("four", "cuatro", "fourth", "cuarto", "cuarta"),
    ("five", "cinco", "fifth", "quinto", "quinta"),
    ("six", "seis", "sixth", "sexto", "sexta"),
    ("seven", "siete", "seventh", "septimo", "septima"),
    ("eight", "ocho", "eighth", "octavo", "octava"),
    ("nine", "nueve", "ninth", "noveno", "novena"),
    ("ten", "diez", "tenth", "decimo", "decima"),
    ("eleven", "once"),
    ("twelve", "doce"),
    ("thirteen", "trece"),
    ("fourteen", "catorce"),
    ("fifteen", "quince"),
    ("sixteen", "dieciseis"),
    ("seventeen", "diecisiete"),
    ("eighteen", "dieciocho"),
    ("nineteen", "diecinueve"),
    ("twenty", "veinte"),
    ("veintiuno", "veintiun"),
    ("veintidos",),
    ("veintitres",),
    ("veinticuatro",),
    ("veinticinco",),
    ("veintiseis",),
    ("veintisiete",),
    ("veintiocho",),
    ("veintinueve",),
)
_LARGE = {
    30: ("thirty", "treinta"),
    40: ("forty", "cuarenta"),
    50: ("fifty", "cincuenta"),
    60: ("sixty", "sesenta"),
    70: ("seventy", "setenta"),
    80: ("eighty", "ochenta"),
    90: ("ninety", "noventa"),
    100: ("hundred", "cien", "ciento"),
    200: ("doscientos", "doscientas"),
    300: ("trescientos", "trescientas"),
    400: ("cuatrocientos", "cuatrocientas"),
    500: ("quinientos", "quinientas"),
    600: ("seiscientos", "seiscientas"),
    700: ("setecientos", "setecientas"),
    800: ("ochocientos", "ochocientas"),
    900: ("novecientos", "novecientas"),
    1000: ("thousand", "mil"),
}
_NUMBERS = {
    word: value
    for value, words in [*enumerate(_SMALL), *_LARGE.items()]
    for word in words
}
_LONGEST_NUMBER = 4
_DIGITS_APART = 5
_LETTERS_OF_A_NAME = 4
_LETTERS_FOR_ONE_OFF = 5
_TEENS_END = 30

# What sounds alike, in Spanish mostly: each pair in turn.
_SOUNDS = (
    (r"ph", "f"),
    (r"qu(?=[ei])|[kq]|c(?![eih])|ck", "k"),
    (r"ch", "x"),
    (r"c(?=[ei])|z", "s"),
    (r"gu(?=[ei])", "g"),
    (r"g(?=[ei])|j", "y"),
    (r"ll", "y"),
    (r"v|w", "b"),
    (r"th", "t"),
    (r"h", ""),
    (r"i(?=[aeou])|y", "i"),
    (r"(.)\1+", r"\1"),
)


def folded(text: str) -> str:
    """Lower case, without accents or anything that is no letter or digit."""
    apart = unicodedata.normalize("NFD", text.casefold())
    return "".join(c for c in apart if c.isalnum())


def tokens(texts: Iterable[str]) -> list[str]:
    """The words in texts, folded: "35-40" is two, "1,985" one, "don't" one."""
    found = []
    for text in texts:
        joined = re.sub(r"(?<=\d)[.,](?=\d{3}(?!\d))", "", text)
        found += [folded(each) for each in re.split(r"[^\w'\u2019]+", joined)]
    return [each for each in found if each]


@lru_cache(maxsize=4096)
def keys(token: str) -> frozenset[str]:
    """What a folded word can be recognised by, in any spelling of it.

    A number by its value and its parts, as they are spoken; others by their letters,
    and longer ones by their sound.
    """
    number = token if token.isdecimal() else str(_NUMBERS.get(token, ""))
    if number:
        return frozenset(f"#{part}" for part in _parts(number))
    found = {token}
    if len(token) >= _LETTERS_OF_A_NAME:
        found.add(f"~{sound_of(token)}")
    return frozenset(found)


def is_number(token: str) -> bool:
    """Whether a folded word is a number, in figures or in words."""
    return any(key.startswith("#") for key in keys(token))


@lru_cache(maxsize=4096)
def sound_of(token: str) -> str:
    """A folded word as it may sound; alike for words that sound alike."""
    for pattern, sound in _SOUNDS:
        token = re.sub(pattern, sound, token)
    return token


def nearly(one: str, other: str) -> bool:
    """Whether two folded words of some length sound alike but for one letter."""
    if is_number(one) or is_number(other):
        return False
    a, b = sorted((sound_of(one), sound_of(other)), key=len)
    if len(a) < _LETTERS_FOR_ONE_OFF or len(b) - len(a) > 1:
        return False
    return a == b or _one_off(a, b)


def _one_off(short: str, long: str) -> bool:
    """Whether one letter is other or missing."""
    at = next(
        (n for n, (x, y) in enumerate(zip(short, long, strict=False)) if x != y),
        len(short),
    )
    return short[at + (len(short) == len(long)) :] == long[at + 1 :]


def _parts(digits: str) -> Iterator[int]:
    """A number as a whole and as it is said: 1985 is 1000, 900, 80, 5, or 19, 85."""
    if len(digits) >= _DIGITS_APART:
        yield from map(int, digits)
    yield int(digits)
    if len(digits) > _LONGEST_NUMBER:
        return
    value = int(digits)
    if value >= 1000:  # noqa: PLR2004 - a thousand
        yield from (1000, value // 100, value % 100)
        yield from _small_parts(value // 100 % 100)
    hundreds, rest = value % 1000 // 100 * 100, value % 100
    yield from (hundreds, 100, hundreds // 100) if hundreds else ()
    yield from _small_parts(rest)


def _small_parts(value: int) -> Iterator[int]:
    if value:
        yield value
    if value >= _TEENS_END:
        yield from (value - value % 10, *([value % 10] if value % 10 else []))
