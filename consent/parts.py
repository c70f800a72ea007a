"""What can be released of a testimony, and the level that discloses it."""

from enum import Enum

from consent.levels import Level


class Part(Enum):
    """One separately released part; whatever is derived is a part too."""

    DESCRIPTION = "description"
    TRANSCRIPT = "transcript"
    CAPTIONS = "captions"
    AUDIO = "audio"
    ORIGINAL = "original"
    MACHINE_TRANSCRIPT = "machine-transcript"
    CHECKPOINT = "checkpoint"


DISCLOSED_AT: dict[Part, Level] = {
    Part.DESCRIPTION: Level.EXISTENCE,
    Part.TRANSCRIPT: Level.WORDS,
    Part.CAPTIONS: Level.WORDS,
    Part.AUDIO: Level.VOICE,
}
"""Parts that an audience can be given. What is not listed is the narrator's alone."""

APPROVED_WORDS = frozenset({Part.TRANSCRIPT, Part.CAPTIONS})
"""Parts made of words, which leave only once the narrator approved the transcript."""

CUT_ON_THE_WAY = frozenset({Part.TRANSCRIPT, Part.CAPTIONS})
"""Parts that can leave without their withheld passages; any other stays whole."""

OF_THE_WHOLE = frozenset({Part.DESCRIPTION})
"""Parts that have no moments: what is open anywhere discloses them."""

HEARD_BY_THE_TRANSCRIBER = frozenset({Part.ORIGINAL, Part.CHECKPOINT})
"""Parts that the machine needs to write down what was said."""

READ_BY_THE_RENDERER = frozenset({Part.ORIGINAL})
"""Parts that the machine needs to make a listening copy."""
