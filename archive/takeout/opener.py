"""`open.html`: opens a narrator's sealed files in any browser, without a network.

It is the same for everyone: what it opens, and with which words, is given to it there.
"""

import json

from markupsafe import Markup

from archive.claims import words_of
from archive.lone_pages import policy, static, template
from archive.telling.tongues import LANGUAGES, Tongue, tongue

_ALSO = ("media-src blob:", "connect-src 'none'")


def opener() -> str:
    """Return the page, in both languages."""
    style, script = static("css/lone.css"), static("opening/open.js")
    says = {code: _says(tongue(code)) for code in LANGUAGES}
    return template("takeout/open.html", tongue(LANGUAGES[0])).render(
        says=says[LANGUAGES[0]],
        data=_data(says),
        words=_data({code: words_of(code) for code in LANGUAGES}),
        licences=static("vendor/age-LICENSE.txt"),
        style=Markup(style),  # noqa: S704 - files of our own
        script=Markup(script),  # noqa: S704
        policy=policy(style, script, _ALSO),
    )


def read_me() -> str:
    """Return what to do with the files, in both languages."""
    found = []
    for code in LANGUAGES:
        _ = tongue(code).gettext
        found += [
            _("These files are locked. Your seven words open them."),
            _("Open the page open.html in a browser. It needs no internet."),
            _("Without your seven words nobody opens them. Nobody has a copy."),
            _("Who knows computers can also use the program age."),
            "",
        ]
    return "\n".join(found)


def _data(found: object) -> Markup:
    text = json.dumps(found, ensure_ascii=False).replace("<", "\\u003c")
    return Markup(text)  # noqa: S704 - no tag can begin in it


def _says(say: Tongue) -> dict[str, str]:
    """Return every sentence of the page by its name."""
    _ = say.gettext
    return {
        "heading": _("Open my story"),
        "intro": _("Your story opens here, on this machine. It needs no internet."),
        "private": _("Do this where nobody is looking."),
        "choose": _("Choose the file of your story"),
        "choose-how": _("It is the file that ends in .zip. Or all the files in it."),
        "code": _("Your seven words"),
        "open": _("Open it"),
        "working": _("One moment. This can take a minute."),
        "close": _("Close everything"),
        "left": _("What you save here stays on this machine. Anyone can open it."),
        "recordings": _("The files"),
        "before": _("As it was before"),
        "play": _("Open it"),
        "save": _("Save it"),
        "words": _("In writing"),
        "machine": _("A machine wrote this down. It can be wrong."),
        "unwritten": _("There are no written words."),
        "terms": _("Who may listen"),
        "listeners": _("Who listened"),
        "nobody": _("Nobody yet."),
        "history": _("What was done"),
        "licences": _("Licences"),
        "nothing": _("This is not the file of a story, or not all of it."),
        "wrong": _("These words do not open this story."),
        "damaged": _("A file is damaged or missing. Try another copy."),
        "words-count": _("The key has seven words."),
        "unknown-word": _("Look at word %(position)s again.") % {"position": "%s"},
        "checksum": _("One word is not right. Look at each word again."),
        "part-original": _("The recording, as it was made"),
        "part-audio": _("The copy to listen to"),
        "part-altered-audio": _("The disguised voice"),
        "part-description": _("Title and topics"),
        "part-transcript": _("The words, as you corrected them"),
        "part-machine-transcript": _("The words, as a machine wrote them"),
    }
