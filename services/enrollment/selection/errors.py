"""Refusals around choosing."""

from services.kernel.problems import Conflict, Forbidden, NotFound, Unavailable, Unprocessable


class OfferingFull(Conflict):
    """No place is left in this offering.

    Facts: ``offering``, ``offering_id``, ``capacity``, ``alternatives`` (offering_id, title, weekdays, starts,
    ends, free).
    """

    detail = "“{offering}”的 {capacity} 个名额已经满了，可以排候补，有空位时按顺序通知您。{hint}"


class WaitingAhead(Conflict):
    """Others wait for this offering: a free place is theirs first.

    Facts: ``offering``, ``offering_id``, ``alternatives`` (as in OfferingFull).
    """

    detail = "“{offering}”已有孩子在候补，空出的名额先按顺序给他们；您也可以排候补。{hint}"


class MostClubsHeld(Conflict):
    """The child already has as many clubs as this round allows.

    Facts: ``offering``, ``offering_id``, ``most``.
    """

    detail = "每个孩子每周最多选 {most} 门课程，孩子已经选满。想上“{offering}”，请先退掉其中一门。"


class NotForThisGrade(Conflict):
    """This offering is for other grades.

    Facts: ``offering``, ``grade``.
    """

    detail = "“{offering}”不面向{grade}，请选择适合孩子年级的课程。"


class NotForThisClass(Conflict):
    """This offering is for certain classes only.

    Facts: ``offering``, ``class_label``, ``classes``.
    """

    detail = "“{offering}”只面向{classes}，{class_label}的孩子请选择其他课程。"


class ForInvitedOnly(Conflict):
    """This offering is for invited children only.

    Facts: ``offering``.
    """

    detail = "“{offering}”由学校邀请参加，不能自行报名；想了解的话请联系任课老师。"


class ChildBusy(Conflict):
    """The child already has something else at this time.

    Facts: ``offering``, ``other``, ``other_id``.
    """

    detail = "“{offering}”与已选的“{other}”时间冲突，请先退掉其中一门。"


class PlaceHeld(Conflict):
    """The child already holds a place in this offering.

    Facts: ``offering``, ``place_id``.
    """

    detail = "孩子已经选上“{offering}”了，不用重复提交。"


class OfferingNotOpen(Conflict):
    """This offering cannot be chosen now.

    Facts: ``offering``.
    """

    detail = "“{offering}”现在不能选，可能还没有公布，或已经取消开班。"


class CareIsAskedFor(Unprocessable):
    """Basic care is not claimed group by group: it is asked for, and nobody is refused."""

    detail = (
        "“{offering}”属于基本托管，人人都有位置，不用报名，也不用单独退出："
        "请在托管申请里选好需要的日子和时间，一天都不选就是不参加。"
    )


class NoRightToChoose(Forbidden):
    """This guardian may not choose for this child."""

    detail = "您没有为这个孩子选课的权限，请由另一位监护人操作，或联系学校。"


class UnknownPlace(NotFound):
    """There is no such place."""

    detail = "没有找到这个名额，可能已经退掉了。"


class DateNotPossible(Unprocessable):
    """Nothing can begin or end on this day: it is past, or after the term.

    Facts: ``earliest``.
    """

    detail = "生效日期不能早于 {earliest}，也不能在学期结束之后。"


class QueueTooLong(Unavailable):
    """More families are choosing at this moment than can be answered in time; nothing was claimed.

    Facts: ``retry_after_seconds``.
    """

    detail = (
        "现在选课的家庭很多，这次还没有排上队。请过 {retry_after_seconds} 秒再点一次，名额以选课成功为准。"
    )


class StillInLine(Unavailable):
    """The claim waits longer than it should; it will be answered, and its key finds the answer.

    Facts: ``retry_after_seconds``.
    """

    detail = "选课的家庭很多，您的申请还在排队，不会丢失。请过 {retry_after_seconds} 秒再点一次看结果，不会重复占位。"
