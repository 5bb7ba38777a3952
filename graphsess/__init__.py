"""Windows event logs in; who got in, from where, when, and where they went next, out."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graphsess.build import build  # type: ignore[no-redef]  # the room is called build too
    from graphsess.case import Case

__version__ = "0.1.0"
__all__ = ["Case", "__version__", "build"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    """`build` and `Case` when they are first asked for: importing graphsess costs nothing."""
    if name == "build":
        return import_module("graphsess.build")  # the room can be called; see there
    if name == "Case":
        return import_module("graphsess.case").Case
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
