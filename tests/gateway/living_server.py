"""An ASGI app over real HTTP: uvicorn on a free loopback port, in the test's own loop."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn


@asynccontextmanager
async def living_server(app: Any, *, lifespan: bool = False) -> AsyncIterator[str]:
    """Serve ``app`` and yield its address, without a trailing slash."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        config = uvicorn.Config(
            app,
            http=getattr(app, "http_protocol", "httptools"),
            log_level="critical",
            lifespan="on" if lifespan else "off",
            proxy_headers=False,
            access_log=False,
        )
        server = uvicorn.Server(config)
        # Not `serve`: the test's own loop keeps its signal handlers.
        serving = asyncio.create_task(server._serve([listener]))
        while not server.started:
            await asyncio.sleep(0.005)
            if serving.done():
                serving.result()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving


def dead_address() -> str:
    """Return an address at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"
