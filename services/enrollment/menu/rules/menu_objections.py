"""Everything that the policy says about a whole menu, apart from papers and dates. Pure."""

from collections.abc import Iterator, Sequence

from services.enrollment.menu.rules.evening_study import evening_study
from services.enrollment.menu.rules.fees import fees
from services.enrollment.menu.rules.natures import natures
from services.enrollment.menu.rules.objection import Objection
from services.enrollment.menu.rules.outside_people import own_teachers
from services.enrollment.menu.rules.proposal import Proposal
from services.enrollment.menu.rules.room_size import room_size
from services.enrollment.menu.rules.service_week import service_week
from services.enrollment.menu.rules.timetable import timetable
from services.enrollment.policy import Policy


def menu_objections(menu: Sequence[Proposal], policy: Policy, grades: Sequence[int]) -> list[Objection]:
    """Judge a menu for the ``grades`` that a school teaches; an empty list is a menu that can be published."""
    return [
        *offering_objections(menu, policy),
        *room_size(menu),
        *service_week(menu, policy, grades),
        *own_teachers(menu, policy),
    ]


def offering_objections(menu: Sequence[Proposal], policy: Policy) -> Iterator[Objection]:
    """Judge what can be said of single offerings and of pairs."""
    for proposal in menu:
        yield from fees(proposal, policy)
        yield from evening_study(proposal, policy)
        yield from natures(proposal, policy)
    yield from timetable(menu)
