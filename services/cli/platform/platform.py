"""One platform: its data folder, its database, its processes, from start to orderly end."""

import asyncio
import contextlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from services.cli.platform.choose_ports import free_ports, gateway_port
from services.cli.platform.compose import NEIGHBOURS, Addresses, compose
from services.cli.platform.layout import Layout
from services.cli.platform.make_secrets import make_secrets
from services.cli.platform.reach_database import named_server
from services.cli.platform.supervise import Supervisor
from services.kernel.clock import real_now, set_pace
from services.kernel.database.embedded import EmbeddedPostgres
from services.kernel.database.migrate import migrate_all
from services.kernel.database.provision import ServiceUrls, provision
from services.kernel.hold_folder import FolderLock
from services.kernel.unable import Unable

LOOK_SECONDS = 1.0
"""How often the embedded database and the list of processes are looked at."""


@dataclass(frozen=True)
class Wishes:
    """How a platform should be: everything has a default.

    ``origin`` and ``rate`` set the platform's clock at the start (default: real time). ``port`` None means 8460, or
    the next free one. ``standin`` False means the real WeChat and SMS, as the environment names them. ``prefix``
    begins the databases' names.
    """

    host: str = "127.0.0.1"
    port: int | None = None
    origin: datetime | None = None
    rate: float = 1.0
    standin: bool = True
    prefix: str = "kehou_"


class Platform:
    """Database, services, workers and stand-in over one data folder. Use it on the main thread.

    ``notice`` is told, in one line each, what a person should see: restarts, warnings of processes. Killed with
    kill -9 it leaves nothing behind: every process dies with it, the database in order.
    """

    def __init__(
        self, data_dir: Path, wishes: Wishes | None = None, *, notice: Callable[[str], None] = lambda _: None
    ) -> None:
        self.layout = Layout(data_dir.absolute())
        self.wishes = wishes or Wishes()
        self.addresses: Addresses
        self.urls: Mapping[str, ServiceUrls]
        self.supervisor: Supervisor
        self._notice = notice
        self._server: EmbeddedPostgres | None = None
        self._watching: asyncio.Task[None] | None = None
        self._lock = FolderLock(
            self.layout.data_dir,
            refusal=f"A platform already runs on {self.layout.data_dir} (process {{holder}}): "
            "stop it first, or name another folder with KEHOU_DATA_DIR.",
        )

    @property
    def gateway_url(self) -> str:
        """The public door's base address."""
        return self.addresses.url("gateway")

    @property
    def standin_url(self) -> str | None:
        """The stand-in's base address; None without one."""
        return self.addresses.standin_url

    @property
    def database_pid(self) -> int | None:
        """The embedded server's process; None when the server is not ours."""
        return self._server.pid if self._server else None

    async def start(self) -> None:
        """Set up what is missing, start everything, and return when all is ready.

        Raises:
            Unable: one sentence that says why not, and the way out.
        """
        self._take_folder()
        try:
            secrets = make_secrets(self.layout)
            self.addresses = self._choose_addresses()
            set_pace(self.layout.clock, origin=self.wishes.origin or real_now(), rate=self.wishes.rate)
            admin_url = self._start_database()
            self.urls = await provision(admin_url, self.layout.secrets, prefix=self.wishes.prefix)
            await migrate_all(self.urls)
            programs = compose(self.layout, self.addresses, self.urls, secrets)
            self.supervisor = Supervisor(programs, self.layout.logs, self._notice)
            await self.supervisor.start()
        except BaseException:
            self._stop_database()
            self._lock.free()
            raise
        self._watching = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Stop in order: the public door, workers, services, and the database last."""
        if self._watching is not None:
            self._watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watching
            self._watching = None
            await self.supervisor.stop()
        self.layout.run_file.unlink(missing_ok=True)
        self._stop_database()
        self._lock.free()

    def kill(self, name: str) -> None:
        """End one process as a crash would (``notifications``, ``attendance-worker`` …); it comes back by itself."""
        self.supervisor.kill(name)

    async def ready_again(self, name: str) -> None:
        """Wait until the successor of a killed process is ready."""
        await self.supervisor.ready_again(name)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def _take_folder(self) -> None:
        folder = self.layout.data_dir
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.layout.logs.mkdir(exist_ok=True)
            self._lock.take()
        except OSError as fault:
            raise Unable(
                f"Cannot write in {folder} ({fault.strerror}): change the folder's owner, "
                "or name another with KEHOU_DATA_DIR."
            ) from fault

    def _choose_addresses(self) -> Addresses:
        gateway = gateway_port(self.wishes.host, self.wishes.port, self._notice)
        ports = free_ports(after=gateway)
        return Addresses(
            host=self.wishes.host,
            gateway=gateway,
            services={service: next(ports) for service in NEIGHBOURS},
            standin=next(ports) if self.wishes.standin else None,
        )

    def _start_database(self) -> str:
        if (named := named_server()) is not None:
            return named
        self._server = EmbeddedPostgres(self.layout.postgres)
        return self._server.start()

    def _stop_database(self) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = None

    async def _watch(self) -> None:
        """Bring the embedded database back when it dies, and keep run.json true."""
        told = ""
        while True:
            if self._server is not None and not self._server.alive:
                self._notice("the database ended; starting it again")
                try:
                    self._server.start()
                except Unable as problem:
                    self._notice(str(problem))
            if (now := self._state()) != told:
                fresh = self.layout.run_file.with_suffix(".new")
                fresh.write_text(now)
                fresh.replace(self.layout.run_file)
                told = now
            await asyncio.sleep(LOOK_SECONDS)

    def _state(self) -> str:
        children = self.supervisor.children.values()
        return json.dumps(
            {
                "pid": os.getpid(),
                "gateway_url": self.gateway_url,
                "standin_url": self.standin_url,
                "postgres": {"pid": self._server.pid, "port": self._server.port} if self._server else None,
                "processes": {
                    child.program.name: {"pid": child.pid, "port": child.program.port, "starts": child.starts}
                    for child in children
                },
            },
            indent=1,
        )
