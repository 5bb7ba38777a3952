"""A real Neo4j 5.26 for tests: a fresh folder, loopback, a free port, a password of its own.

The jars come from Maven once and stay in the user's cache; a run needs `java` (17 or 21), and `mvn`
the first time. Nothing of them ships. `GRAPHSESS_TEST_NEO4J_URI` with
`GRAPHSESS_TEST_NEO4J_PASSWORD` takes a server that runs already: *its database is emptied*.

    with Server() as server, server.driver() as driver: ...
"""

from __future__ import annotations

import hashlib
import os
import random
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from neo4j import GraphDatabase, exceptions

try:
    import fcntl
except ImportError:  # Windows: two runs may fetch the jars twice, which costs time and nothing else
    fcntl = None

VERSION = "5.26.30"
POM = Path(__file__).parent / "server" / "pom.xml"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "graphsess"
PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
OPENS = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")
SERVER = "org.neo4j.server.CommunityEntryPoint"
ADMIN = "org.neo4j.server.startup.Neo4jAdminCommand"
QUICK = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")  # half the start-up; for loads leave C2 on
HASHINGS = 1024
NOT_YET = (exceptions.ServiceUnavailable, exceptions.SessionExpired, exceptions.TransientError)
EMPTY = (
    "MATCH ()-[r]->() CALL (r) { DELETE r } IN TRANSACTIONS OF 10000 ROWS",
    "MATCH (n) CALL (n) { DELETE n } IN TRANSACTIONS OF 10000 ROWS",
)
"""Relationships first: a node with very many would need them all in one transaction."""
PAUSES_S = (0, 5, 20)
"""Before each attempt to fetch the jars: a repository may be busy for a moment."""
PORTS = range(20_000, 30_000)
"""Below those that systems give to outgoing connections, which could take one in a restart."""


def jars() -> Path:
    """The folder of the server's jars, fetched by Maven if it is not there.

    However many workers and runs ask at once, one fetches, and the others wait.

    Raises:
        RuntimeError: there is no Java, or Maven cannot fetch them.
    """
    if not shutil.which("java"):
        raise RuntimeError(
            "the tests start a real Neo4j and find no java: install a JDK 17 and Maven, or name "
            "a server in GRAPHSESS_TEST_NEO4J_URI, or leave those tests out: -m 'not neo4j'"
        )
    folder = CACHE / f"neo4j-{VERSION}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with only_one(CACHE / "neo4j.lock"):
        if not folder.is_dir():
            loose = Path(tempfile.mkdtemp(dir=CACHE))
            try:
                fetch(loose)
                with suppress(FileExistsError):
                    loose.rename(folder)  # only what is whole gets this name
            finally:
                shutil.rmtree(loose, ignore_errors=True)
    return folder


def fetch(folder: Path) -> None:
    """Fetch the jars, more than once if need be.

    Raises:
        RuntimeError: there is no Maven, or it fails each time.
    """
    if not shutil.which("mvn"):
        raise RuntimeError(
            f"the jars of Neo4j {VERSION} are not in {CACHE}, and there is no mvn to fetch them: "
            "install Maven, or name a server in GRAPHSESS_TEST_NEO4J_URI"
        )
    command = ["mvn", "-B", "-ntp", "-q", "-f", str(POM), PLUGIN,
               "-DincludeScope=runtime", f"-DoutputDirectory={folder}"]  # fmt: skip
    said = ""
    for pause_s in PAUSES_S:
        time.sleep(pause_s)
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, errors="replace", timeout=600,
                stdin=subprocess.DEVNULL, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            said = "nothing within ten minutes"
            continue
        if done.returncode == 0:
            return
        said = next((line for line in done.stdout.splitlines() if "ERROR" in line), done.stdout)
    raise RuntimeError(
        f"Maven cannot fetch the jars of Neo4j {VERSION} ({said.strip()[:500]}): look at the "
        "network or ~/.m2/settings.xml, or name a server in GRAPHSESS_TEST_NEO4J_URI"
    )


@contextmanager
def only_one(path: Path):
    """One process at a time, over all workers and runs."""
    with path.open("w") as held:
        if fcntl:
            fcntl.flock(held, fcntl.LOCK_EX)  # the system lets go of it when a process is killed
        yield


class Server:
    """One server process on a folder of its own, which `close` removes."""

    def __init__(self, *flags: str, heap: str = "512m", pagecache: str = "64m", **settings: str):
        self.jars, self.flags, self.heap = jars(), flags or QUICK, heap
        self.home = Path(tempfile.mkdtemp(prefix="graphsess-neo4j-"))
        self.user, self.password = "neo4j", secrets.token_urlsafe(16)
        self.claim, self.port = free_port()
        self.uri = f"bolt://127.0.0.1:{self.port}"
        self.holds: object = None  # what a test left in the database, for others that read it
        self.process: subprocess.Popen[bytes] | None = None
        for name in ("conf", "data/dbms", "logs", "import", "plugins", "run"):
            (self.home / name).mkdir(parents=True)
        (self.home / "data/dbms/auth.ini").write_text(first_password(self.password))
        self.configure(
            **{
                "server.default_listen_address": "127.0.0.1",
                "server.bolt.listen_address": f"127.0.0.1:{self.port}",
                "server.bolt.advertised_address": f"127.0.0.1:{self.port}",
                "server.http.enabled": "false",
                "server.https.enabled": "false",
                "dbms.usage_report.enabled": "false",
                "dbms.security.allow_csv_import_from_file_urls": "false",
                "internal.dbms.bolt.netty_server_shutdown_quiet_period": "0",
                "server.memory.pagecache.size": pagecache,
                "db.tx_log.preallocate": "false",
                **settings,
            }
        )

    def configure(self, **settings: str) -> None:
        """Settings of neo4j.conf beside those that are there; they hold from the next start."""
        with (self.home / "conf/neo4j.conf").open("a") as file:
            file.writelines(f"{name}={value}\n" for name, value in settings.items())

    def start(self, limit_s: float = 120) -> Server:
        """Start, and wait until a query is answered.

        Raises:
            RuntimeError: it ended, or is not there in time.
        """
        command = self.java(SERVER, f"--home-dir={self.home}", f"--config-dir={self.home}/conf",
                            "--console-mode")  # fmt: skip
        with (self.home / "out.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, env=self.environment(), stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT,
            )  # fmt: skip
        end = time.monotonic() + limit_s
        while time.monotonic() < end and self.process.poll() is None:
            # The port opens before a query is answered, so only an answer counts.
            with suppress(OSError, *NOT_YET), socket.create_connection(("127.0.0.1", self.port), 1):
                with self.driver(max_transaction_retry_time=0) as driver:
                    driver.execute_query("RETURN 1")
                return self
            time.sleep(0.1)
        raise RuntimeError("Neo4j did not start: " + self.said())

    def said(self) -> str:
        """The last lines of what the process wrote."""
        return (self.home / "out.log").read_text("utf-8", "replace")[-2000:]

    def stop(self, *, kill: bool = False) -> None:
        """End the process: cleanly, or as if the power were cut."""
        if self.process and self.process.poll() is None:
            self.process.kill() if kill else self.process.terminate()
            self.process.wait(60)
        self.process = None

    def admin(self, *arguments: str) -> str:
        """What `neo4j-admin` says; the server must not run."""
        done = subprocess.run(
            self.java(ADMIN, *arguments), env=self.environment(), capture_output=True, text=True,
            timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def java(self, main: str, *arguments: str) -> list[str]:
        opens = [f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in OPENS]
        return ["java", f"-Xmx{self.heap}", *self.flags, *opens, "-Djava.awt.headless=true",
                "-Dio.netty.tryReflectionSetAccessible=true", "-Dfile.encoding=UTF-8",
                "-cp", f"{self.jars}/*", main, *arguments]  # fmt: skip

    def environment(self) -> dict[str, str]:
        return {**os.environ, "NEO4J_HOME": str(self.home), "NEO4J_CONF": f"{self.home}/conf"}

    def driver(self, **options):
        """A driver that knows the password.

        Raises:
            RuntimeError: the process has ended, with what it said last.
        """
        if self.process and self.process.poll() is not None:
            raise RuntimeError(f"Neo4j ended with {self.process.returncode}: {self.said()}")
        return GraphDatabase.driver(self.uri, auth=(self.user, self.password), **options)

    def wipe(self) -> None:
        """Remove all nodes; constraints and names stay."""
        self.holds = None
        with self.driver() as driver, driver.session() as session:
            for text in EMPTY:
                session.run(text).consume()

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.stop(kill=True)  # nothing in it is kept
        self.claim.close()
        shutil.rmtree(self.home, ignore_errors=True)


class Given(Server):
    """A server that runs already: nothing is started, stopped or configured."""

    def __init__(self, uri: str):
        self.uri, self.holds, self.process = uri, None, None
        self.user = os.environ.get("GRAPHSESS_TEST_NEO4J_USER", "neo4j")
        self.password = os.environ["GRAPHSESS_TEST_NEO4J_PASSWORD"]

    def __enter__(self) -> Given:
        return self

    def __exit__(self, *error: object) -> None:
        self.wipe()


def the_server() -> Server:
    """The server of a test run."""
    uri = os.environ.get("GRAPHSESS_TEST_NEO4J_URI")
    return Given(uri) if uri else Server()


def free_port() -> tuple[socket.socket, int]:
    """A port for a server, and what keeps other runs from taking it: its namesake of UDP."""
    for port in random.sample(PORTS, len(PORTS)):
        claim = socket.socket(type=socket.SOCK_DGRAM)
        try:
            with socket.socket() as tried:
                tried.bind(("127.0.0.1", port))
            claim.bind(("127.0.0.1", port))
        except OSError:
            claim.close()
            continue
        return claim, port
    raise RuntimeError(f"no port from {PORTS.start} to {PORTS.stop} is free")


def first_password(password: str) -> str:
    """What `neo4j-admin dbms set-initial-password` would write, without starting a JVM for it."""
    salt = secrets.token_bytes(32)
    digest = hashlib.sha256(salt + password.encode()).digest()
    for _ in range(HASHINGS - 1):
        digest = hashlib.sha256(digest).digest()
    return f"neo4j:SHA-256,{digest.hex().upper()},{salt.hex().upper()},{HASHINGS}:\n"
