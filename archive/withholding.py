"""Takes out of what leaves the archive what an asker is not given.

Of an approved transcript whole segments go, since half a sentence can say what the
other half was to keep; and what is suspected to be the machine's invention goes too. Of
a description, the names go by which its narrator is not to be called; of a transcript,
those of who speaks.
"""

from collections.abc import Sequence
from dataclasses import replace

from archive.cut_copies import timed_as
from archive.descriptions import Description
from consent.decisions import Reason, Release
from consent.holes import Hole
from consent.levels import Naming
from consent.parts import CUT_ON_THE_WAY, Part
from consent.timeline import Span
from transcription.speaker_names import numbered
from transcription.transcript import Segment, Transcript

GUARD_MS = 250
"""How far around a withheld passage words go too: their times are not exact."""


def may_choose(release: Release, revision: int | None) -> bool:
    """Say whether whoever asks may name a revision, rather than have the newest."""
    # An earlier one can say what its narrator has taken out since.
    return revision is None or bool(
        release.disclosure.reasons & {Reason.NARRATOR, Reason.MACHINE}
    )


def is_cut(release: Release) -> bool:
    """Say whether something may have to be left out of a part as it leaves."""
    own = Reason.NARRATOR in release.disclosure.reasons
    return release.part in CUT_ON_THE_WAY and not own


def left_of(plain: bytes, release: Release, cuts: tuple[Hole, ...]) -> bytes:
    """Return a part without what is withheld of it from whoever asked.

    Words keep the time of the copy that goes with them, which was cut so.
    """
    if release.part is Part.DESCRIPTION:
        return as_named(plain, release.disclosure.naming)
    named = release.disclosure.naming is Naming.NAME
    left = without(plain, release.withheld, named=named)
    return timed_as(left, cuts).to_json().encode()


def without(words: bytes, withheld: Sequence[Span], *, named: bool) -> Transcript:
    """Return a transcript (from JSON) without its withheld and suspect segments.

    Who speaks is told by numbers unless `named`: a narrator may have written names.
    Raise `FormatError` where it cannot be read: nothing leaves on a doubt.
    """
    found = Transcript.from_json(words.decode())
    kept = tuple(
        segment
        for segment in found.segments
        if not segment.suspect and not any(_touches(segment, s) for s in withheld)
    )
    left = replace(found, segments=kept)
    return left if named else numbered(left)


def as_named(description: bytes, naming: Naming) -> bytes:
    """Return a description (JSON) with no other name than `naming` allows."""
    found = Description.from_json(description)
    named = naming is Naming.NAME
    pseudonymous = naming is Naming.PSEUDONYM or (named and not found.name)
    return replace(
        found,
        name=found.name if named else "",
        pseudonym=found.pseudonym if pseudonymous else "",
    ).to_json()


def _touches(segment: Segment, span: Span) -> bool:
    starts = [segment.start, *(word.start for word in segment.words)]
    ends = [segment.end, *(word.end for word in segment.words)]
    start, end = min(starts) * 1000 - GUARD_MS, max(ends) * 1000 + GUARD_MS
    return span.start < end and (span.end is None or start < span.end)
