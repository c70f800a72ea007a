"""A package is a ZIP of any size, made with little memory, and its page reads it."""

import io
import json
import re
import subprocess
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from archive.access import NotHereError
from archive.released import ChangedError, Released
from archive.takeout.members import Member, into_zip, released, written
from archive.takeout.opener import opener, read_me
from tests.conftest import need

STATIC = Path(__file__).parents[2] / "archive" / "static"
MEGABYTE = 1 << 20
NOUGHTS = bytes(MEGABYTE)
# As much of a browser's File as is asked for: node's own takes 4 GB for nothing.
_A_FILE = """
import { openSync, readSync, statSync } from "node:fs";
class AFile {
  constructor(path, start = 0, end = statSync(path).size) {
    Object.assign(this, { path, start, size: end - start });
  }
  slice(from, to) {
    return new AFile(this.path, this.start + from, this.start + Math.min(to, this.size));
  }
  async arrayBuffer() {
    const found = new Uint8Array(this.size);
    readSync(openSync(this.path), found, 0, this.size, this.start);
    return found.buffer;
  }
  async text() { return new TextDecoder().decode(await this.arrayBuffer()); }
}
"""


def noughts(megabytes):
    return Member(
        "sealed/original-1.age",
        megabytes * MEGABYTE,
        lambda: (NOUGHTS for _ in range(megabytes)),
    )


def test_a_package_takes_no_more_memory_than_a_few_ranges():
    tracemalloc.start()
    package = into_zip([written("one", "x"), noughts(200)])
    size = sum(len(each) for each in package.chunks)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert size == package.size
    assert peak < 8 * MEGABYTE


def test_it_opens_as_a_zip_anywhere():
    package = into_zip([written("a/ñ.txt", "uno"), noughts(1), written("b", b"")])
    with zipfile.ZipFile(io.BytesIO(b"".join(package.chunks))) as found:
        assert found.testzip() is None
        assert found.read("a/ñ.txt") == b"uno"
        assert found.read("b") == b""


@pytest.mark.parametrize("other", [{"total": 9}, {"revision": 2}])
def test_two_revisions_are_never_joined(other):
    told = {"offset": 0, "total": 4, "media_type": "", "revision": 1}
    given = iter([told, {**told, **other}])
    member = released("one", lambda *_: Released(b"abcd", **next(given)))

    with pytest.raises(ChangedError):
        list(member.chunks())


def test_what_is_refused_in_the_middle_ends_it_before_its_end():
    def chunks():
        yield NOUGHTS
        raise NotHereError

    package = into_zip([Member("one", 2 * MEGABYTE, chunks)])
    got = []

    with pytest.raises(NotHereError):
        got.extend(package.chunks)

    assert sum(map(len, got)) < package.size
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(b"".join(got)))


@pytest.mark.slow
def test_its_page_finds_the_files_of_a_package_of_more_than_4_gb(tmp_path):
    """Written with holes in it, so that it takes little room; read by the page's code."""
    node = need("node", "apt-get install nodejs")
    package = into_zip([written("salt", "x"), noughts(4100), written("last", "end")])
    path, position = tmp_path / "large.zip", 0
    with path.open("wb") as file:
        for each in package.chunks:
            if each != NOUGHTS:
                file.seek(position)
                file.write(each)
            position += len(each)
        file.truncate(package.size)
    script = tmp_path / "read.mjs"
    script.write_text(
        _A_FILE
        + f"""
        import {{ filesIn }} from "{STATIC}/js/opening/zip.js";
        const found = await filesIn(new AFile("{path}"));
        const text = async (name) => found.get(name).text();
        const sizes = Array.from(found, ([name, blob]) => [name, blob.size]);
        console.log(JSON.stringify([sizes, await text("salt"), await text("last")]));
        """
    )
    done = subprocess.run([node, script], check=True, capture_output=True, text=True)

    assert json.loads(done.stdout) == [
        [["salt", 1], ["sealed/original-1.age", 4100 * MEGABYTE], ["last", 3]],
        "x",
        "end",
    ]


def test_the_page_asks_nothing_of_any_network():
    page = opener()

    [policy] = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    assert "default-src &#39;none&#39;" in policy
    assert "connect-src &#39;none&#39;" in policy
    markup = re.sub(r"<(script|style|pre)\b.*?</\1>", "", page, flags=re.DOTALL)
    assert re.findall(r"(?:src|href|action)=", markup) == []
    assert "open.html" in read_me()
