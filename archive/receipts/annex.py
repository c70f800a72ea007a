"""What a receipt tells beside its act: from the archive's books, under no proof."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Annex:
    """Sentences: what a closing stopped, and what cannot be called back."""

    stopped: tuple[str, ...] = ()
    not_recalled: tuple[str, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return all of it, in order."""
        return (*self.stopped, *self.not_recalled)


NOTHING = Annex()
