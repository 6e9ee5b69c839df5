"""Which lists go out, who may have each, and whose reading is noted."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.personas import OFFICERS, Persona
from services.enrollment.outgoing.club_rosters import club_rosters
from services.enrollment.outgoing.collector_sheets import collector_sheets
from services.enrollment.outgoing.menu_sheet import menu_sheet
from services.enrollment.outgoing.room_sheet import room_sheet
from services.enrollment.outgoing.roster_sheet import roster_sheet
from services.enrollment.outgoing.round_results import round_results
from services.enrollment.outgoing.school_sheet import school_sheet
from services.enrollment.outgoing.sheet import Desk, Sheet
from services.enrollment.outgoing.staff_sheet import staff_sheet
from services.enrollment.outgoing.unsigned_list import unsigned_list
from services.enrollment.outgoing.waiting_lists import waiting_lists
from services.enrollment.outgoing.wish_overview import wish_overview


@dataclass(frozen=True)
class ExportKind:
    """A list that goes out. ``noted``: it holds what is sensitive, and who had it is kept."""

    label: str
    sheets: Callable[[AsyncSession, Desk], Awaitable[list[Sheet]]]
    personas: tuple[Persona, ...] = OFFICERS
    noted: bool = False


OF_THE_BUREAU = "schools"

READS_GROUPS = (Persona.ENROLMENT_OFFICER,)
"""Who may read priority groups (R06), and an order of waiting that shows them."""

EXPORT_KINDS = {
    OF_THE_BUREAU: ExportKind("学校", school_sheet, personas=(Persona.OPERATOR,)),
    "staff": ExportKind("教职工名册", staff_sheet),
    "rooms": ExportKind("场地", room_sheet),
    "roster": ExportKind("学生名册", roster_sheet, personas=READS_GROUPS, noted=True),
    "collectors": ExportKind("接送人", collector_sheets, noted=True),
    "menu": ExportKind("课后服务菜单", menu_sheet),
    "club-rosters": ExportKind("课后服务名单", club_rosters, personas=(*OFFICERS, Persona.TEACHER)),
    "waiting-lists": ExportKind("候补名单", waiting_lists, personas=READS_GROUPS, noted=True),
    "unsigned": ExportKind("安全协议未签名单", unsigned_list),
    "wishes": ExportKind("志愿汇总", wish_overview),
    "results": ExportKind("选课结果", round_results),
}
"""The first six are read back by an import of the same kind."""
