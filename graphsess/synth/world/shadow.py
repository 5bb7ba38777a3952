"""Shadowing: a second party looks into a desktop, or works in it (RCM 20503 to 20511)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsess.synth.world import logs
from graphsess.synth.world.clock import seconds

if TYPE_CHECKING:
    from graphsess.synth.world.accounts import User
    from graphsess.synth.world.desktop import Desktop, Peer


def shadow(
    desktop: Desktop, viewer: User, peer: Peer, at: int, until: int, *, control: bool = False
) -> None:
    """`viewer` at `peer` shadows the desktop; with `control` he also works in it."""
    host = desktop.host
    asked: dict[str, object] = {
        "Param1": viewer.label,
        "Param2": peer.name,
        "Param3": desktop.ts_id,
    }
    host.emit(logs.RCM, 20508, at - seconds(4), asked, user_sid=desktop.owner.sid)
    fields: dict[str, object] = {
        "Param1": viewer.label,
        "Param2": peer.name,
        "Param3": desktop.owner.label,
        "Param4": desktop.ts_id,
    }
    first, last = (20506, 20507) if control else (20503, 20504)
    host.emit(logs.RCM, first, at, fields, user_sid=desktop.owner.sid)
    host.emit(logs.RCM, last, until, dict(fields), user_sid=desktop.owner.sid)
    if desktop.session:
        desktop.session.flags.add("shadowed")
