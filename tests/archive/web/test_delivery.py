"""What is asked without bytes, and what goes out, is decided alike."""

import pytest

from consent.parts import Part


@pytest.fixture
def sound(deposit, house):
    def made(audience):
        story = deposit(audience)
        house.objects.add(story.testimony_id, Part.AUDIO, bytes(2 << 20), "audio/mpeg")
        return f"/media/{story.testimony_id}/audio"

    return made


def test_a_head_says_how_long_it_is_and_opens_nothing(browser, sound):
    answer = browser.client.head(sound("public"))

    assert answer.status_code == 200
    assert answer.headers["Content-Length"] == str(2 << 20)
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Content-Type"] == "audio/mpeg"
    assert answer.data == b""


def test_a_head_is_refused_like_the_rest(browser, sound):
    hidden, unknown = sound("me"), f"/media/{'0' * 32}/audio"

    for path in (hidden, unknown):
        assert browser.client.head(path).status_code == 404


def test_whoever_wants_the_whole_gets_it_in_pieces_of_a_mebibyte(browser, sound):
    answer = browser.client.get(sound("public"), buffered=False)

    assert answer.headers["Content-Length"] == str(2 << 20)
    assert [len(piece) for piece in answer.response] == [1 << 20, 1 << 20]
    answer.close()


def test_no_answer_to_a_range_is_longer_than_a_mebibyte(browser, sound):
    answer = browser.get(sound("public"), Range="bytes=5-2097151")

    assert answer.status_code == 206
    assert answer.headers["Content-Range"] == f"bytes 5-{(1 << 20) + 4}/{2 << 20}"
    assert len(answer.data) == 1 << 20
