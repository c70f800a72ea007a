"""`index.html`: the first page of a package; it needs no script and no network."""

from dataclasses import dataclass

from markupsafe import Markup

from archive.lone_pages import policy, static, template
from archive.takeout.told import Word
from archive.telling.tongues import LANGUAGES, Tongue, moment
from transcription.transcript import Transcript

_MOVING = (".webm", ".mp4")
_RECEIPTS = "receipts/"
_SECOND = 1000


@dataclass(frozen=True)
class Contents:
    """What the page shows: the file that plays, the words, and the other files."""

    player: str
    title: str
    words: Transcript | None
    by_machine: bool
    word: Word
    files: list[str]


def start_page(contents: Contents, say: Tongue, first: str) -> str:
    """Return the page in one language; `first` is that of the page called index."""
    style = static("css/lone.css")
    other = next(code for code in LANGUAGES if code != say.code)
    return template("takeout/start.html", say).render(
        say=say,
        other=other,
        other_page="index.html" if other == first else f"{other}.html",
        contents=contents,
        is_video=contents.player.endswith(_MOVING),
        lines=_lines(contents.words),
        terms=contents.word.terms_in(say),
        history=contents.word.history_in(say),
        listeners=contents.word.listeners_in(say),
        receipts=[
            each
            for each in contents.files
            if each.startswith(_RECEIPTS) and each.endswith(f"-{say.code}.html")
        ],
        files=[each for each in contents.files if not each.startswith(_RECEIPTS)],
        style=Markup(style),  # noqa: S704 - a file of our own
        # A file that a browser opens from a folder has no origin that `self` means.
        policy=policy(style, also=("media-src file: 'self'",)),
    )


def _lines(words: Transcript | None) -> list[tuple[str, str, str, str]]:
    """Return each sentence: when, whose, in which language, what."""
    return [
        (moment(int(each.start * _SECOND)), each.speaker, each.language, each.text)
        for each in (words.segments if words is not None else ())
    ]
