import faster_whisper.tokenizer
import pytest

from archive.config import ConfigError, Settings
from transcription.whisper_languages import KNOWN


def test_the_languages_are_those_that_whisper_knows():
    assert set(faster_whisper.tokenizer._LANGUAGE_CODES) == KNOWN


@pytest.mark.parametrize(
    ("said", "languages"),
    [
        ("es,en", ("es", "en")),
        ("ES En", ("es", "en")),
        ("en, es, en", ("en", "es")),
        ("ht", ("ht",)),
    ],
)
def test_languages_are_read(said, languages):
    read = Settings.from_environ({"RESGUARDO_LANGUAGES": said})

    assert read.languages == languages


@pytest.mark.parametrize("said", [",", "nah", "es,nah", "español", "es-MX", "es;en"])
def test_a_language_that_the_machine_cannot_hear_is_refused_at_the_start(said):
    with pytest.raises(ConfigError, match="RESGUARDO_LANGUAGES"):
        Settings.from_environ({"RESGUARDO_LANGUAGES": said})
