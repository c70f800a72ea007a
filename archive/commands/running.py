"""The processes of an archive, and its lock."""

import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path

import click

from archive import supervision
from archive.access import LockedError, Strongroom, VaultUnavailableError
from archive.clock import now
from archive.commands.custody import SECRETS, secrets_from
from archive.commands.invocation import Invocation
from archive.config import Settings
from archive.house import furnish
from archive.installation import NoArchiveError
from archive.local_tls import LocalTLS
from archive.passphrase import PassphraseError, offered
from archive.vault.client import strongroom_at

_TRIES, _PAUSE = 40, 0.25
_HOST = click.option("--host", default="127.0.0.1", show_default=True)
_PORT = click.option("--port", default=8000, show_default=True)
_TLS = click.option(
    "--tls", is_flag=True, help="Over https, as `kiosk-setup` made it ready."
)
_WITH_PARENT = click.option("--with-parent", is_flag=True, hidden=True)


@click.command()
@_HOST
@_PORT
@_TLS
@click.option(
    "--setup-port", type=int, help="Page that installs the certificate, plain http."
)
@click.option("--no-worker", is_flag=True)
@click.pass_obj
def serve(  # noqa: PLR0913 - each is an option of the command
    invocation: Invocation,
    host: str,
    port: int,
    setup_port: int | None,
    *,
    tls: bool,
    no_worker: bool,
) -> None:
    """Serve the archive: vault, web and worker."""
    from archive import serving  # noqa: PLC0415 - the web's libraries, for the web

    if not invocation.installation.exists:
        raise NoArchiveError
    if setup_port is not None and not tls:
        raise click.UsageError("--setup-port needs --tls.")
    shown = f"http://{host}"
    if tls:
        shown = f"https://{LocalTLS(invocation.settings.data).standing().hosts[0]}"
    click.echo(f"{shown}:{port}/", err=True)
    listening = serving.Listening(host, port, tls, setup_port)
    if not serving.serve(invocation.settings, listening, worker=not no_worker):
        raise supervision.NotStartedError


@click.command()
@_HOST
@_PORT
@_TLS
@click.pass_obj
def web(invocation: Invocation, host: str, port: int, *, tls: bool) -> None:
    """Serve the web alone, beside a vault."""
    from archive import serving  # noqa: PLC0415

    serving.serve_web(invocation.settings, host, port, own_tls=tls)


@click.command()
@click.option("--locked", is_flag=True, help="Start without any key.")
@click.option("--no-prompt", is_flag=True, hidden=True)
@click.option("--ready", type=int, hidden=True)
@_WITH_PARENT
@click.pass_obj
def vault(
    invocation: Invocation,
    ready: int | None,
    *,
    locked: bool,
    no_prompt: bool,
    with_parent: bool,
) -> None:
    """Hold the keys, and open for web and worker what their askers may have."""
    from archive import hardening  # noqa: PLC0415
    from archive.vault import process  # noqa: PLC0415

    if with_parent:
        hardening.end_with_parent()
    stopping = supervision.asked_to_stop(with_parent=with_parent)
    anew = process.run(
        invocation.settings,
        stopping,
        locked=locked,
        prompt=not no_prompt,
        ready=ready,
    )
    if anew:
        flags = ("--with-parent",) if with_parent else ()
        process.start_anew(invocation.settings, *flags)


@click.command()
@click.option("--until-idle", is_flag=True, help="Stop when nothing waits.")
@click.option("--no-vault", is_flag=True, help="Wait for a vault; never start one.")
@_WITH_PARENT
@click.pass_obj
def work(
    invocation: Invocation, *, until_idle: bool, no_vault: bool, with_parent: bool
) -> None:
    """Make listening copies and transcripts."""
    # Read once, when numpy loads: more threads only get in one another's way, and
    # sums in another order would be another disguise of the same voice.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    from archive import hardening  # noqa: PLC0415
    from archive.worker import Worker, lower_priority  # noqa: PLC0415

    settings, installation = invocation.settings, invocation.installation
    if not installation.exists:
        raise NoArchiveError
    if with_parent:
        hardening.end_with_parent()
    hardening.keep_memory_private()
    room = strongroom_at(settings.sockets, worker=True)
    stopping = supervision.asked_to_stop(with_parent=with_parent)
    lower_priority()
    with closing(furnish(installation, installation.open(), room, now)) as house:
        worker = Worker(house)
        while True:
            with nullcontext() if no_vault else _vault(settings, room):
                worker.run(until_idle=until_idle, stopping=stopping)
            # Another worker's vault goes with it, whatever still waits here.
            if no_vault or stopping() or not worker.waiting() or _answers(room):
                return


@contextmanager
def _vault(settings: Settings, room: Strongroom) -> Iterator[None]:
    """Lean on a vault that runs, or run one meanwhile."""
    if _answers(room):
        yield
        return
    try:
        own = supervision.start_vault(settings)
    except supervision.NotStartedError:
        # Another may be starting at this very moment.
        if not _answers_soon(room):
            raise
        yield
        return
    try:
        if room.lock.state().locked:
            raise PassphraseError("Set RESGUARDO_PASSPHRASE_FILE, or use a terminal.")
        yield
    finally:
        supervision.stop(own)


def _answers_soon(room: Strongroom) -> bool:
    for _ in range(_TRIES):
        if _answers(room):
            return True
        time.sleep(_PAUSE)
    return False


def _answers(room: Strongroom) -> bool:
    try:
        room.lock.state()
    except VaultUnavailableError:
        return False
    return True


@click.command()
@click.pass_obj
def lock(invocation: Invocation) -> None:
    """Put every key away at once; what is being heard stops."""
    strongroom_at(invocation.settings.sockets).lock.lock()
    invocation.say({"locked": True}, "Locked. Everyone is signed out.")


@click.command()
@SECRETS
@click.pass_obj
def unlock(invocation: Invocation, secret_files: tuple[Path, ...]) -> None:
    """Open a locked archive that is being served."""
    room = strongroom_at(invocation.settings.sockets)
    state = room.lock.state()
    if secret_files or not state.passphrase:
        secrets = secrets_from(secret_files, state.needed)
    else:
        given = offered(invocation.settings, prompt=True)
        if given is None:
            raise PassphraseError("Set RESGUARDO_PASSPHRASE_FILE, or use a terminal.")
        secrets = [given]
    room.lock.unlock(secrets)
    if room.lock.state().locked:
        raise LockedError
    invocation.say({"locked": False}, "Unlocked.")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--no-serve", is_flag=True, help="Only go the whole way, then stop.")
@click.pass_obj
def demo(invocation: Invocation, host: str, port: int, *, no_serve: bool) -> None:
    """Make a throw-away archive with two real recordings, and serve it."""
    from archive.demo import run  # noqa: PLC0415

    run(invocation.settings, host, port, stay=not no_serve)
