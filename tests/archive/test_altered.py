"""The disguised copy: made of real speech, and given to whom it was opened to."""

import io

import av
import pytest

from archive import renditions
from archive.access import NotHereError
from archive.models.audit_entry import AuditEntry
from archive.renditions import Renditions, secret_of
from archive.worker import Worker
from consent.actors import Anyone
from consent.audiences import PUBLIC, RESEARCHERS
from consent.levels import Level
from consent.parts import Part
from consent.terms import Passage, Permission, Terms
from consent.timeline import Span
from tests.archive.rooms.conftest import app, browser, browsers
from transcription.errors import EngineError, Fault, MediaError

__all__ = ["app", "browser", "browsers"]

LABEL = "Disguised voice. Someone who knows this voice, or has good tools"
UNKNOWN = "0" * 32
BOTH = (Part.AUDIO, Part.ALTERED_AUDIO)


@pytest.fixture
def made(house, deposit):
    """A story whose two copies the worker made of real speech."""
    story = deposit(transcription=False)
    Worker(house).run(until_idle=True, stopping=lambda: False)
    return story


@pytest.fixture
def copies(house, made):
    """What its narrator has of it."""
    return {
        part: house.gate.whole(made.actor, made.testimony_id, part) for part in BOTH
    }


@pytest.fixture
def open_to(house, made):
    """Say how far it is open to whom, and with which passages."""

    def said(level, *passages, audience=PUBLIC):
        terms = Terms(
            permissions={audience: Permission(level=level)}, passages=passages
        )
        house.wishes.change_terms(made.actor, made.testimony_id, terms)

    return said


def part_of(start, end, level):
    return Passage(span=Span(start, end), level=level)


def read(browser, path):
    return browser.get(path, **{"Accept-Language": "en"}).get_data(as_text=True)


def told(answer, story=None):
    """All of an answer, with the id that was asked for taken out."""
    each = story.testimony_id if story else UNKNOWN
    whole = f"{answer.status_code}\n{answer.headers}\n{answer.get_data(as_text=True)}"
    return whole.replace(each, UNKNOWN)


def given(house, actor, story):
    found = set()
    for part in BOTH:
        try:
            house.gate.whole(actor, story.testimony_id, part)
        except NotHereError:
            continue
        found.add(part)
    return found


def test_its_narrator_hears_both_and_nobody_else_either(house, made, copies):
    plain, altered = copies[Part.AUDIO], copies[Part.ALTERED_AUDIO]

    assert plain != altered
    assert len(altered) == pytest.approx(len(plain), rel=0.02)
    with av.open(io.BytesIO(altered)) as container:
        assert container.metadata == {}
        assert sum(f.samples for f in container.decode(audio=0)) > 9 * 44_100
    assert given(house, Anyone(), made) == set()


@pytest.mark.parametrize(
    ("level", "passages", "expected"),
    [
        (Level.WORDS, (), None),
        (Level.ALTERED_VOICE, (), Part.ALTERED_AUDIO),
        (Level.VOICE, (), Part.AUDIO),
        # Whole in a disguise, for the plain voice is withheld of some of it.
        (
            Level.VOICE,
            (part_of(1000, 2000, Level.ALTERED_VOICE),),
            Part.ALTERED_AUDIO,
        ),
        (Level.VOICE, (part_of(1000, 2000, Level.WORDS),), None),
        (Level.ALTERED_VOICE, (part_of(1000, 2000, Level.NOTHING),), None),
    ],
)
def test_the_web_plays_what_was_opened_and_says_which_it_is(
    house, made, copies, open_to, browser, level, passages, expected
):
    open_to(level, *passages)

    answer = browser.get(f"/media/{made.testimony_id}/audio")
    page = read(browser, f"/t/{made.testimony_id}")

    assert answer.status_code == (200 if expected else 404)
    if expected:
        assert answer.get_data() == copies[expected]
    else:
        assert told(answer, made) == told(browser.get(f"/media/{UNKNOWN}/audio"))
    # A copy without what is withheld is to be made yet: its player is there.
    shown = expected or _to_come(level)
    assert ("<audio" in page) == (shown is not None)
    assert (LABEL in page) == (shown is Part.ALTERED_AUDIO)
    assert (expected is Part.AUDIO) == (Part.AUDIO in given(house, Anyone(), made))


def _to_come(level):
    return {Level.VOICE: Part.AUDIO, Level.ALTERED_VOICE: Part.ALTERED_AUDIO}.get(level)


def test_a_range_of_it_is_kept_as_a_listening_to_it(
    house, made, copies, open_to, person, browser
):
    open_to(Level.ALTERED_VOICE, audience=RESEARCHERS)
    reader = person("researcher")
    browser.post("/research/sign-in", login="researcher", password="0123456789")

    answer = browser.get(f"/media/{made.testimony_id}/audio", Range="bytes=100-299")

    assert answer.status_code == 206
    assert answer.get_data() == copies[Part.ALTERED_AUDIO][100:300]
    (heard,) = (
        each
        for each in house.listeners.of(made.actor, made.testimony_id)
        if each.part in BOTH
    )
    assert heard.part is Part.ALTERED_AUDIO
    with house.database.reading() as session:
        kept = {
            row.part: row.answer
            for row in session.query(AuditEntry)
            if row.person_id == reader.person_id
        }
    assert kept["altered-audio"] == "released"
    assert kept["audio"] == "refused"


def test_withdrawn_it_is_its_narrators_alone(house, made, open_to, browser):
    open_to(Level.VOICE)
    assert given(house, Anyone(), made) == set(BOTH)
    house.wishes.withdraw(made.actor, made.testimony_id)

    assert given(house, Anyone(), made) == set()
    assert given(house, made.actor, made) == set(BOTH)
    for path in ("audio", "altered"):
        answer = browser.get(f"/media/{made.testimony_id}/{path}")
        assert answer.status_code == 404
        assert told(answer, made) == told(browser.get(f"/media/{UNKNOWN}/{path}"))


def test_its_narrator_hears_it_before_choosing(made, copies, browser):
    browser.post("/mine/enter", code=made.code)

    page = read(browser, f"/mine/{made.testimony_id}")
    choice = read(browser, f"/mine/{made.testimony_id}/terms/public")
    plain = browser.get(f"/media/{made.testimony_id}/audio")
    altered = browser.get(f"/media/{made.testimony_id}/altered")

    assert "As others hear it, disguised" in page
    assert LABEL in page
    assert 'value="altered_voice"' in choice
    assert plain.get_data() == copies[Part.AUDIO]
    assert altered.get_data() == copies[Part.ALTERED_AUDIO]


def test_without_a_disguised_copy_no_page_offers_one(house, deposit, browser):
    story = deposit("public")
    house.objects.add(story.testimony_id, Part.AUDIO, b"sound", "audio/mpeg")
    browser.post("/mine/enter", code=story.code)

    page = read(browser, f"/mine/{story.testimony_id}")

    assert "/audio" in page
    assert "/altered" not in page


def test_made_again_it_is_the_same(house, made, copies):
    Renditions(house).render_altered(made.testimony_id)

    again = house.gate.whole(made.actor, made.testimony_id, Part.ALTERED_AUDIO)
    assert again == copies[Part.ALTERED_AUDIO]


def test_the_secret_hangs_on_every_byte_and_is_no_digest_of_the_recording(recording):
    file = io.BytesIO(recording)
    one, again = secret_of(file), secret_of(file)
    changed = bytearray(recording)
    changed[-1] ^= 1

    assert one == again
    assert one != secret_of(io.BytesIO(changed))
    assert one != renditions.hashlib.sha256(recording).digest()


@pytest.mark.parametrize(
    "error", [MediaError(Fault.CRASHED), EngineError(Fault.UNBOXED)]
)
def test_where_the_disguise_fails_the_rest_goes_on(
    house, deposit, monkeypatch, caplog, error
):
    def failing(source, sink, secret):
        sink.write(b"half of it")
        raise error

    monkeypatch.setattr(renditions, "render_altered", failing)
    story = deposit("public", transcription=False)
    before = set(house.installation.blobs.keys())

    with caplog.at_level("INFO"):
        Worker(house).run(until_idle=True, stopping=lambda: False)

    assert given(house, story.actor, story) == {Part.AUDIO}
    assert len(set(house.installation.blobs.keys()) - before) == 1
    logged = [each.getMessage() for each in caplog.records]
    assert f"disguise-error kind={type(error).__name__}" in logged
    # The narrator refused the machine: it came as far as asking for the words.
    assert house.transcripts.state(story.actor, story.testimony_id).state == "refused"


def test_withdrawn_while_it_is_disguised_nothing_is_kept(house, deposit, monkeypatch):
    story = deposit("public")
    render = renditions.render_altered

    def slow(source, sink, secret):
        seconds = render(source, sink, secret)
        house.wishes.withdraw(story.actor, story.testimony_id)
        return seconds

    monkeypatch.setattr(renditions, "render_altered", slow)

    Worker(house).work_on(story.testimony_id)

    assert house.transcripts.state(story.actor, story.testimony_id).state == "refused"
    with pytest.raises(LookupError):
        house.objects.newest(story.testimony_id, Part.ALTERED_AUDIO, None)
