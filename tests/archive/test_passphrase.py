"""Where a passphrase may come from, and which file is refused."""

import pytest

from archive import passphrase
from archive.config import Settings
from archive.passphrase import PassphraseError


@pytest.fixture
def kept(tmp_path):
    def keep(mode):
        path = tmp_path / passphrase.CREDENTIAL
        path.write_text("a long passphrase\n")
        path.chmod(mode)
        return path

    return keep


def test_a_file_that_others_may_read_is_refused(kept):
    settings = Settings(passphrase_file=kept(0o440))

    with pytest.raises(PassphraseError, match="chmod 600"):
        passphrase.from_file(settings)


@pytest.mark.parametrize("mode", [0o400, 0o440])
def test_a_credential_of_systemd_is_read_as_systemd_made_it(kept, mode, monkeypatch):
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(kept(mode).parent))

    assert passphrase.from_file(Settings()) == "a long passphrase"


def test_an_empty_credential_leaves_the_archive_locked(kept, monkeypatch):
    path = kept(0o600)
    path.write_text("")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(path.parent))

    assert passphrase.offered(Settings(), prompt=False) is None


def test_no_credential_of_that_name_is_none(tmp_path, monkeypatch):
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))

    assert passphrase.from_file(Settings()) is None
