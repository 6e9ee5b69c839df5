"""`serve`: run one service's HTTP app in this process."""

import gc
from importlib import import_module
from types import FrameType
from typing import Annotated, Any

import typer
import uvicorn

from services.kernel.settings import Settings
from services.kernel.stopping import STOPPING

FINISH_SECONDS = 15
"""How long requests in hand may take once the process is told to stop."""


class Server(uvicorn.Server):
    """uvicorn, which also tells the app's endless answers that it is time to end."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Called on SIGTERM and SIGINT."""
        STOPPING.set()
        super().handle_exit(sig, frame)


def serve(
    service: Annotated[str, typer.Argument(help="gateway, enrollment, attendance, notifications or standin")],
) -> None:
    """Serve one service at KEHOU_HOST:KEHOU_PORT until told to stop; work in hand is finished first."""
    settings = Settings()
    app: Any = import_module(f"services.{service}.app").create_app(settings)
    # A crowd that waits for answers makes the collector look at everything again and again: not at what stays anyway.
    gc.collect()
    gc.freeze()
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=getattr(app, "http_protocol", "httptools"),
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        # The gateway reads X-Forwarded-For itself, and only from the proxies that it is told to trust.
        proxy_headers=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=FINISH_SECONDS,
    )
    Server(config).run()
