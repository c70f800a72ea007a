"""`resguardo`: the command line; thin, it calls the same use cases as the web.

Exit codes: 0 done, 1 refused or failed, 2 wrong usage. Messages go to standard error.
"""

import os
import sys
from itertools import islice
from pathlib import Path

import click

from archive import hardening, logs
from archive.commands import (
    custody,
    enrolling,
    inspecting,
    local_network,
    modelling,
    narrating,
    operating,
    preserving,
    receipting,
    requesting,
    running,
    trusting,
    vouching,
    witnessing,
    writing_down,
)
from archive.commands.invocation import Invocation
from archive.commands.wording import worded
from archive.config import ConfigError, Settings


@click.group()
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the archive.")
@click.option("--json", "as_json", is_flag=True, help="Results as JSON.")
@click.version_option(package_name="resguardo")
@click.pass_context
def resguardo(context: click.Context, data: Path | None, *, as_json: bool) -> None:
    """Keep spoken stories; each opens only as far as its narrator wants."""
    logs.configure()
    context.obj = Invocation(Settings.from_environ(os.environ, data), as_json)


for command in (
    custody.custodians,
    custody.rekey,
    operating.init,
    operating.deposit,
    operating.status,
    running.serve,
    running.web,
    running.vault,
    running.work,
    running.lock,
    running.unlock,
    running.demo,
    local_network.kiosk_setup,
    local_network.kiosk_page,
    writing_down.transcript,
    writing_down.transcript_import,
    narrating.terms,
    narrating.withdraw,
    narrating.erase,
    narrating.only_me,
    narrating.takeout,
    receipting.receipt,
    receipting.verify_receipt,
    preserving.backup,
    preserving.restore,
    preserving.apply_tombstones,
    inspecting.scrub,
    inspecting.doctor,
    modelling.models,
    trusting.add_narrator,
    trusting.entrust,
    trusting.entrusted,
    trusting.attest,
    trusting.cap,
    trusting.uncap,
    trusting.circle,
    witnessing.verify,
    witnessing.ledger,
    witnessing.witness,
    vouching.people,
    enrolling.kiosks,
    requesting.requests,
):
    resguardo.add_command(command)


def hoisted(arguments: list[str]) -> list[str]:
    """Put `--json` and `--data` first, so that they may stand behind a command too."""
    first: list[str] = []
    rest: list[str] = []
    left = iter(arguments)
    for each in left:
        if each == "--":
            return [*first, *rest, each, *left]
        if each == "--json" or each.startswith("--data="):
            first.append(each)
        elif each == "--data":
            first += [each, *islice(left, 1)]
        else:
            rest.append(each)
    return [*first, *rest]


def main() -> None:
    """Run the command line; every foreseen failure is one sentence and exit code 1."""
    # Some commands hold the archive identity, or a narrator's: none leaves a core.
    hardening.keep_memory_private()
    try:
        resguardo.main(hoisted(sys.argv[1:]), standalone_mode=False)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.Abort:
        sys.exit(1)
    except click.UsageError as error:
        error.show()
        sys.exit(2)
    except click.ClickException as error:
        error.show()
        sys.exit(1)
    except ConfigError as error:
        click.echo(f"These settings make no sense: {error}", err=True)
        sys.exit(2)
    except Exception as error:  # noqa: BLE001 - no traceback may show what it holds
        click.echo(worded(error), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
