"""What can be released of a testimony, what each was made from, and at which level.

Whatever is made from a part is disclosed where that part is: who adds one says what it
was made from, and it obeys. A level of its own needs a reason, written down here.
"""

from collections.abc import Iterator, Mapping
from enum import Enum

from consent.levels import Level


class Part(Enum):
    """One separately released part; whatever is derived is a part too."""

    DESCRIPTION = "description"
    TRANSCRIPT = "transcript"
    CAPTIONS = "captions"
    AUDIO = "audio"
    ALTERED_AUDIO = "altered-audio"
    ORIGINAL = "original"
    MACHINE_TRANSCRIPT = "machine-transcript"
    CHECKPOINT = "checkpoint"


MADE_FROM: Mapping[Part, Part | None] = {
    Part.ORIGINAL: None,
    Part.DESCRIPTION: Part.ORIGINAL,
    Part.AUDIO: Part.ORIGINAL,
    Part.ALTERED_AUDIO: Part.ORIGINAL,
    Part.CHECKPOINT: Part.ORIGINAL,
    Part.MACHINE_TRANSCRIPT: Part.CHECKPOINT,
    Part.TRANSCRIPT: Part.MACHINE_TRANSCRIPT,
    Part.CAPTIONS: Part.TRANSCRIPT,
}
"""What each part is made from; everything comes from the original recording."""

OWN_LEVELS: Mapping[Part, tuple[Level, str]] = {
    Part.DESCRIPTION: (
        Level.EXISTENCE,
        "the narrator wrote it for others to find it by; nothing of it was recorded",
    ),
    Part.AUDIO: (
        Level.VOICE,
        "the sound alone, made anew: no picture, no file name, no tags of a recorder",
    ),
    Part.ALTERED_AUDIO: (
        Level.ALTERED_VOICE,
        "the sound alone, made anew in a voice that is not the person's own",
    ),
    Part.TRANSCRIPT: (
        Level.WORDS,
        "words without a voice; and these ones the narrator read and approved",
    ),
}
"""Parts disclosed at another level than what they are made from, each with why."""

PLANNED: Mapping[str, Part] = {
    "waveform": Part.AUDIO,
    "excerpt of sound": Part.AUDIO,
    "picture": Part.ORIGINAL,
    "thumbnail": Part.ORIGINAL,
    "translation": Part.TRANSCRIPT,
    "summary": Part.TRANSCRIPT,
    "keywords": Part.TRANSCRIPT,
    "search posting": Part.TRANSCRIPT,
    "snippet": Part.TRANSCRIPT,
    "embedding": Part.TRANSCRIPT,
    "quote card": Part.TRANSCRIPT,
    "export of words": Part.TRANSCRIPT,
}
"""What nobody makes yet, and what it will be made from: `level_of` that holds for it.

Whoever builds one makes it a `Part`; until then no code may give it to anyone.
"""


def level_of(part: Part) -> Level | None:
    """Return the level that discloses a part, or `None` for the narrator's alone.

    It is the part's own, where one is written down, else that of its source.
    """
    for each in (part, *sources_of(part)):
        if each in OWN_LEVELS:
            return OWN_LEVELS[each][0]
        if each in NARRATORS_OWN:
            return None
    return None


def sources_of(part: Part) -> Iterator[Part]:
    """Return what a part is made from, the nearest first, the original last."""
    source = MADE_FROM[part]
    while source is not None:
        yield source
        source = MADE_FROM[source]


NARRATORS_OWN = frozenset({Part.ORIGINAL, Part.CHECKPOINT, Part.MACHINE_TRANSCRIPT})
"""Parts that no audience is given; nor what is made from them, but for `OWN_LEVELS`."""

DISCLOSED_AT: dict[Part, Level] = {
    part: level for part in Part if (level := level_of(part)) is not None
}
"""Parts that an audience can be given. What is not listed is the narrator's alone."""

HEARD_BY_OTHERS = (Part.AUDIO, Part.ALTERED_AUDIO)
"""Parts that an audience listens to: who may have an earlier one is given that."""

APPROVED_WORDS = frozenset(
    part for part in Part if Part.TRANSCRIPT in {part, *sources_of(part)}
)
"""Parts made of words, which leave only once the narrator approved the transcript."""

CUT_ON_THE_WAY = frozenset({Part.TRANSCRIPT, Part.CAPTIONS, Part.DESCRIPTION})
"""Parts that can leave without what is withheld of them: passages, or names.

Any other stays whole, or stays closed.
"""

CUT_BEFOREHAND = frozenset(HEARD_BY_OTHERS)
"""Parts of which whoever is not given all is given another copy, made before."""

MADE_ON_THE_WAY = frozenset({Part.CAPTIONS})
"""Parts that are kept nowhere: they are made of their source as it leaves."""

OF_THE_WHOLE = frozenset({Part.DESCRIPTION})
"""Parts that have no moments: what is open anywhere discloses them."""

HEARD_BY_THE_TRANSCRIBER = frozenset(
    {Part.ORIGINAL, Part.CHECKPOINT, Part.MACHINE_TRANSCRIPT}
)
"""Parts that the machine needs to write down what was said, once or again."""

READ_BY_THE_RENDERER = frozenset({Part.ORIGINAL})
"""Parts that the machine needs to make the listening copies."""
