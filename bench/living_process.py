"""Processes of a measurement: apps served by uvicorn as on a platform, with keys of their own."""

import gc
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from services.kernel.tokens import Signer, make_key


def make_keys(folder: Path, *services: str) -> Signer:
    """Write a key for each service; return the first one's signer."""
    public, signers = [], []
    for name in services:
        pem, key = make_key()
        (folder / f"{name}.pem").write_bytes(pem)
        public.append({**key, "kid": name})
        signers.append(Signer(name, pem))
    (folder / "public.json").write_text(json.dumps({"keys": public}))
    return signers[0]


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(module: str, name: str, port: int, env: dict[str, str]) -> Iterator[None]:
    """Run ``python -m module name port`` until the block ends; entered when the port answers."""
    command = [sys.executable, "-m", module, name, str(port)]
    process = subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL)  # noqa: S603 - ourselves
    try:
        for _ in range(400):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def serve(app: Any, port: int) -> None:
    """Serve an app in this process, as `services.cli.serve` does."""
    gc.collect()
    gc.freeze()
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=port,
        loop="uvloop",
        http=getattr(app, "http_protocol", "httptools"),
        access_log=False,
        log_level="error",
        proxy_headers=False,
    )
