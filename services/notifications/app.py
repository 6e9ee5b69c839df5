"""The notifications service as an HTTP app."""

from fastapi import FastAPI

from services.kernel.clock import Clock
from services.kernel.settings import Settings
from services.kernel.web.app import build_app
from services.notifications.channels.template_book import TemplateBook
from services.notifications.delivery import routes as delivery
from services.notifications.directory import letters as directory
from services.notifications.directory import routes as roster
from services.notifications.messages import letters, routes


def create_app(settings: Settings, *, clock: Clock | None = None) -> FastAPI:
    """Build the app; `Unable` when the providers file does not fit the catalogue."""
    app = build_app(
        "notifications",
        settings,
        routers=[routes.public, routes.internal, delivery.public, roster.internal],
        hears=[*directory.HEARS, *letters.HEARS],
        clock=clock,
    )
    app.state.book = TemplateBook.read(settings.providers_file)
    return app
