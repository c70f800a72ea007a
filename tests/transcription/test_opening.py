import io
import os
from pathlib import Path

import av
import pytest

from transcription.audio import open_media, stream_samples
from transcription.errors import Fault, MediaError
from transcription.rendition import render_audio

pytestmark = pytest.mark.slow

CONCAT = b"ffconcat version 1.0\nfile secret.wav\n"
PLAYLIST = (
    b"#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:10\n"
    b"#EXTINF:3.0,\nsecret.wav\n#EXT-X-ENDLIST\n"
)


@pytest.fixture
def neighbour(tmp_path, recording):
    """A folder with another narrator's recording, and this process in it."""
    (tmp_path / "secret.wav").write_bytes(recording("wav"))
    before = Path.cwd()
    os.chdir(tmp_path)
    yield tmp_path
    os.chdir(before)


def test_plain_ffmpeg_would_play_a_neighbours_recording(neighbour):
    # The control: without our guards the attack works, so the tests below mean it.
    path = neighbour / "x.webm"
    path.write_bytes(CONCAT)

    with path.open("rb") as file, av.open(file) as container:
        heard = sum(frame.samples for frame in container.decode(audio=0))

    assert heard > 100_000


@pytest.mark.parametrize("text", [CONCAT, PLAYLIST], ids=["concat", "hls"])
@pytest.mark.parametrize("name", ["x.webm", "x.m3u8", "x.ffconcat", "x.wav"])
def test_a_list_of_files_is_never_followed(neighbour, text, name):
    path = neighbour / name
    path.write_bytes(text)

    for hear in (open_media, lambda f: list(stream_samples(f)), _render):
        with path.open("rb") as file, pytest.raises(MediaError) as caught:
            hear(file)
        assert caught.value.code == Fault.NOT_MEDIA


@pytest.mark.parametrize("form", ["concat", "hls", "dash", "image2", "nut", "avi"])
def test_a_list_dressed_in_a_containers_mark_is_not_followed(neighbour, form):
    for mark in (b"RIFF", b"OggS", b"ID3", b"\x1aE\xdf\xa3", form.encode()):
        with pytest.raises(MediaError):
            open_media(io.BytesIO(mark + b"\n" + CONCAT))


def test_a_container_not_on_the_list_is_refused(recording):
    with pytest.raises(MediaError) as caught:
        open_media(io.BytesIO(recording("au", "pcm_s16be")))

    assert caught.value.code == Fault.NOT_MEDIA


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", Fault.EMPTY),
        ("Nací en Oaxaca. ".encode() * 500, Fault.NOT_MEDIA),
        (b"%PDF-1.7\n" + bytes(5000), Fault.NOT_MEDIA),
        (bytes(100_000), Fault.NOT_MEDIA),
        (b"\x1aE\xdf\xa3" + bytes(5000), Fault.DAMAGED),
    ],
    ids=["empty", "text", "pdf", "zeros", "broken-webm"],
)
def test_what_is_no_recording_has_a_code(data, code):
    with pytest.raises(MediaError) as caught:
        open_media(io.BytesIO(data))

    assert caught.value.code == code


def test_a_video_without_sound_is_refused(video_only):
    with pytest.raises(MediaError) as caught:
        open_media(io.BytesIO(video_only))

    assert caught.value.code == Fault.NO_AUDIO


def test_a_recording_of_no_length_is_too_short(no_sound_at_all):
    with pytest.raises(MediaError) as caught:
        open_media(io.BytesIO(no_sound_at_all))

    assert caught.value.code == Fault.TOO_SHORT


@pytest.mark.parametrize(
    ("container", "codec"), [("wav", "pcm_s16le"), ("webm", "libopus"), ("mp4", "aac")]
)
@pytest.mark.parametrize("base", [OSError, Exception, ValueError])
def test_an_error_of_the_file_itself_passes_through(recording, container, codec, base):
    data = recording(container, codec, seconds=20.0)

    class Altered(io.BytesIO):
        def read(self, size=-1):
            if len(data) // 2 < self.tell() < len(data) * 3 // 4:
                raise TamperedError
            return super().read(size)

    class TamperedError(base):
        pass

    with pytest.raises(TamperedError):
        list(stream_samples(Altered(data)))


def _render(file):
    return render_audio(file, io.BytesIO())
