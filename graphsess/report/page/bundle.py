"""The scripts and styles of `assets/` as one script and one style sheet.

Scripts are written as ES modules, so that editors and people see who needs whom. A page without
any file beside it cannot import, so each becomes a function of its own that hands out what it
exports, behind those that it imports. Nothing else is changed.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

_IMPORT = re.compile(r'^import\s+\{([^}]*)\}\s+from\s+"\./([\w-]+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:(?:async )?function|const|class) (\w+))", re.MULTILINE)
_MAIN = "main"
_STYLES = ("theme", "frame", "table", "detail", "views", "print")


@cache
def script() -> str:
    """The whole script, in a scope of its own."""
    order: list[str] = []
    _after(_MAIN, order)
    return '"use strict";\n' + "\n".join(_closed(name) for name in order)


@cache
def styles() -> str:
    """The whole style sheet."""
    return "\n".join(_read(f"{name}.css") for name in _STYLES)


def imports(name: str) -> dict[str, list[str]]:
    """What a script imports: names by the script they come from."""
    return {
        other: [word.strip() for word in words.split(",") if word.strip()]
        for words, other in _IMPORT.findall(_read(f"{name}.js"))
    }


def exports(name: str) -> list[str]:
    """What a script exports."""
    return _EXPORT.findall(_read(f"{name}.js"))


def folder() -> Traversable:
    """Where the scripts and styles lie."""
    return files("graphsess.report.page") / "assets"


def _after(name: str, order: list[str]) -> None:
    """Put a script into the order, behind all that it imports."""
    if name in order:
        return
    for other in imports(name):
        _after(other, order)
    order.append(name)


def _closed(name: str) -> str:
    """A script in a scope of its own; its exports stand outside."""
    body = _EXPORT.sub("", _IMPORT.sub("", _read(f"{name}.js")))
    told = ", ".join(exports(name))
    head = f"const {{ {told} }} = " if told else ""
    tail = f"return {{ {told} }};\n" if told else ""
    return f"// {name}.js\n{head}(() => {{\n{body}{tail}}})();\n"


def _read(name: str) -> str:
    return (folder() / name).read_text("utf-8")
