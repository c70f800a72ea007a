"""Timed words and how they were made. Times are seconds from the first sound."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from transcription.errors import FormatError
from transcription.reading import (
    Json,
    as_flag,
    as_list,
    as_number,
    as_object,
    as_settings,
    as_text,
    parse_object,
)

UNSURE = 0.4
"""Under this probability a word is shown as unsure."""

LONGEST_AGAIN = 300.0
"""Seconds of a recording that may be heard again at once."""

UNDETERMINED = "und"
"""BCP 47 for "a language nobody has determined": that of unsure passages."""

_WORD = frozenset({"start", "end", "text", "probability", "language"})
_SEGMENT = frozenset({"start", "end", "text", "language", "words", "mixed", "suspect"})
_SPEAKER = frozenset({"speaker"})
"""What transcripts say of a segment since speakers are told apart."""
_MADE_BY = frozenset({"engine", "model", "model_sha256", "settings", "day"})
_TRANSCRIPT = frozenset({"format", "segments", "duration", "made_by"})
_FORMAT = "resguardo-transcript-1"
_CORRECTED = "corrected_by_a_person"


@dataclass(frozen=True)
class Word:
    """One spoken word; `text` keeps its punctuation, without spaces around it."""

    start: float
    end: float
    text: str
    probability: float
    language: str

    @property
    def unsure(self) -> bool:
        """Whether the machine doubts it."""
        return self.probability < UNSURE


@dataclass(frozen=True)
class Segment:
    """A sentence or so, as spoken, never translated.

    `mixed`: two languages at once or an unsure language. `suspect`: it may be
    an invention over noise or silence, and waits for a person's ear. `speaker`
    is a label ("1", "2") or a name that the narrator gave; "" is unknown.
    """

    start: float
    end: float
    text: str
    language: str
    words: tuple[Word, ...] = ()
    mixed: bool = False
    suspect: bool = False
    speaker: str = ""

    def shifted(self, seconds: float) -> "Segment":
        """The same words, later by so many seconds."""
        words = tuple(
            replace(
                word,
                start=round(word.start + seconds, 3),
                end=round(word.end + seconds, 3),
            )
            for word in self.words
        )
        start, end = round(self.start + seconds, 3), round(self.end + seconds, 3)
        return replace(self, start=start, end=end, words=words)

    def in_language(self, language: str, *, mixed: bool) -> "Segment":
        """The same words, said to be in this language."""
        words = tuple(replace(word, language=language) for word in self.words)
        return replace(self, language=language, words=words, mixed=mixed)

    def to_plain(self) -> Json:
        """As JSON values."""
        plain: dict[str, Json] = {
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "language": self.language,
            "words": [dict(vars(word)) for word in self.words],
            "mixed": self.mixed,
            "suspect": self.suspect,
        }
        # Left out where unknown: a transcript from before stays byte for byte.
        return {**plain, "speaker": self.speaker} if self.speaker else plain

    @classmethod
    def from_plain(cls, value: Json) -> "Segment":
        """From JSON values; raises FormatError."""
        plain = as_object(value, _SEGMENT, _SPEAKER)
        return cls(
            start=as_number(plain["start"]),
            end=as_number(plain["end"]),
            text=as_text(plain["text"]),
            language=as_text(plain["language"]),
            words=tuple(_word(word) for word in as_list(plain["words"])),
            mixed=as_flag(plain["mixed"]),
            suspect=as_flag(plain["suspect"]),
            speaker=as_text(plain.get("speaker", "")),
        )


@dataclass(frozen=True)
class MadeBy:
    """How the words came to be, so that they can be made again.

    `settings` are the decoder's; `day` is an ISO date, never finer.
    """

    engine: str
    model: str
    model_sha256: str
    settings: Mapping[str, str | int | float | bool]
    day: str


@dataclass(frozen=True)
class Transcript:
    """All the words of one recording of `duration` seconds.

    `made_by` is None where a person wrote the words.
    """

    segments: tuple[Segment, ...]
    duration: float
    made_by: MadeBy | None = None

    def languages(self) -> tuple[str, ...]:
        """The languages spoken, the one with most time first, unsure ones left out."""
        time: dict[str, float] = {}
        for segment in self.segments:
            if segment.language != UNDETERMINED:
                spent = segment.end - segment.start
                time[segment.language] = time.get(segment.language, 0.0) + spent
        return tuple(sorted(time, key=lambda language: (-time[language], language)))

    def without_suspects(self) -> "Transcript":
        """What others may be shown: passages that may be invented are left out."""
        kept = tuple(segment for segment in self.segments if not segment.suspect)
        return replace(self, segments=kept)

    def to_json(self) -> str:
        """One JSON object, stable for equal transcripts."""
        made_by: Json = None
        if self.made_by is not None:
            made_by = {**vars(self.made_by), "settings": dict(self.made_by.settings)}
        plain: Json = {
            "format": _FORMAT,
            "segments": [segment.to_plain() for segment in self.segments],
            "duration": self.duration,
            "made_by": made_by,
        }
        return json.dumps(plain, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "Transcript":
        """Read what `to_json` wrote; raises FormatError on anything else."""
        plain = parse_object(text, _TRANSCRIPT)
        if plain["format"] != _FORMAT:
            raise FormatError("not a transcript of this version")
        made_by = plain["made_by"]
        return cls(
            segments=tuple(Segment.from_plain(x) for x in as_list(plain["segments"])),
            duration=as_number(plain["duration"]),
            made_by=None if made_by is None else _made_by(made_by),
        )


def _word(value: Json) -> Word:
    plain = as_object(value, _WORD)
    return Word(
        start=as_number(plain["start"]),
        end=as_number(plain["end"]),
        text=as_text(plain["text"]),
        probability=as_number(plain["probability"]),
        language=as_text(plain["language"]),
    )


def _made_by(value: Json) -> MadeBy:
    plain = as_object(value, _MADE_BY)
    return MadeBy(
        engine=as_text(plain["engine"]),
        model=as_text(plain["model"]),
        model_sha256=as_text(plain["model_sha256"]),
        settings=as_settings(plain["settings"]),
        day=as_text(plain["day"]),
    )


def by_a_person(transcript: Transcript) -> bool:
    """Whether a person wrote it, or corrected what a machine wrote."""
    made_by = transcript.made_by
    return made_by is None or _CORRECTED in made_by.settings


def corrected_by_a_person(transcript: Transcript) -> Transcript:
    """The same, saying so beside how a machine made it."""
    made_by = transcript.made_by
    if made_by is None:
        return transcript
    settings = {**made_by.settings, _CORRECTED: True}
    return replace(transcript, made_by=replace(made_by, settings=settings))
