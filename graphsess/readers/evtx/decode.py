"""Chunks into JSON texts by the `evtx` package, each text with the record it was made from."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from graphsess.readers.evtx.chunks import Spot, file_header, repaired


class Piece(NamedTuple):
    """A chunk with the records that are wanted of it."""

    chunk: bytes
    spots: tuple[Spot, ...]


class Decoded(NamedTuple):
    """A record's JSON text, or None where the decoder gives it up.

    `time` is the header's time as the decoder prints it, "2021-02-12T12:32:35.1476848Z UTC".
    """

    piece: int
    spot: Spot
    text: str | None
    time: str


def decoded(pieces: Sequence[Piece]) -> Iterator[Decoded]:
    """All records of the pieces, in order.

    A record that the decoder stops at costs only itself: what it did not reach is tried again,
    chunk by chunk, without those already read.
    """
    found = _texts(pieces)
    for place, piece in enumerate(pieces):
        missing = tuple(spot for spot in piece.spots if (place, spot.offset) not in found)
        if missing:
            again = _texts([Piece(piece.chunk, missing)])
            found |= {(place, offset): item for (_, offset), item in again.items()}
        for spot in piece.spots:
            text, time = found.get((place, spot.offset), (None, ""))
            yield Decoded(place, spot, text, time)


def _texts(pieces: Sequence[Piece]) -> dict[tuple[int, int], tuple[str, str]]:
    """JSON text and header time by (piece, offset) of all that the decoder reads in one go."""
    from evtx import PyEvtxParser

    places: dict[int, tuple[int, int]] = {}
    number = 2  # 1 is left for a stub
    content = [file_header(len(pieces))]
    for place, (chunk, spots) in enumerate(pieces):
        if not spots:
            continue
        content.append(bytes(repaired(chunk, spots, number)))
        places |= {number + i: (place, spot.offset) for i, spot in enumerate(spots)}
        number += len(spots) + 1
    if not places:
        return {}
    found: dict[tuple[int, int], tuple[str, str]] = {}
    parser = PyEvtxParser(io.BytesIO(b"".join(content)))
    for record in _patiently(parser.records_json(), number + len(pieces)):
        if (at := places.get(record["event_record_id"])) is not None:
            found[at] = record["data"], record["timestamp"]
    return found


def _patiently(records: Any, most: int) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - untyped
    """The records, past those that raise. A panic in the decoder ends them."""
    for _ in range(most):
        try:
            record = next(records)
        except StopIteration:
            return
        except (RuntimeError, ValueError, OSError):
            continue
        except BaseException as error:
            if type(error).__name__ != "PanicException":
                raise
            return
        yield record
