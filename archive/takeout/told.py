"""A narrator's word and what came of it, in plain sentences and for machines."""

import json
from dataclasses import dataclass

from archive.act_documents import written
from archive.listeners import Listener, Listeners
from archive.past import Past, PastAct
from archive.telling.of_acts import told
from archive.telling.of_listeners import heard_in
from archive.telling.of_terms import Names, terms_in
from archive.telling.tongues import LANGUAGES, Tongue, tongue
from archive.wishes import Wishes
from consent.actors import Actor
from consent.parts import HEARD_BY_OTHERS
from consent.terms import Terms
from consent.writing import to_json


@dataclass(frozen=True)
class Spoken:
    """One act or day: what it says above, and the sentences under it."""

    day: str
    heading: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Word:
    """All that was said and done about one testimony, as its narrator may know it."""

    terms: Terms
    acts: list[PastAct]
    listeners: list[Listener]
    names: Names

    def terms_in(self, say: Tongue) -> list[str]:
        """Return who may have what, a sentence each."""
        return list(terms_in(say, self.terms, self.names))

    def history_in(self, say: Tongue) -> list[Spoken]:
        """Return what was done, oldest first."""
        found = ((each, told(say, each.act, self.names)) for each in self.acts)
        return [
            Spoken(say.day(each.day), it.heading, it.sentences) for each, it in found
        ]

    def listeners_in(self, say: Tongue) -> list[str]:
        """Return who was given what, newest first."""
        return [f"{say.day(each.day)} · {_heard(say, each)}" for each in self.listeners]

    def files(self) -> dict[str, str]:
        """Return all of it as files."""
        history = [self._act(each) for each in self.acts]
        files = {
            "terms.json": to_json(self.terms),
            "history.json": json.dumps(history, indent=1, ensure_ascii=False),
            "listeners.json": json.dumps(
                [_listener(each) for each in self.listeners],
                indent=1,
                ensure_ascii=False,
            ),
        }
        for code in LANGUAGES:
            say = tongue(code)
            files[f"terms-{code}.txt"] = _lines(self.terms_in(say))
            files[f"history-{code}.txt"] = "\n\n".join(
                "\n".join([each.day, each.heading, *each.sentences])
                for each in self.history_in(say)
            )
            files[f"listeners-{code}.txt"] = _lines(self.listeners_in(say))
        return files

    def _act(self, each: PastAct) -> dict[str, object]:
        kind, document = written(each.act)
        words = {}
        for code in LANGUAGES:
            found = told(tongue(code), each.act, self.names)
            words[code] = [found.heading, *found.sentences]
        entry = {"number": each.sequence, "day": each.day.isoformat(), "act": kind}
        return {**entry, **json.loads(document), "words": words}


def word_of(
    wishes: Wishes, past: Past, listeners: Listeners, actor: Actor, testimony_id: str
) -> Word:
    """Return what its narrator may know of it; raise `NotHereError` to others."""
    return Word(
        terms=wishes.terms(actor, testimony_id),
        acts=past.of(actor, testimony_id),
        listeners=listeners.of(actor, testimony_id),
        names=past.names(actor, testimony_id),
    )


def _heard(say: Tongue, each: Listener) -> str:
    stretches = each.stretches if each.part in HEARD_BY_OTHERS else ()
    return heard_in(say, each.kind, each.name, each.part.value, stretches)


def _listener(each: Listener) -> dict[str, object]:
    return {
        "day": each.day.isoformat(),
        "who": each.kind,
        "name": each.name,
        "part": each.part.value,
        "heard": each.stretches,
    }


def _lines(sentences: list[str]) -> str:
    return "".join(f"{each}\n" for each in sentences)
