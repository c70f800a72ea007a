import pytest

from transcription.cutting import Cut
from transcription.guard_band import Edge, Spoken, withheld_from
from transcription.leak_check import Excerpt, WordsAround, excerpts
from transcription.transcript import Segment, Word

OPENS, ENDS = Edge(3000, opens=True), Edge(5000, opens=False)


def said(text, start=0, each=500, language="es"):
    """Words one after another, half a second each."""
    return [
        Spoken(start + n * each, start + (n + 1) * each, word, language)
        for n, word in enumerate(text.split())
    ]


def heard(text, start=0.0, each=0.5):
    words = tuple(
        Word(start + n * each, start + (n + 1) * each, word, 0.9, "es")
        for n, word in enumerate(text.split())
    )
    return [Segment(words[0].start, words[-1].end, text, "es", words)] if words else []


# Three seconds, two that are withheld, and three more.
WORDS = [
    *said("yo nací en la casa de"),
    *said("Refugio Hernández calle siete", 3000),
    *said("y allí viví con mi hermana", 5000),
]
GONE = withheld_from(WORDS, [Cut(3000, 5000)])
BEFORE = Excerpt(0, 3000, (OPENS,))
AFTER = Excerpt(5000, 8000, (ENDS,))


def leaks(excerpt, text, words=WORDS, gone=GONE, start=0.0):
    around = WordsAround.of(excerpt, words, gone)
    return around.leaks(excerpt, heard(text, start))


@pytest.mark.parametrize(
    "text",
    [
        "yo nací en la casa de",
        "Yo nací en la casa.",
        "yo nasí en la caza de",
        "",
        "yo nací en la taza de",
        "yo nací en la casa de re...",
    ],
)
def test_what_is_kept_may_be_heard_also_when_misheard(text):
    assert leaks(BEFORE, text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "yo nací en la casa de Refugio",
        "yo nací en la casa de refujio",
        "nací en la casa de Ernandes",
        "en la casa de 7",
        "seven la casa de",
        # The beginning of the first word withheld.
        "yo nací en la casa de Refu",
        "yo nací en la casa de ref...",
        "yo nací en la casa de refugiosa",
    ],
)
def test_what_is_withheld_is_noticed_in_any_spelling(text):
    assert leaks(BEFORE, text) == {OPENS}


def test_after_a_hole_the_end_of_its_last_word_is_noticed():
    assert leaks(AFTER, "ete y allí viví con mi hermana") == {ENDS}
    assert leaks(AFTER, "siete y allí viví con mi hermana") == {ENDS}
    assert leaks(AFTER, "y allí viví con mi hermana") == set()


def test_a_kept_word_is_no_excuse_for_a_second_one():
    words = [*said("no sé"), *said("no", 1000), *said("fue", 1500)]
    gone = withheld_from(words, [Cut(1000, 1500)])
    excerpt = Excerpt(0, 1000, (Edge(1000, opens=True),))

    assert leaks(excerpt, "no sé", words, gone) == set()
    assert leaks(excerpt, "no sé no", words, gone) == {Edge(1000, opens=True)}


def test_a_short_word_counts_only_near_the_hole():
    words = [*said("uno dos tres cuatro cinco seis siete ocho"), *said("la", 4000)]
    gone = withheld_from(words, [Cut(4000, 4500)])
    edge = Edge(4000, opens=True)
    excerpt = Excerpt(0, 4000, (edge,))

    assert leaks(excerpt, "la uno dos tres", words, gone) == set()
    assert leaks(excerpt, "siete ocho la", words, gone, start=2.5) == {edge}


def test_between_two_holes_the_nearer_edge_is_named():
    words = [*said("Ana"), *said("dijo que sí y", 500), *said("Lupe", 2500)]
    gone = withheld_from(words, [Cut(0, 500), Cut(2500, 3000)])
    first, second = Edge(500, opens=False), Edge(2500, opens=True)
    excerpt = Excerpt(500, 2500, (first, second))

    assert leaks(excerpt, "Ana dijo que sí y", words, gone) == {first}
    assert leaks(excerpt, "dijo que sí Lupe", words, gone) == {second}
    assert leaks(excerpt, "dijo que sí y", words, gone) == set()


def test_a_name_far_into_a_hole_still_tells():
    words = [*said("mi vecino"), *said("era bueno", 1000), *said("Ramiro", 40_000)]
    gone = withheld_from(words, [Cut(1000, None)])
    edge = Edge(1000, opens=True)

    assert leaks(Excerpt(0, 1000, (edge,)), "mi vecino Ramiro", words, gone) == {edge}


def test_each_side_of_a_hole_is_heard_alone_and_short_stretches_once():
    cuts = (Cut(0, 1000), Cut(9000, 10_000, removed=True), Cut(30_000, 31_000))

    assert excerpts(cuts, []) == [
        Excerpt(1000, 9000, (Edge(1000, opens=False), Edge(9000, opens=True))),
        Excerpt(10_000, 16_000, (Edge(10_000, opens=False),)),
        Excerpt(24_000, 30_000, (Edge(30_000, opens=True),)),
        Excerpt(31_000, 37_000, (Edge(31_000, opens=False),)),
    ]
    assert excerpts((Cut(0, None),), []) == []
    assert excerpts((), []) == []


def test_no_excerpt_begins_or_ends_within_a_word():
    words = [Spoken(23_500, 24_500, "palabra", "es"), Spoken(36_800, 37_200, "x", "es")]

    assert excerpts((Cut(30_000, 31_000),), words) == [
        Excerpt(23_500, 30_000, (Edge(30_000, opens=True),)),
        Excerpt(31_000, 37_200, (Edge(31_000, opens=False),)),
    ]


def test_it_is_heard_in_the_languages_spoken_there():
    words = [*said("hola", 0), *said("hello", 20_000, language="en")]
    around = WordsAround({}, ())

    def languages(start, end):
        return around.languages(Excerpt(start, end, ()), words, ("es", "en"))

    assert languages(0, 3000) == ("es",)
    assert languages(19_000, 20_000) == ("en",)
    assert languages(6000, 15_000) == ("es", "en")
    # Where nobody knows, in all of them.
    assert languages(60_000, 70_000) == ("es", "en")
