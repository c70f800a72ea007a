"""The files of a package, and the two places they go to: a folder, or a ZIP."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from zipstream import ZipStream

from archive.access import MAX_RANGE
from archive.released import ChangedError, Released

Release = Callable[[int, int], Released]


@dataclass(frozen=True)
class Member:
    """One file: its name, its size in bytes, and its bytes, asked for when needed."""

    name: str
    size: int
    chunks: Callable[[], Iterator[bytes]]


def written(name: str, content: str | bytes) -> Member:
    """Return a file of a content that is at hand."""
    found = content.encode() if isinstance(content, str) else content
    return Member(name, len(found), lambda: iter((found,)))


def released(name: str, release: Release) -> Member:
    """Return a file whose every range is asked for anew, when its turn comes.

    Its chunks raise what `release` raises, and `ChangedError` rather than join two
    revisions.
    """
    first = release(0, 0)

    def chunks() -> Iterator[bytes]:
        position = 0
        while position < first.total:
            found = release(position, MAX_RANGE)
            if (found.total, found.revision) != (first.total, first.revision):
                raise ChangedError
            position += len(found.data)
            yield found.data

    return Member(name, first.total, chunks)


def into_folder(members: Iterable[Member], folder: Path) -> list[str]:
    """Write the files into a folder; return their names in order."""
    names = []
    for each in members:
        path = folder / each.name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("xb") as target:
            target.writelines(each.chunks())
        names.append(each.name)
    return sorted(names)


@dataclass(frozen=True)
class Package:
    """A ZIP as it is made: its size in bytes, and its bytes, of which few are held."""

    size: int
    chunks: Iterator[bytes]


def into_zip(members: Iterable[Member]) -> Package:
    """Return a ZIP of the files, stored as they are.

    Broken off, it has no end and is no ZIP: nobody takes a part for the whole.
    """
    stream = ZipStream(sized=True)
    for each in members:
        stream.add(each.chunks(), each.name, size=each.size)
    return Package(len(stream), iter(stream))
