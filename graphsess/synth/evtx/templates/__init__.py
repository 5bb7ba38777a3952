"""This package declares, as data, what Windows' providers log: fields, types and wrapping.

Fields, types and GUIDs are those of templates in real logs; where no log holds the event, those
of the provider's manifest.
"""

from __future__ import annotations

from graphsess.synth.evtx.templates import hosts, remote, security, system, terminal_services
from graphsess.synth.evtx.templates.base import Field, Shape, Template
from graphsess.synth.evtx.templates.providers import Layout, Provider, provider_of

__all__ = ["TEMPLATES", "Field", "Layout", "Provider", "Shape", "Template", "provider_of"]

_EVERY = (
    *security.TEMPLATES,
    *system.TEMPLATES,
    *terminal_services.TEMPLATES,
    *remote.TEMPLATES,
    *hosts.TEMPLATES,
)
TEMPLATES = {(item.provider, item.event_id, item.version): item for item in _EVERY}
