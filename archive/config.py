"""Settings, read once from the environment; the archive does not start on a doubt."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from storage.blob_places import place_at
from transcription.whisper_languages import KNOWN

T = TypeVar("T")
_ITSELF = ("http", "localhost")
_HOST = re.compile(r"[a-z0-9.-]+(:[0-9]+)?")


class ConfigError(Exception):
    """A setting makes no sense; `names` lists every such setting at once."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


def _setting(default: T, help_text: str, read: Callable[[str], T]) -> T:
    return field(default=default, metadata={"help": help_text, "read": read})


def _path(text: str) -> Path | None:
    return Path(text)


def _place(text: str) -> str:
    place_at(text)
    return text


def _whole(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError(text)
    return number


def _positive(text: str) -> int:
    number = _whole(text)
    if not number:
        raise ValueError(text)
    return number


_DAYS_OF_A_WEEK = 7


def _week(text: str) -> int:
    number = _whole(text)
    if number > _DAYS_OF_A_WEEK:
        raise ValueError(text)
    return number


def _flag(text: str) -> bool:
    return {"1": True, "yes": True, "0": False, "no": False}[text.lower()]


def _languages(text: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(text.lower().replace(",", " ").split()))
    if not found or not KNOWN.issuperset(found):
        raise ValueError(text)
    return found


def _engine(text: str) -> str:
    if text not in {"auto", "faster-whisper", "openai-whisper"}:
        raise ValueError(text)
    return text


def _kiosks(text: str) -> str:
    if text not in {"open", "enrolled"}:
        raise ValueError(text)
    return text


def _origin(text: str) -> str:
    told = urlsplit(text.lower().rstrip("/"))
    # Browsers bind passkeys to a name: to no number, and over plain http to none but
    # the machine's own.
    known = told.scheme == "https" or (told.scheme, told.hostname) == _ITSELF
    if not known or not _HOST.fullmatch(told.netloc) or _is_number(told.hostname or ""):
        raise ValueError(text)
    if told.path or told.query or told.fragment:
        raise ValueError(text)
    port = "" if told.port in {None, 443} else f":{told.port}"
    return f"{told.scheme}://{told.hostname}{port}"


def _is_number(host: str) -> bool:
    return host.rpartition(".")[2].isdigit()


def _address(text: str) -> str:
    told = urlsplit(text)
    # Taken into a policy as it is: nothing in it may end a word there.
    if told.scheme not in {"http", "https"} or not _HOST.fullmatch(told.netloc):
        raise ValueError(text)
    return text


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that differs between installations; `RESGUARDO_<NAME>` sets each."""

    data: Path = _setting(Path("var"), "Folder of the archive", Path)
    keyring: Path | None = _setting(
        None, "Folder of the keys, kept apart from the data (default: DATA/keys)", _path
    )
    database_url: str = _setting("", "Database (default: SQLite in DATA)", str)
    blobs: str = _setting(
        "", "Sealed files: a folder or s3://BUCKET/PREFIX (default: DATA/blobs)", _place
    )
    languages: tuple[str, ...] = _setting(
        ("es", "en"), "Languages that are spoken in the archive", _languages
    )
    engine: str = _setting("auto", "auto, faster-whisper or openai-whisper", _engine)
    model: str = _setting("base", "Whisper model: a name or a folder", str)
    cpu_threads: int = _setting(2, "Processor threads for transcription", _positive)
    cooling_off_hours: int = _setting(
        72, "Hours before the community or the public hear what was opened", _whole
    )
    freeze_days: int = _setting(
        30,
        "Days that nothing opens any wider, once a narrator asks for that",
        _positive,
    )
    erasing_days: int = _setting(
        7, "Days to change one's mind after asking to erase: 0 to 7", _week
    )
    max_upload_bytes: int = _setting(8 << 30, "Largest recording taken in", _positive)
    kiosks: str = _setting(
        "open", "Which tablets may deposit: open (any) or enrolled", _kiosks
    )
    https: bool = _setting(
        default=False, help_text="Served over https: yes or no", read=_flag
    )
    public_url: str = _setting(
        "", "Where people reach it, as https://NAME: for passkeys on phones", _origin
    )
    neutral_page: str = _setting(
        "",
        "Where who leaves in haste is led (default: a page that names nothing)",
        _address,
    )
    proxies: int = _setting(
        0, "Proxies in front, each adding to X-Forwarded-For and -Proto", _whole
    )
    keyring_retention_days: int = _setting(
        7, "Days that backups of the keys are kept", _positive
    )
    recovery_days: int = _setting(
        14, "Days in which the old code can stop that a new one is made", _positive
    )
    tombstones: Path | None = _setting(
        None, "Folder outside this machine where what was closed is noted", _path
    )
    witness: Path | None = _setting(
        None, "Folder of the witness who keeps the ledger's last head", _path
    )
    vault: Path | None = _setting(
        None, "Folder of the vault's sockets (default: DATA/run)", _path
    )
    passphrase_file: Path | None = _setting(
        None, "File with the passphrase of the archive identity", _path
    )

    @classmethod
    def from_environ(
        cls, environ: Mapping[str, str], data: Path | None = None
    ) -> "Settings":
        """Read `RESGUARDO_*`; `data` from the command line wins."""
        found: dict[str, object] = {}
        wrong: list[str] = []
        for each in fields(cls):
            name = f"RESGUARDO_{each.name.upper()}"
            if text := environ.get(name):
                try:
                    found[each.name] = each.metadata["read"](text)
                except (ValueError, KeyError):
                    wrong.append(name)
        if wrong:
            raise ConfigError(wrong)
        if data is not None:
            found["data"] = data
        return cls(**found)  # type: ignore[arg-type]

    @property
    def questions(self) -> Path:
        """Return the folder of the kiosk's question cards: es.txt and en.txt."""
        return self.data / "questions"

    @property
    def keys(self) -> Path:
        """Return the folder of the keys."""
        return self.keyring or self.data / "keys"

    @property
    def database(self) -> str:
        """Return the database's URL."""
        path = (self.data / "archive.sqlite").absolute()
        return self.database_url or f"sqlite:///{path}"

    @property
    def sockets(self) -> Path:
        """Return the folder of the vault's sockets."""
        return self.vault or self.data / "run"

    @property
    def slots(self) -> Path:
        """Return the folder of the workers' locks."""
        return self.data / "workers"
