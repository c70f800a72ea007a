"""Tablets that may deposit, as the desk."""

import click

from archive.commands.invocation import Invocation, opened
from archive.kiosk_rows import KioskRow
from archive.kiosks import CODE_MINUTES


@click.group()
def kiosks() -> None:
    """Tablets that may deposit, as the desk."""


@kiosks.command("add")
@click.argument("name")
@click.pass_obj
def kiosks_add(invocation: Invocation, name: str) -> None:
    """Let a tablet be enrolled; prints the code that is written on it, once."""
    with opened(invocation) as house:
        made = house.kiosks.add(None, name)
    invocation.say(
        {"kiosk": made.device_id, "code": made.code, "minutes": CODE_MINUTES},
        f"{made.device_id}  code: {made.code}  (good for {CODE_MINUTES} minutes)",
    )


@kiosks.command("list")
@click.pass_obj
def kiosks_list(invocation: Invocation) -> None:
    """List tablets: how they stand, and what waits on them."""
    with opened(invocation) as house:
        rows = house.kiosks.rows(None)
    invocation.say(
        {"kiosks": [_told(row) for row in rows]},
        "\n".join(_line(row) for row in rows) or "None.",
    )


@kiosks.command("revoke")
@click.argument("device_id")
@click.pass_obj
def kiosks_revoke(invocation: Invocation, device_id: str) -> None:
    """End a tablet's service, at once."""
    with opened(invocation) as house:
        house.kiosks.revoke(None, device_id)
    invocation.say({"revoked": device_id}, "Ended.")


def _told(row: KioskRow) -> dict[str, object]:
    return {
        "kiosk": row.device_id,
        "name": row.name,
        "state": row.state.value,
        "version": row.version,
        "waiting": row.waiting,
        "bytes": row.waiting_bytes,
        "oldest_days": row.oldest_days,
        **{
            name: day.isoformat() if day else None
            for name, day in (
                ("enrolled_on", row.enrolled_on),
                ("seen_on", row.seen_on),
                ("revoked_on", row.revoked_on),
            )
        },
    }


def _line(row: KioskRow) -> str:
    line = f"{row.device_id}  {row.state.value}  {row.name}"
    if row.waiting is None:
        return line
    return (
        f"{line}  {row.waiting} waiting, {row.waiting_bytes} bytes, "
        f"{row.oldest_days} days  seen {row.seen_on}  {row.version}"
    )
