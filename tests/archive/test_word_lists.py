"""The words of the claim codes: told apart by eye and ear, and harmless to read."""

import json
from collections import defaultdict
from pathlib import Path

import pytest

from archive import claims

DATA = Path(__file__).parents[1] / "data"
BANNED = {
    kind: {language: " ".join(rows).split() for language, rows in lists.items()}
    for kind, lists in json.loads((DATA / "banned_stems.json").read_text()).items()
}
OTHER = {"es": "en", "en": "es"}
# What has to be caught in both languages, whatever becomes of the file of stems.
CRUEL = {
    "es": """aduana aguja aislar alambre arma arresto ataud autopsia avion bala balsa
        barrote bomba cadena calabozo candado carcel celda cerco cicatriz coyote cruzar
        cuchillo deportar desierto detener droga enfermo esposas exilio frontera fuga
        garita golpe guardia hambre herida hielo hijo hospital huella huir ilegal iglesia
        jaula juez ley limite llorar madre maleta matar miedo migra militar mojado morir
        muerte muro narco norte olvido orden padre papeles patrulla pecado perder permiso
        perro pistola policia preso prision puente redada refugio regreso rehen reja
        rescate retorno rio robo sangre secuestro sexo sida soldado soledad sufrir tapia
        temor testigo trafico tren triste tumba uniforme valla veneno vigilar violar
        visa voto zanja""",
    "en": """abduct airport alien ankle arrest asylum badge bail barbed blood body border
        bullet bury bus cage camp cancer captive cell chain child coffin cop corpse court
        coyote crime cross cry cuff custody death debt deport desert detain die disease
        drown drug enemy escape evict exile fear fence flee fugitive funeral ghost god
        grave guard gun handcuff hell hospital hunger illegal inmate jail judge kill knife
        law leave lock lonely lose lost migrant mother mourn murder officer orphan pain
        passport patrol permit pistol plane poison police poor pray prison raid rape
        refugee reject removal return river rope sad sex shackle shame sheriff shoot sick
        smuggle soldier starve suffer suicide sweep tear terror thirst trap trial trauma
        undocumented uniform vote wall war warrant weapon weep wound""",
}


def banned(word, language):
    """The same rules as .ci/word_lists.py, written a second time on purpose."""
    if word in BANNED["innocent"][language]:
        return False
    whole = {*BANNED["words"]["es"], *BANNED["words"]["en"]}
    whole |= set(BANNED["stems"][OTHER[language]])
    if not whole.isdisjoint({word, word.removesuffix("s"), word.removesuffix("es")}):
        return True
    for stem in BANNED["stems"][language]:
        if stem in word if len(stem) > 5 else word.startswith(stem):
            return True
    return False


@pytest.fixture(params=claims.LANGUAGES)
def language(request):
    return request.param


def test_a_list_has_4096_words_told_apart_by_their_first_four_letters(language):
    words = claims.words_of(language)

    assert len(words) == 4096
    assert len({word[:4] for word in words}) == 4096
    assert list(words) == sorted(words)
    assert all(
        word.isascii() and word.isalpha() and word.islower() and 3 < len(word) < 9
        for word in words
    )


def test_no_word_is_in_both_lists():
    assert set(claims.words_of("es")).isdisjoint(claims.words_of("en"))


def test_no_word_hurts(language):
    assert [w for w in claims.words_of(language) if banned(w, language)] == []


def test_a_word_let_through_is_in_the_list_and_begins_like_a_stem(language):
    for word in BANNED["innocent"][language]:
        assert word in claims.words_of(language)
        assert any(word.startswith(stem) for stem in BANNED["stems"][language])


def test_what_would_be_cruel_is_in_no_list(language):
    cruel = set(CRUEL[language].split())

    assert cruel.isdisjoint(claims.words_of(language))
    assert cruel.isdisjoint(claims.words_of(OTHER[language]))


def sound(word):
    """How a Mexican reader says a word: b and v, s, z and soft c, ll and y are one."""
    said = word.replace("ch", "*").replace("h", "")
    for written, spoken in (
        ("ll", "y"),
        ("que", "ke"),
        ("qui", "ki"),
        ("ce", "se"),
        ("ci", "si"),
        ("ge", "je"),
        ("gi", "ji"),
    ):
        said = said.replace(written, spoken)
    return said.translate(str.maketrans("czvx", "ksbs"))


def test_no_two_spanish_words_sound_alike():
    heard = defaultdict(list)
    for word in claims.words_of("es"):
        heard[sound(word)].append(word)

    assert [words for words in heard.values() if len(words) > 1] == []
