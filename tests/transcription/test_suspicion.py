import pytest

from transcription.suspicion import looks_invented, repeats, repeats_before, unsure
from transcription.transcript import Segment
from transcription.windows import Span


def segment(text, start=0.0, end=5.0):
    return Segment(start, end, text, "es")


@pytest.mark.parametrize(
    "text",
    [
        "Gracias. Gracias. Gracias. Gracias. Gracias.",
        "que me dijo que me dijo que me dijo que me dijo que me dijo",
        "no sé no sé no sé no sé no sé no sé no sé",
    ],
)
def test_a_phrase_said_over_and_over_is_suspect(text):
    assert looks_invented(segment(text), (Span(0.0, 5.0),))


def test_plain_speech_is_not():
    text = "Mi abuela llegó de Michoacán en el cuarenta y dos, con mi tía y nada más."

    assert not looks_invented(segment(text), (Span(0.2, 4.9),))


def test_someone_may_say_no_three_times():
    assert not repeats(["no", "no", "no"])
    assert not repeats(["no", "sé", "no", "sé", "no", "sé"])


def test_a_sentence_three_times_running_is_suspect():
    assert repeats(
        ["en", "sido", "llevados", "en", "sido", "llevados", "en", "sido", "llevados"]
    )
    assert not repeats(["en", "sido", "llevados", "en", "sido", "llevados"])


def test_a_sentence_that_was_just_said_is_told_from_a_new_one():
    said = "Y entonces me dijo que no volviera. Así fue."

    assert repeats_before("me dijo que no volviera.", said)
    assert not repeats_before("me dijo que sí volviera.", said)
    assert not repeats_before("Así fue.", said)
    assert not repeats_before("me dijo que no volviera.", "")


def test_words_where_nobody_speaks_are_suspect():
    assert looks_invented(segment("Gracias por ver el video."), ())
    assert looks_invented(segment("Suscríbete al canal."), (Span(4.8, 5.0),))


def test_more_words_than_a_mouth_can_say_are_suspect():
    text = "una dos tres cuatro cinco seis siete ocho nueve diez once doce"

    assert looks_invented(segment(text, end=0.5), (Span(0.0, 0.5),))


def test_words_without_any_time_are_suspect():
    assert looks_invented(segment("Bueno.", end=0.0), (Span(0.0, 5.0),))


def test_a_model_in_doubt_is_heard():
    assert unsure(-1.2, 0.0)
    assert unsure(-0.6, 0.9)
    assert not unsure(-0.3, 0.9)
    assert not unsure(-0.3, 0.1)
