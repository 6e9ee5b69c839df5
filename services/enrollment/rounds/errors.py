"""Refusals around rounds."""

from services.kernel.problems import Conflict, NotFound, Unprocessable


class UnknownRound(NotFound):
    """There is no such round."""

    detail = "没有找到这一轮选课，请刷新后再看。"


class RoundNotOpenYet(Conflict):
    """This round has not opened.

    Facts: ``round_id``, ``opens_at`` and how it is said, ``opens``.
    """

    detail = "这一轮选课还没有开始，请在 {opens} 之后再来。"


class RoundToCome(Conflict):
    """This offering is chosen in a round, and none with it is announced yet.

    Facts: ``offering``, ``offering_id``.
    """

    detail = "“{offering}”要等学校统一选课时再选，选课时间还没有公布，请留意学校通知。"


class WishesInstead(Conflict):
    """This offering is drawn by wishes: it cannot be claimed.

    Facts: ``offering``, ``round_id``, ``closes_at`` and how it is said, ``closes``.
    """

    detail = "“{offering}”先填志愿、再统一抽签，不用抢：请在 {closes} 之前填报，填报先后不影响结果。"


class RoundClosedForNow(Conflict):
    """This round has closed, and its results are not out.

    Facts: ``offering``, ``round_id``, ``results_at`` and how it is said, ``results``.
    """

    detail = "“{offering}”这一轮选课已经截止，{results} 公布结果，之后可以选剩余名额或排候补。"


class RoundClosed(Conflict):
    """This round takes nothing any more.

    Facts: ``round_id``, ``closes_at`` and how it is said, ``closes``.
    """

    detail = "这一轮选课已于 {closes} 截止，不能再提交或修改。没有选上课程的孩子都可以参加基本托管。"


class RoundCancelled(Conflict):
    """This round was cancelled.

    Facts: ``round_id``, ``reason``.
    """

    detail = "这一轮选课已经取消：{reason}。请留意学校的新通知。"


class RoundTimesMixedUp(Unprocessable):
    """A round is visible, opens, closes and has its results in this order, from now on and within its term."""

    detail = (
        "时间安排不对：可见时间不能晚于开始，开始要早于截止，公布结果不能早于截止；"
        "开始时间不能已经过去，公布结果要在学期结束之前。"
    )


class RoundNeedsOfferings(Unprocessable):
    """A round without an offering is none."""

    detail = "这一轮还没有课程，请选择至少一门已公布的课程。"


class NotForARound(Unprocessable):
    """These offerings cannot be chosen in a round: basic care, another term, or not published.

    Facts: ``offerings`` (titles), ``offering_ids``.
    """

    detail = "{offerings} 不能放进这一轮：基本托管人人都有，不参加选课；其他课程要属于本学期并且已经公布。"


class InAnotherRound(Conflict):
    """These offerings are chosen in another round of the term that is not over.

    Facts: ``offerings`` (titles), ``offering_ids``.
    """

    detail = "{offerings} 已经在另一轮选课里，等那一轮公布结果或取消之后才能放进来。"


class RoundHasOpened(Conflict):
    """After its opening a round is not changed any more; its close can be put off, or it is cancelled.

    Facts: ``round_id``.
    """

    detail = "这一轮选课已经开始，不能再改课程和规则；可以延长截止时间，或说明原因后取消。"


class CloseOnlyLater(Unprocessable):
    """An open round's close can only be put off.

    Facts: ``closes_at`` and how it is said, ``closes``.
    """

    detail = "选课已经开始，截止时间只能往后延，不能早于 {closes}；公布结果的时间不能早于截止时间。"


class RoundIsOver(Conflict):
    """What was drawn or published is not cancelled.

    Facts: ``round_id`` and how it stands, ``state``.
    """

    detail = "这一轮选课{state}，不能再取消。公布结果以后，个别孩子的名额可以单独调整。"
