"""The stages of a build: read, survey, hosts, across. `build` runs them."""

from __future__ import annotations

import sys
from types import ModuleType

from graphsess.build.build import build
from graphsess.build.result import BuildResult, Exit, Progress

__all__ = ["BuildResult", "Exit", "Progress", "build"]


class _Callable(ModuleType):
    """Lets `graphsess.build(…)` build, although the room bears the same name."""

    __call__ = staticmethod(build)


sys.modules[__name__].__class__ = _Callable
