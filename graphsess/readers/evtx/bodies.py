"""Records as logged, without a round trip through JSON: values apart from what they stand in.

A body is the count, descriptors and values of the outer template's instance without its last
value, then those of the inner one's, as they lie in the record. The template is both definitions'
trees as JSON: all records of a kind have the same, so a column of them costs next to nothing.
`graphsess.readers.evtx.printed` puts the two together again.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import orjson
import polars as pl

from graphsess.readers.evtx.block import Block
from graphsess.readers.evtx.definitions import Element, Hole, Part
from graphsess.readers.evtx.fields import Group
from graphsess.readers.evtx.index import Index, Numbers
from graphsess.readers.evtx.strings import views
from graphsess.readers.evtx.templates import Inner, Outer
from graphsess.readers.pieces import BODIES

FORM = "binxml"


class Texts:
    """The texts of pairs of templates; each is made once."""

    def __init__(self) -> None:
        self._texts: dict[tuple[int, int], str] = {}

    def text(self, outer: Outer, inner: Inner) -> str:
        """Both templates as one text."""
        key = id(outer), id(inner)
        if key not in self._texts:
            self._texts[key] = orjson.dumps([_plain(outer.tree), _plain(inner.tree)]).decode()
        return self._texts[key]


def bodies(
    block: Block, index: Index, groups: Sequence[Group], order: Numbers, templates: Texts
) -> pl.DataFrame:
    """Records of some groups, schema `BODIES`.

    `order` says which ones, counted through all groups, in the order in which they shall stand.
    """
    texts: list[str] = []
    numbers = []
    for group in groups:
        first = len(texts)
        texts += [templates.text(outer, group.inner) for outer in index.outers]
        numbers.append(index.outer[group.rows] + first)
    begin = np.concatenate([index.heads[group.rows] - 4 for group in groups])[order]
    last = np.concatenate([group.last for group in groups])[order]
    at = np.concatenate([group.at for group in groups])[order]
    end = np.concatenate([group.end for group in groups])[order]
    outside = pl.Series(pl.from_arrow(views(block, begin, last - begin)))
    inside = pl.Series(pl.from_arrow(views(block, at, end - at)))
    return pl.DataFrame(
        {
            "form": pl.Series([FORM], dtype=pl.String()).new_from_index(0, begin.size),
            "body": outside + inside,  # new bytes: the block is soon overwritten
            "template": pl.Series(texts, dtype=pl.String()).gather(np.concatenate(numbers)[order]),
        },
        BODIES,
    )


def _plain(part: Element | Part) -> object:
    """A tree as JSON: [name, [[attribute, parts], …], children]; a hole is [index, optional]."""
    if isinstance(part, Element):
        attributes = [[name, list(map(_plain, parts))] for name, parts in part.attributes]
        return [part.name, attributes, list(map(_plain, part.children))]
    return [part.index, part.optional] if isinstance(part, Hole) else part
