"""The windows and thresholds of the derivation rules, in one frozen object.

A TOML file may override any of them (`graphsess build --settings FILE`); the case remembers what
it was built with. Numbers that no user should turn stand as named constants beside their rule.
"""

from __future__ import annotations

import dataclasses
import ipaddress
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graphsess.errors import SettingsError

SECOND_US = 1_000_000
_NETWORKS = ("internal_ranges", "ranges")


@dataclass(frozen=True, slots=True)
class Settings:
    """Windows in seconds, each with its basis: the named real case in which it was measured.

    Attributes:
        nla_s: A network logon that prepares RDP precedes its 1149. Seen 0.04-0.9.
        think_s: 261/131 to 1149 where no ActivityID joins them: transport plus a person typing.
        arbitration_s: 1149 to the session's 41/42/21/25 where no ActivityID joins them. Seen
            0.2-5.3; longer, because every rule asks only where the next event exists.
        security_s: LSM 21/25 to its 4624 or 4778, either side. Seen 0.2-2.8.
        end_s: 24/40/23 to its 4779/4647/7002, either side. Seen 0-0.6.
        nla_end_before_s: The NLA logon's 4634 may precede 40/24 by this. Seen 1.
        nla_end_after_s: … or follow it by this. Seen 0.14.
        temporary_s: Life of the logons that a reconnect makes and drops. Seen 0-2.9.
        boot_s: Decoded ActivityID times of one boot lie within this. Seen 0-1.79.
        lock_s: A 4800/4801 this close to a disconnect/reconnect is not the user's doing.
        network_s: Idle gap that splits the network logons of one user and source.
        network_max_s: One coalesced network session lasts no longer.
        burst_s: Network logons this close are one burst. A WMI call makes four.
        failure_s: Gap that splits a run of failed attempts.
        failure_max_s: One failure run lasts no longer.
        success_s: A success this soon after a failure run follows from it.
        mistype_s: A success this soon after up to three failures makes them a mistype.
        hop_s: A session that is over may still be where a step to another host came from, this
            long; a background program under its logon longer.
        hop_max_s: … but no longer than this.
        skew_s: Clock difference between hosts that is tolerated.
        skew_max_s: Largest clock difference ever assumed: the Kerberos limit.
        internal_ranges: Networks that are the organisation's own beside RFC 1918 and its kin.
        ranges: Networks that are taken as one range, e.g. a VPN pool; else /24, or /64 of IPv6.
        aliases: Accounts of one person, e.g. ["alice", "adm-alice"].
    """

    nla_s: float = 5
    think_s: float = 300
    arbitration_s: float = 180
    security_s: float = 30
    end_s: float = 5
    nla_end_before_s: float = 5
    nla_end_after_s: float = 15
    temporary_s: float = 10
    boot_s: float = 2
    lock_s: float = 10
    network_s: float = 300
    network_max_s: float = 86_400
    burst_s: float = 5
    failure_s: float = 60
    failure_max_s: float = 86_400
    success_s: float = 900
    mistype_s: float = 120
    hop_s: float = 900
    hop_max_s: float = 86_400
    skew_s: float = 5
    skew_max_s: float = 300
    internal_ranges: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()
    aliases: tuple[tuple[str, ...], ...] = field(default=())

    def __post_init__(self) -> None:
        for name, value in self.windows().items():
            if not value >= 0:
                raise SettingsError(f"setting {name} must be zero or more seconds, got {value!r}")
        for name in _NETWORKS:
            for text in getattr(self, name):
                try:
                    ipaddress.ip_network(text)
                except ValueError as error:
                    raise SettingsError(f"{name}: {text!r} is no network: {error}") from error

    def windows(self) -> dict[str, float]:
        """All windows by name, in seconds."""
        return {
            f.name: getattr(self, f.name)
            for f in dataclasses.fields(self)
            if f.name.endswith("_s")
        }

    def us(self, name: str) -> int:
        """A window in microseconds: `settings.us("nla")`."""
        return int(getattr(self, f"{name}_s") * SECOND_US)

    def as_dict(self) -> dict[str, Any]:
        """All settings as plain values, for the case's manifest."""
        return dataclasses.asdict(self)


def from_toml(path: Path) -> Settings:
    """Settings out of a TOML file; what it does not name keeps its default.

    Raises:
        SettingsError: the file cannot be read, or names or values are unknown.
    """
    try:
        given = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"cannot read settings {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"settings {path} is not TOML: {error}") from error
    return from_mapping(given, str(path))


def from_mapping(given: Mapping[str, Any], origin: str) -> Settings:
    """Settings out of plain values, for TOML files and manifests.

    Raises:
        SettingsError: a name is unknown or a value of the wrong kind; `origin` is named.
    """
    known = {f.name for f in dataclasses.fields(Settings)}
    if unknown := sorted(set(given) - known):
        raise SettingsError(
            f"{origin}: unknown setting {unknown[0]!r}; known are {', '.join(sorted(known))}"
        )
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name.endswith("_s"):
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise SettingsError(f"{origin}: {name} must be a number of seconds, got {value!r}")
            values[name] = value
        elif name in _NETWORKS:
            values[name] = tuple(_texts(value, name, origin))
        else:
            values[name] = tuple(tuple(_texts(group, name, origin)) for group in value)
    return Settings(**values)


def _texts(value: Any, name: str, origin: str) -> list[str]:  # noqa: ANN401 - straight from TOML
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
        raise SettingsError(f"{origin}: {name} must be a list of texts, got {value!r}")
    return list(value)
