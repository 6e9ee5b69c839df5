"""The attendance service's HTTP app."""

from fastapi import FastAPI

from services.attendance.boards import routes as boards
from services.attendance.custody import routes as custody
from services.attendance.dismissal import layout_routes
from services.attendance.dismissal import routes as dismissal
from services.attendance.lateness import letters as lateness_letters
from services.attendance.lateness import routes as lateness
from services.attendance.pickup import routes as pickup
from services.attendance.roster import letters as roster_letters
from services.attendance.roster import routes as roster
from services.attendance.safety import routes as safety
from services.attendance.scanning import routes as scanning
from services.kernel.clock import Clock
from services.kernel.settings import Settings
from services.kernel.web.app import build_app

ROUTERS = [
    layout_routes.router,
    dismissal.router,
    custody.router,
    scanning.router,
    pickup.router,
    safety.router,
    lateness.router,
    boards.router,
    roster.router,
]
HEARS = [*roster_letters.HEARS, *lateness_letters.HEARS]


def create_app(settings: Settings, clock: Clock | None = None) -> FastAPI:
    """Return the app; ``clock`` replaces the platform's in tests."""
    return build_app("attendance", settings, routers=ROUTERS, hears=HEARS, clock=clock)
