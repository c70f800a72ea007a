"""What a document says of the words in it."""

from archive.telling.tongues import Tongue
from transcription.formats.about import Wording


def wording(say: Tongue) -> Wording:
    """Return the sentences of a transcript's document, in one language."""
    _ = say.gettext
    return Wording(
        code=say.code,
        by_machine=_(
            "A machine wrote this down on %(day)s (%(engine)s, model %(model)s). "
            "It can be wrong."
        ),
        by_person=_("A person wrote this down."),
        unsure=_("The machine was not sure of the words in brackets."),
        suspect=_("Perhaps nobody said this: the machine may have invented it."),
        languages=_("Languages: %(languages)s"),
        usage=_(
            "Only the narrator decides who may read or use these words, and can "
            "change it at any time. The archive keeps the terms that are in force; "
            "they go wherever these words go."
        ),
    )
