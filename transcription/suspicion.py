"""Which passages may be inventions: models fill noise with fluent sentences."""

import zlib

from transcription.transcript import Segment
from transcription.windows import Span

_COMPRESSION = 2.4
_LOG_PROBABILITY = -1.0
_NO_SPEECH = 0.6
_REPEATS = 3
_SENTENCE = 3
_LONGEST_PHRASE = 8
_SPOKEN = 0.15
_WORDS_A_SECOND = 9.0


def unsure(log_probability: float, no_speech: float) -> bool:
    """Whether the model doubts its own words.

    `log_probability` is the mean per token, `no_speech` a probability.
    """
    if log_probability < _LOG_PROBABILITY:
        return True
    return no_speech > _NO_SPEECH and log_probability < _LOG_PROBABILITY / 2


def looks_invented(segment: Segment, speech: tuple[Span, ...]) -> bool:
    """Whether words repeat, come too fast, or stand where nobody speaks.

    `segment` is timed as `speech` is, from its window's start.
    """
    length = segment.end - segment.start
    if length <= 0 or compression(segment.text) > _COMPRESSION:
        return True
    words = segment.text.casefold().split()
    if repeats(words) or len(words) > 2 + length * _WORDS_A_SECOND:
        return True
    spoken = sum(
        max(0.0, min(segment.end, span.end) - max(segment.start, span.start))
        for span in speech
    )
    return spoken / length < _SPOKEN


def compression(text: str) -> float:
    """How many times smaller the text gets when compressed; loops get small."""
    plain = text.encode()
    return len(plain) / len(zlib.compress(plain))


def repeats(words: list[str]) -> bool:
    """Whether a phrase of up to eight words comes four times running.

    Of three words and more, three times are enough: people say "no, no, no", and models
    whole sentences.
    """
    for size in range(1, _LONGEST_PHRASE + 1):
        run = 0
        most = size * (_REPEATS if size < _SENTENCE else _REPEATS - 1)
        for place in range(size, len(words)):
            run = run + 1 if words[place] == words[place - size] else 0
            if run >= most:
                return True
    return False


def repeats_before(text: str, said: str) -> bool:
    """Whether a sentence of four words or more is one that was just said.

    Models that are given the words before can write them down a second time.
    """
    words = text.casefold().split()
    return len(words) > _SENTENCE and " ".join(words) in " ".join(
        said.casefold().split()
    )
