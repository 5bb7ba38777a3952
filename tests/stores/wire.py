"""What may stand between a load and its server, or in the server's place: on loopback, by bytes."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress

COMMIT = bytes.fromhex("0002b0120000")
"""The message of Bolt that ends a transaction, with its length before it and the mark after it."""
MAGIC = bytes.fromhex("6060b017")


class Proxy:
    """Passes bytes on to a server, until it cuts all connections as a network would.

    Args:
        port: Of the server.
        at: At which commits, counted from 1, it cuts.
        answers: It cuts once the server has the commit, so that only the answer is lost; else
            before, so that the transaction is.
    """

    def __init__(self, port, at=(), *, answers=False):
        self.port, self.at, self.answers = port, set(at), answers
        self.commits, self.cuts, self._open = 0, 0, []
        self._lock = threading.Lock()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.uri = f"bolt://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._listening.close()
        self._cut()

    def _accept(self):
        with suppress(OSError):
            while True:
                here, _ = self._listening.accept()
                there = socket.create_connection(("127.0.0.1", self.port))
                with self._lock:
                    self._open += [here, there]
                for pair in ((here, there, True), (there, here, False)):
                    threading.Thread(target=self._pass, args=pair, daemon=True).start()

    def _pass(self, source, sink, asking):
        with suppress(OSError):
            while data := source.recv(1 << 16):
                if asking and COMMIT in data:
                    self.commits += 1
                    if self.commits in self.at:
                        self.cuts += 1
                        if self.answers:
                            self._open.remove(source)
                            source.shutdown(socket.SHUT_WR)  # nothing comes back from now on
                            sink.sendall(data)
                            time.sleep(1)
                            source.close()
                        self._cut()
                        return
                sink.sendall(data)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _cut(self):
        with self._lock:
            for end in self._open:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()
            self._open.clear()


class Stranger:
    """A server that is not the one that was meant: it answers every connection in the same way.

    Args:
        answer: Its answer to the first bytes of a connection.
        then: Its answer to what comes next.
    """

    def __init__(self, answer, then=b""):
        self._answers = (answer, then)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.uri = f"bolt://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._listening.close()

    def _accept(self):
        with suppress(OSError):
            while True:
                peer, _ = self._listening.accept()
                with peer, suppress(OSError):
                    for answer in filter(None, self._answers):
                        peer.recv(1 << 16)
                        peer.sendall(answer)
                    peer.recv(1 << 16)


def neo4j_of(version):
    """How a Neo4j of that version greets: it takes a Bolt, names itself, and takes any password."""
    bolt = "00000404" if version.startswith("4.") else "00000405"
    names = ("server", f"Neo4j/{version}", "connection_id", "bolt-1")
    message = b"\xb1\x70\xa2" + b"".join(map(packed, names))
    told = len(message).to_bytes(2, "big") + message + b"\0\0"
    return bytes.fromhex(bolt), told + bytes.fromhex("0003b170a00000") * 3


def packed(text):
    """A short text as Bolt writes it."""
    data = text.encode()
    return (bytes([0x80 + len(data)]) if len(data) < 16 else bytes([0xD0, len(data)])) + data
