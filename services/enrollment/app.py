"""The service's HTTP app."""

from fastapi import FastAPI

from services.enrollment.agreements.routes import router as agreements
from services.enrollment.calendar.routes import router as calendar
from services.enrollment.draw.routes import router as draw
from services.enrollment.families.child_routes import router as children
from services.enrollment.families.collector_routes import router as collectors
from services.enrollment.families.move_routes import router as moves
from services.enrollment.families.routes import router as families
from services.enrollment.families.sensitive_routes import router as sensitive
from services.enrollment.imports.routes import router as imports
from services.enrollment.menu.offering_routes import router as offerings
from services.enrollment.menu.proposal_routes import router as proposals
from services.enrollment.menu.routes import router as menu
from services.enrollment.outgoing.routes import router as outgoing
from services.enrollment.partners.routes import router as partners
from services.enrollment.requests.routes import router as requests
from services.enrollment.roster.routes import router as roster
from services.enrollment.rounds.routes import router as rounds
from services.enrollment.schools.routes import router as schools
from services.enrollment.selection.routes import router as selection
from services.enrollment.supervision.letters import HEARS
from services.enrollment.swaps.routes import router as swaps
from services.enrollment.timetable.routes import router as timetable
from services.enrollment.waiting.routes import router as waiting
from services.enrollment.wishes.routes import router as wishes
from services.kernel.clock import Clock
from services.kernel.settings import Settings
from services.kernel.web.app import build_app

# Addresses are looked up in this order: what a flash crowd asks comes first.
ROUTERS = (
    selection,
    schools, families, children, moves, collectors, sensitive,
    calendar, menu, proposals, offerings, partners, timetable,
    rounds, wishes, draw, waiting, swaps,
    requests, agreements, imports, outgoing, roster,
)  # fmt: skip


def create_app(settings: Settings, clock: Clock | None = None) -> FastAPI:
    """Return enrollment's app."""
    return build_app("enrollment", settings, routers=ROUTERS, hears=HEARS, clock=clock)
