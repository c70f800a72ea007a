"""How much of a testimony is disclosed, for what use, and under which name."""

from enum import Enum, IntEnum


class Level(IntEnum):
    """A chain: each level discloses all of the one before and more of the person."""

    NOTHING = 0
    EXISTENCE = 1
    WORDS = 2
    ALTERED_VOICE = 3
    VOICE = 4
    IMAGE = 5


class Use(Enum):
    """What someone may do beyond looking and listening."""

    QUOTE = "quote"
    DOWNLOAD = "download"
    PERFORM = "perform"


class Naming(IntEnum):
    """How the narrator is named to others; a chain like `Level`."""

    UNNAMED = 0
    PSEUDONYM = 1
    NAME = 2
