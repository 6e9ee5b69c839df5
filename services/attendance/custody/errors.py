"""Why a child does not change hands: what happened, and what the teacher does now."""

from services.kernel.problems import Conflict, Forbidden, NotFound, Unprocessable


class DayNotLaidOut(Conflict):
    """This school has no service on that day, or its day has not been laid out yet.

    Facts: ``service_on``.
    """

    detail = "{service_on} 的课后服务还没有编排好，扫码记录会留在手机里，稍后自动重传；若一直不行，请联系值班领导。"


class DayIsClosed(Conflict):
    """The day was closed by a person; nothing is added to it.

    Facts: ``service_on``.
    """

    detail = "{service_on} 的课后服务已经结束，这条记录没有入账，已另行留存。如需更正，请联系值班领导。"


class UnknownSession(NotFound):
    """There is no such session at this school on that day."""

    detail = "当天没有这个课次，请刷新手机上的课表后再扫。"


class UnknownChild(NotFound):
    """No child of this school's roster."""

    detail = "本校名单里没有这个孩子，请核对是否扫错；孩子若确实在您身边，请先看护好，并联系值班领导。"


class InAnothersCare(Conflict):
    """Another adult answers for the child and has not handed it over.

    Facts: ``child``, ``adult``, ``room``, ``since`` (local HH:MM).
    """

    detail = (
        "{child}从{since}起由{adult}老师负责（{room}），还没有交接给您。"
        "请对方在手机上发起交接，或请值班领导处理；孩子若在您身边，请先看护好。"
    )


class HomeAlready(Conflict):
    """The child was released; a scan does not bring it back.

    Facts: ``child``, ``since`` (local HH:MM).
    """

    detail = "{child}已在{since}离校。孩子若还在面前，请先看护好，并马上联系值班领导核实。"


class UnknownHandOver(NotFound):
    """There is no such hand-over at this school on that day."""

    detail = "没有找到这次交接，请刷新后再看。"


class NotYourClass(Forbidden):
    """Only the homeroom teacher offers children that nobody has received yet.

    Facts: ``child``.
    """

    detail = "{child}不在您的班里，也还没有由您负责，不能由您交出。孩子若在您身边，请直接扫码接收。"


class AlreadyOffered(Conflict):
    """The child is on its way already, by an earlier offer of the same teacher.

    Facts: ``child``.
    """

    detail = "{child}已经在交接途中，请等接班老师接收；要改交给别人，请先收回。"


class NothingToOffer(Conflict):
    """None of these children can be handed over by this teacher now.

    Facts: ``children``: a problem for each.
    """

    detail = "这些孩子现在都不能由您交出，原因见每个孩子后面的说明。"


class NotOfferedToYou(Forbidden):
    """The offer names another taker.

    Facts: ``taker``.
    """

    detail = "这次交接指定由{taker}老师接收。如需换人，请交班老师收回后重新发起，或请值班领导接收。"


class NotYourOffer(Forbidden):
    """Only the teacher who offered, or a leader, takes children back.

    Facts: ``giver``.
    """

    detail = "这次交接是{giver}老师发起的，只有{giver}老师或值班领导可以收回。"


class HandOverIdReused(Unprocessable):
    """This hand-over's id belongs to another offer: these children were not offered by it."""

    detail = "这次交接的编号与之前的重复，孩子没有交出。请刷新后重新发起交接。"


class HandOverClockAstray(Unprocessable):
    """The phone's clock is on another day than the hand-over.

    Facts: ``service_on``.
    """

    detail = "手机时间不准（不在{service_on}当天），孩子没有交出。请校准手机时间后再交接。"


class NotInThisHandOver(Conflict):
    """The child is not, or not any more, on its way by this hand-over.

    Facts: ``child``.
    """

    detail = "{child}不在这次交接里，或已被接收、收回，请刷新后再看。"
