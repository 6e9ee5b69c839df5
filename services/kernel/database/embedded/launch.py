"""Start the server as a direct child, know when it is ready, stop it in order."""

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, NewType, Self

from services.kernel.database.embedded.binaries import binaries
from services.kernel.database.embedded.drop_root import Launcher, give_to, launcher
from services.kernel.database.embedded.explain import explained
from services.kernel.database.embedded.make_cluster import make_cluster
from services.kernel.database.embedded.wait_for_predecessor import wait_for_predecessor
from services.kernel.hold_folder import FolderLock
from services.kernel.unable import Unable

AdminUrl = NewType("AdminUrl", str)
"""``postgresql://postgres:…@127.0.0.1:PORT/postgres?ssl=disable``: the superuser's, with its password."""

READY_SECONDS = 60.0
"""Starting takes 0.1 s; after a crash the write-ahead log is replayed first."""
STOP_SECONDS = 30.0
LOG_BYTES = 5_000_000

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "effective_cache_size": "1GB",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    # Thousands of short statements an hour, hardly a long one: compiling them costs more than it gives.
    "jit": "off",
    # A school's first import fills empty tables: until they are measured, the planner takes them for empty.
    "autovacuum_naptime": "3s",
    # A hand-over that was answered must survive a power cut: no shortcut here.
    "fsync": "on",
    "synchronous_commit": "on",
    # After a crash one call brings the disk up to date, instead of one for each of 3,000 files (0.1 s, not 7 s).
    **({"recovery_init_sync_method": "syncfs"} if sys.platform == "linux" else {}),
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_duration_statement": "2000",
    # Statements in the log would carry what parents and teachers wrote.
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}


class EmbeddedPostgres:
    """A PostgreSQL that belongs to this process and lives in one folder.

    It ends with this process, also by kill -9 (Linux; elsewhere only in order), and keeps its rows. Start it
    from the main thread: Linux ties its life to the thread that started it. The folder holds ``cluster/``
    (the data), ``superuser.password`` (mode 600), ``server.json`` (port and process id) and ``server.log``.
    """

    def __init__(self, data_dir: Path, *, settings: dict[str, str] | None = None) -> None:
        self.folder = data_dir.absolute()
        self.cluster = self.folder / "cluster"
        self.port = 0
        self._settings = SETTINGS | (settings or {})
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = FolderLock(
            self.folder,
            refusal=f"Process {{holder}} already runs the database in {self.folder}: "
            "stop it first, or name another folder with KEHOU_DATA_DIR.",
        )

    def start(self) -> AdminUrl:
        """Make the cluster if need be, start the server, and return when it answers.

        After the server died (kill -9, out of memory) calling it again starts it anew, on the same port.

        Raises:
            Unable: one sentence that says why not, and the way out.
        """
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("start the database from the main thread: it dies with its starter")
        if self._process is not None and self._process.poll() is None:
            return self.admin_url
        held = self._process is not None
        if not held:
            self._take_folder()
        try:
            bin_dir = binaries()
            how = launcher(bin_dir)
            give_to(self.folder, how)
            make_cluster(self.folder, bin_dir, how)
            wait_for_predecessor(self.cluster)
            self._launch(bin_dir, how)
        except BaseException:
            self.stop()
            self._lock.free()
            raise
        return self.admin_url

    def stop(self) -> None:
        """Shut down in order: open transactions are rolled back, everything committed is on disk."""
        if self._process is not None:
            for signum in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
                if self._process.poll() is None:
                    self._process.send_signal(signum)
                try:
                    self._process.wait(STOP_SECONDS)
                    break
                except subprocess.TimeoutExpired:
                    continue
            self._process = None
            (self.folder / "server.json").unlink(missing_ok=True)
        self._lock.free()

    @property
    def admin_url(self) -> AdminUrl:
        """The superuser's address of the running server."""
        password = (self.folder / "superuser.password").read_text()
        return AdminUrl(f"postgresql://postgres:{password}@127.0.0.1:{self.port}/postgres?ssl=disable")

    @property
    def alive(self) -> bool:
        """Is the server's process there?"""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """The server's process id; None before start and after stop."""
        return self._process.pid if self._process else None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _take_folder(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock.take()
        except OSError as fault:
            raise Unable(
                f"Cannot write in {self.folder} ({fault.strerror}): change the folder's owner, "
                "or name another with KEHOU_DATA_DIR."
            ) from fault

    def _launch(self, bin_dir: Path, how: Launcher) -> None:
        for attempt in range(3):
            self.port = self._free_port(fresh=attempt > 0)
            with self._open_log() as log:
                began = log.tell()
                self._process = subprocess.Popen(  # noqa: S603 - our own words
                    self._command(bin_dir, how),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd=self.folder,
                    # Ctrl-C reaches the whole group of a terminal; the database must be the last to go.
                    start_new_session=True,
                )
            if self._answers():
                told = {"port": self.port, "pid": self._process.pid}
                (self.folder / "server.json").write_text(json.dumps(told))
                return
            output = (self.folder / "server.log").read_bytes()[began:].decode(errors="replace")
            if "could not create any TCP/IP sockets" not in output:
                break
        raise explained(f"Starting the database in {self.folder}", output, self.folder / "server.log")

    def _command(self, bin_dir: Path, how: Launcher) -> list[str]:
        settings = self._settings | {"port": str(self.port)}
        flags = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [*how.bound, str(bin_dir / "postgres"), "-D", str(self.cluster), *flags]

    def _open_log(self) -> IO[bytes]:
        path = self.folder / "server.log"
        if path.exists() and path.stat().st_size > LOG_BYTES:
            path.replace(path.with_suffix(".log.1"))
        log = path.open("ab")
        path.chmod(0o600)
        return log

    def _free_port(self, *, fresh: bool) -> int:
        """Return the port of last time if it is free, else any."""
        remembered = 0 if fresh else self.port or self._port_of_last_time()
        for wish in (remembered, 0):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", wish))
                except OSError:
                    continue
                return int(probe.getsockname()[1])
        raise Unable("No free port on 127.0.0.1: close some programs, or set KEHOU_POSTGRES_URL.")

    def _port_of_last_time(self) -> int:
        try:
            return int((self.cluster / "postmaster.opts").read_text().split('"port=')[1].split('"')[0])
        except (OSError, IndexError, ValueError):
            return 0

    def _answers(self) -> bool:
        """Wait until postmaster.pid says ``ready``, as pg_ctl does; False when the server ended instead."""
        process = self._process
        deadline = time.monotonic() + READY_SECONDS
        while process is not None and process.poll() is None and time.monotonic() < deadline:
            try:
                lines = (self.cluster / "postmaster.pid").read_text().splitlines()
            except OSError:
                lines = []
            if len(lines) > 7 and lines[0] == str(process.pid) and lines[7].strip() == "ready":
                return True
            time.sleep(0.01)
        return False
