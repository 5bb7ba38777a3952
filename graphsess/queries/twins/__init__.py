"""The offline answer of every hunt: the same name, columns, rows and order as its Cypher."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import polars as pl

from graphsess.case.schema import TABLES
from graphsess.case.tables import Tables
from graphsess.queries.twins import (
    activity,
    addresses,
    credentials,
    desktops,
    guessing,
    habits,
    hosts,
    movement,
    sources,
    state,
)
from graphsess.queries.twins.ground import Params

Twin = Callable[[Tables, Params], pl.DataFrame]



class _NoRows:
    """A case without a row: what a twin makes of it has its columns and their types."""

    def table(self, name: str) -> pl.DataFrame:
        return pl.DataFrame(schema=TABLES[name].columns)

    def scan(self, name: str) -> pl.LazyFrame:
        return self.table(name).lazy()


NO_ROWS: Tables = _NoRows()
TWINS: Mapping[str, Twin] = MappingProxyType(
    {
        twin.__name__: twin
        for twin in (
            activity.account_change,
            activity.admin_share,
            activity.remote_execution,
            activity.remote_service,
            activity.remote_task,
            activity.while_disconnected,
            addresses.external_after_internal,
            addresses.many_sources,
            addresses.new_address,
            addresses.outlier_group,
            addresses.outside_desktop,
            addresses.own_address,
            addresses.rare_range,
            addresses.shared_source,
            addresses.two_places,
            credentials.consent_as_other,
            credentials.credential_spray,
            credentials.explicit_credentials,
            credentials.netonly_then_remote,
            credentials.other_user,
            credentials.owner_change,
            desktops.hidden_password,
            desktops.hijack,
            desktops.no_shell,
            desktops.other_source,
            desktops.rdp_without_security,
            desktops.shadowed,
            desktops.takeover,
            desktops.tunnelled,
            guessing.brute_force,
            guessing.many_hosts_guess,
            guessing.many_sources_guess,
            guessing.right_password,
            guessing.spray,
            guessing.user_enumeration,
            habits.dormant_account,
            habits.long_session,
            habits.machine_account,
            habits.open_session,
            habits.privileged_outside,
            habits.service_account,
            habits.unusual_hours,
            hosts.controller_desktop,
            hosts.fan_in,
            hosts.fan_out,
            hosts.first_host,
            hosts.same_local_account,
            hosts.source_fan_out,
            movement.background_move,
            movement.credential_switch,
            movement.entry_chain,
            movement.movement_path,
            movement.only_through,
            movement.uncertain_move,
            movement.unseen_target,
            sources.about_address,
            sources.address_of_many,
            sources.client_name,
            state.alive_at,
            state.coverage_hole,
            state.log_clear,
        )
    }
)
"""Every twin by the name of its hunt."""
