"""The words of a passage, heard a second time where the first leaves doubts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from transcription.clauses import clauses_of
from transcription.engine import SpeechEngine
from transcription.languages import WORTH_ASKING, guess, token_for
from transcription.passages import FOREIGN, Passage, excerpt, sound_of, unheard
from transcription.samples import SAMPLE_RATE
from transcription.suspicion import looks_invented, repeats_before
from transcription.transcript import UNDETERMINED, Segment
from transcription.windows import Span, Window


def spoken_in(segments: Sequence[Segment]) -> str:
    """The words of these segments, without those that may be invented."""
    return " ".join(each.text for each in segments if not each.suspect)


@dataclass(frozen=True)
class Hearing:
    """A window that an engine listens to; all times are the window's seconds."""

    window: Window
    engine: SpeechEngine
    languages: tuple[str, ...]

    def words_of(self, passage: Passage, said: str) -> list[Segment]:
        """Write down a passage; what may be invented is marked.

        `said` is what was said before: where languages change within a breath it keeps
        the model from falling into one of them.
        """
        if passage.language is None:
            return self._mixed(passage, said)
        if passage.language == FOREIGN:
            return self._foreign(passage)
        found = self._surest(passage, passage.language)
        return [each.in_language(passage.language, mixed=False) for each in found]

    def language_at(self, span: Span) -> str | None:
        """The language of a stretch, where its sound is clear."""
        chances = self.engine.detect(excerpt(self.window, span))
        return guess(chances, self.languages).sure

    def _foreign(self, passage: Passage) -> list[Segment]:
        """Written down, whatever it is, and none of it believed.

        Told to write another language, the model translates or invents.
        """
        found = self._decoded(passage, token_for(None, self.languages))
        named = [each.in_language(UNDETERMINED, mixed=True) for each in found]
        return [replace(each, suspect=True) for each in named]

    def _mixed(self, passage: Passage, said: str) -> list[Segment]:
        """Hear all of it, then each clause in its own language, and keep the surer.

        Under another language's token Whisper writes "pressione" for "presione".
        """
        token = token_for(None, self.languages)
        first = self._surest(passage, token, said)
        clauses = [clause for segment in first for clause in clauses_of(segment)]
        found: list[Segment] = []
        for clause, (start, end) in zip(
            clauses, _bounds(clauses, passage), strict=True
        ):
            language, heard = None, [clause]
            if clause.end - clause.start >= WORTH_ASKING:
                language = self.language_at(Span(clause.start, clause.end))
            if language not in {None, token}:
                own = Passage(start, end, language)
                heard = self._surer(own, heard)
            spoken = language or UNDETERMINED
            found += [each.in_language(spoken, mixed=True) for each in heard]
        return found

    def _surer(self, passage: Passage, heard: list[Segment]) -> list[Segment]:
        """Hear it in its own language, and keep that if it is surer than `heard`."""
        if passage.end <= passage.start:
            return heard
        again = self._surest(passage, token_for(passage.language, self.languages))
        if not again:
            return heard
        return max(heard, again, key=lambda words: self._worth(passage, words))

    def _surest(self, passage: Passage, token: str, said: str = "") -> list[Segment]:
        """Hear it briefly, in context; where that leaves doubts, in full and alone."""
        first = self._decoded(passage, token, said=said)
        repeated = any(repeats_before(each.text, said) for each in first)
        if not repeated and not self._doubts(passage, first):
            return first
        again = self._decoded(passage, token, full_context=True)
        if repeated:
            return again
        return max(first, again, key=lambda found: self._worth(passage, found))

    def _decoded(
        self,
        passage: Passage,
        token: str,
        *,
        said: str = "",
        full_context: bool = False,
    ) -> list[Segment]:
        begin = round(passage.start * SAMPLE_RATE) / SAMPLE_RATE
        sound = sound_of(self.window, passage)
        found = self.engine.decode(sound, token, said=said, full_context=full_context)
        heard = [each.shifted(begin) for each in found if each.text]
        return [self._judged(each) for each in heard]

    def _judged(self, segment: Segment) -> Segment:
        invented = looks_invented(segment, self.window.speech)
        return replace(segment, suspect=segment.suspect or invented)

    def _worth(self, passage: Passage, found: list[Segment]) -> tuple[float, float]:
        return -self._doubts(passage, found), _probability(found)

    def _doubts(self, passage: Passage, found: list[Segment]) -> float:
        """Seconds of speech that are not written down, or perhaps invented."""
        missed = unheard(self.window, passage, found)
        missing = sum(each.end - each.start for each in missed)
        return missing + sum(each.end - each.start for each in found if each.suspect)


def _bounds(clauses: list[Segment], passage: Passage) -> list[tuple[float, float]]:
    """Where each clause may begin and end: halfway to those before and after."""
    if not clauses:
        return []
    middles = [(a.end + b.start) / 2 for a, b in pairwise(clauses)]
    return list(pairwise([passage.start, *middles, passage.end]))


def _probability(segments: list[Segment]) -> float:
    """The mean over their words."""
    chances = [word.probability for each in segments for word in each.words]
    return sum(chances) / len(chances) if chances else 0.0
