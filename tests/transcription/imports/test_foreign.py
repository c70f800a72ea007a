"""What other tools really write, and what nobody should."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcription.errors import FormatError
from transcription.imports import text
from transcription.imports.ohms import from_ohms
from transcription.imports.subrip import from_srt
from transcription.imports.table import READERS, recognised
from transcription.imports.webvtt import from_vtt

pytestmark = pytest.mark.slow


def rows(found):
    return [
        (s.start, s.end, s.speaker, s.language, s.text, s.mixed) for s in found.segments
    ]


def ohms(inside, version="5.4"):
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<ROOT xmlns="https://www.weareavp.com/nunncenter/ohms"><record id="1" '
        f'dt="2020-01-01"><version>{version}</version>{inside}</record></ROOT>'
    ).encode()


def test_webvtt_as_tools_write_it():
    found = from_vtt(
        b"\xef\xbb\xbfWEBVTT - made by a tool\r\nKind: captions\r\nLanguage: es-MX\r\n\r\n"
        b"STYLE\r\n::cue { color: red }\r\n\r\n"
        b"NOTE\r\ntwo lines\r\nof it\r\n\r\nNOTE a --> b\r\n\r\n"
        b"REGION\r\nid:fred\r\n\r\n"
        b"intro\r\n01:02.5 --> 01:04,250 align:start position:10%\r\n"
        b"<v.loud Rosa &amp; Luz>A &lt; b<00:01:03.000><c.yellow> &nbsp;<i>c</i></c></v>"
        b"<v Ana><lang en>Yes</lang> s&iacute;\r\n- < no tag<br/>end\r\n"
        b"00:03.000 --> 00:03.000\r\n<lang en>First</lang>\r\n"
    )

    assert rows(found) == [
        (3.0, 3.0, "", "en", "First", False),
        (62.5, 64.25, "Rosa & Luz", "es-MX", "A < b c", False),
        (62.5, 64.25, "Ana", "und", "Yes sí - < no tag end", True),
    ]
    assert found.duration == 64.25
    assert found.made_by is None


def test_subrip_as_tools_write_it():
    found = from_srt(
        b"\xef\xbb\xbf1\r\n00:00:05,000 --> 00:00:07.5 X1:1 X2:9\r\n"
        b'{\\an8}<font color="red">ROSA MAR\xc3\x8dA:</font> <b>Uno</b>\r\ndos.\r\n\r\n'
        b"00:00:01,000 --> 00:00:06,000\r\n[Speaker 1]: a < b & c\r\n\r\nd\r\n\r\n"
        b"9\r\n00:08 --> 00:09\r\n1984\r\n7\r\n0:00:10,1 --> 0:00:11,20\r\nDijo: ven\r\n"
    )

    assert rows(found) == [
        (1.0, 6.0, "Speaker 1", "und", "a < b & c d", False),
        (5.0, 7.5, "ROSA MARÍA", "und", "Uno dos.", False),
        (8.0, 9.0, "", "und", "1984", False),
        (10.1, 11.2, "", "und", "Dijo: ven", False),
    ]


def test_ohms_spreads_words_between_its_marks():
    found = from_ohms(
        ohms(
            "<duration>00:03:30</duration><language>Spanish</language>"
            "<sync>1:|1(3)|4(2)||</sync><transcript>uno dos\ntres"
            "[[footnote]]1[[/footnote]]\n\nROSA: cuatro cinco\n[[footnotes]]\nx\n"
            "[[/footnotes]]</transcript>"
        )
    )

    # A mark behind the words of its line is where the next line begins.
    assert [[(w.start, w.text) for w in s.words] for s in found.segments] == [
        [(0.0, "uno"), (30.0, "dos")],
        [(60.0, "tres")],
        [(120.0, "cuatro"), (150.0, "cinco")],
    ]
    assert rows(found)[2] == (120.0, 180.0, "ROSA", "es", "cuatro cinco", False)
    assert found.duration == 210.0


def test_ohms_without_marks_is_spread_over_its_duration():
    found = from_ohms(
        ohms("<duration>2:00</duration><transcript>a b\nc d</transcript>")
    )

    assert [(s.start, s.end) for s in found.segments] == [(0, 60), (60, 120)]


def test_ohms_6_has_webvtt_inside():
    captions = (
        "WEBVTT\n\nNOTE\nTRANSCRIPTION BEGIN\n\n01:00:03.000 --> 01:00:18.000\n"
        "<v ROSA>  Uno.<br><br>Dos.\n\n01:01:22.000 --> 00:00:00.000\n<v LUZ>Fin.\n"
    )
    inside = "<language>english</language>"
    found = from_ohms(
        ohms(f"{inside}<vtt_transcript><![CDATA[{captions}]]></vtt_transcript>", "6.0")
    )

    assert rows(found) == [
        (3603.0, 3618.0, "ROSA", "en", "Uno. Dos.", False),
        (3682.0, 3682.0, "LUZ", "en", "Fin.", False),
    ]


def test_a_format_is_known_by_how_it_begins():
    assert recognised(b"\xef\xbb\xbfWEBVTT\n") == "vtt"
    assert recognised(b"\n <?xml") == "ohms"
    assert recognised(b"1\n00:00") == "srt"


CUE = "00:00:01,000 --> 00:00:02,000\nx\n"
BOMB = "".join(
    f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha" * 10}">' for n in range(10)
)


@pytest.mark.parametrize(
    "times",
    [
        "00:00:02,000 --> 00:00:01,000",
        "-00:00:01,000 --> 00:00:01,000",
        "00:00:-1,000 --> 00:00:01,000",
        "NaN --> 00:00:01,000",
        "00:00:00,000 --> inf",
        "00:61:00,000 --> 01:00:61,000",
        "99999:00:00,000 --> 99999:00:01,000",
        "00:00:00,0001 --> 00:00:01,000",
        "00:00:00,000 -->",
        "\u0660\u0660:00:00,000 --> 00:00:01,000",
    ],
)
def test_times_that_make_no_sense_are_refused(times):
    with pytest.raises(FormatError):
        from_srt(f"1\n{times}\nx\n".encode())
    with pytest.raises(FormatError):
        from_vtt(f"WEBVTT\n\n{times}\nx\n".encode())


@pytest.mark.parametrize("read", READERS.values())
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe1\0",
        "secreto ñ".encode("latin-1"),
        f"1\n{CUE}\0".encode(),
        b"WEBVTTX\n\n00:00.000 --> 00:01.000\nx",
        b"WEBVTT\n\nNOTE nothing\n",
        b"words before any time\n\n" + CUE.encode(),
        b"<a>" * 100_000,
        b"<ROOT/>",
        ohms("<transcript>\n \n</transcript>"),
        ohms("<transcript>a</transcript></record><record>"),
        ohms("<sync>1:|2(1)|</sync><transcript>a</transcript>"),
        ohms("<sync>1:|2(1)|1(1)|</sync><transcript>a\nb</transcript>"),
        ohms("<sync>0:|1(1)|</sync><transcript>a</transcript>"),
        ohms("<sync>-1:|1(1)|</sync><transcript>a</transcript>"),
        f"<!DOCTYPE ROOT [{BOMB}]><ROOT><record><transcript>&e9;</transcript></record></ROOT>".encode(),
        b'<!DOCTYPE ROOT [<!ENTITY x SYSTEM "file:///etc/passwd">]><ROOT>&x;</ROOT>',
        b"<ROOT><record><transcript>&x;</transcript></record></ROOT>",
    ],
    ids=range(18),
)
def test_what_is_no_transcript_is_refused_and_not_repeated(read, data):
    with pytest.raises(FormatError) as refused:
        read(data)

    assert "secreto" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("read", READERS.values())
def test_what_is_too_large_is_refused_before_it_is_read(read, monkeypatch):
    monkeypatch.setattr(text, "MAX_BYTES", 100)

    with pytest.raises(FormatError, match="too large"):
        read(b"WEBVTT\n\n" + CUE.encode() * 9)


def test_a_million_cues_are_refused():
    for start, read in (("", from_srt), ("WEBVTT\n\n", from_vtt)):
        with pytest.raises(FormatError, match="too many"):
            read((start + f"{CUE}\n" * 1_000_000).encode())
    with pytest.raises(FormatError):
        from_ohms(ohms("<transcript>" + "a\n" * 1_000_000 + "</transcript>"))


@pytest.mark.parametrize(
    "tags", ["<i>", "<v ", "<lang en>", "<", "[[footnotes]]", "{\\", "&", "<c "]
)
def test_markup_that_is_never_closed_keeps_nobody_waiting(tags):
    # Read in the square of its length, each of these would take hours.
    many = "x" + tags * 200_000
    inside = f"<transcript><![CDATA[{many}]]></transcript>"

    for found in (
        from_vtt(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{many}".encode()),
        from_srt(f"00:01.000 --> 00:02.000\n{many}".encode()),
        from_ohms(ohms(inside)),
    ):
        assert [each.text[0] for each in found.segments] == ["x"]


def test_languages_within_languages_keep_nobody_waiting():
    many = "<lang en>" * 200_000 + "x" + "</lang>" * 200_000

    (found,) = from_vtt(
        f"WEBVTT\n\n00:01.000 --> 00:02.000\n{many}</lang>y".encode()
    ).segments

    assert found.text == "xy"
    assert found.mixed


@pytest.mark.parametrize("around", ["{}", "<v {}>x", "<lang {}>x"])
def test_a_letter_of_thousands_of_digits_is_none(around):
    letter = around.format("&#" + "1" * 5000 + ";")

    (found,) = from_vtt(
        f"WEBVTT\n\n00:01.000 --> 00:02.000\n{letter}".encode()
    ).segments

    assert "\ufffd" in {found.text, found.speaker, found.language}


@given(st.binary(max_size=60), st.sampled_from([b"", b"WEBVTT\n\n", b"1\n", b"<ROOT>"]))
def test_anything_at_all_is_read_or_refused(data, start):
    for read in READERS.values():
        try:
            found = read(start + data)
        except FormatError:
            continue
        assert found.segments
