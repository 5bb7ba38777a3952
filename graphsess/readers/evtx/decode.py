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
    at = 0
    for place, (chunk, spots) in enumerate(pieces):
        texts = found[at : at + len(spots)]
        at += len(spots)
        if None in texts:
            missing = [spot for spot, text in zip(spots, texts, strict=True) if text is None]
            again = iter(_texts([Piece(chunk, tuple(missing))]))
            texts = [next(again) if text is None else text for text in texts]
        for spot, text in zip(spots, texts, strict=True):
            yield Decoded(place, spot, *(text or (None, "")))


def _texts(pieces: Sequence[Piece]) -> list[tuple[str, str] | None]:
    """JSON text and header time of each record, None for those that the decoder did not read."""
    from evtx import PyEvtxParser

    if not any(spots for _, spots in pieces):
        return []
    content = [file_header(len(pieces))]
    slots = [-1]  # from the number that a record is given to its place in the result
    count = 0
    for chunk, spots in pieces:
        if spots:
            slots.append(-1)  # for a stub
            content.append(bytes(repaired(chunk, spots, len(slots))))
            slots += range(count, count + len(spots))
            count += len(spots)
    found: list[tuple[str, str] | None] = [None] * count
    parser = PyEvtxParser(io.BytesIO(b"".join(content)))
    for record in _patiently(parser.records_json(), 2 * len(slots) + 16):
        number = record["event_record_id"]
        if number < len(slots) and (slot := slots[number]) >= 0:
            found[slot] = record["data"], record["timestamp"]
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
