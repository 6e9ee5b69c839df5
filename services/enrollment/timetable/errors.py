"""Refusals around a proposed timetable."""

from services.kernel.problems import Busy, Conflict, NotFound, Unprocessable


class UnknownTimetable(NotFound):
    """There is no such proposal."""

    detail = "没有找到这份课表方案，请刷新后重新选择。"


class NothingToPlace(Unprocessable):
    """No offering was named, and none is of the kind that was asked for."""

    detail = "没有需要排课的课程。请先选定课程，或换一个范围。"


class QuestionTooLarge(Unprocessable):
    """Offerings, slots and rooms make more possibilities than can be looked at in one go.

    Facts: ``choices``, ``limit``.
    """

    detail = "要排的课程、时段和地点组合太多，一次算不完。请分批来排，或给课程限定可用的地点和时段。"


class NotInProposal(NotFound):
    """This offering is not part of the proposal."""

    detail = "这门课程不在这份方案里，不能在这里调整。"


class LineBackwards(Unprocessable):
    """This would end before it starts, or on no weekday."""

    detail = "请至少选一个星期几，并且结束时间要晚于开始时间。"


class PlanClashes(Conflict):
    """The plan cannot be adopted while somebody or some room would be in two places.

    Facts: ``count``, ``findings`` (each with both sides).
    """

    detail = "方案里还有 {count} 处冲突，改好之后才能采用：{first}"


class AdoptedAlready(Conflict):
    """This proposal was adopted."""

    detail = "这份方案已经采用过了。要再调整，请重新生成一份。"


class TimetableBusy(Busy):
    """Another timetable is being worked out."""

    detail = "正在计算另一份课表，请过十几秒再试。"


class TimetableNotWorkedOut(Busy):
    """The solver ended without an answer."""

    detail = "这次没有算出课表，请再试一次；课程很多时，可以分成几批来排。"
