"""Refusals around the menu."""

from services.kernel.problems import Busy, Conflict, Forbidden, NotFound, Unprocessable


class MenuBreaksPolicy(Conflict):
    """The policy forbids to publish this menu.

    Facts: ``findings`` (each with rule, clause, force, sentence, offerings), ``count``.
    """

    detail = "菜单有 {count} 处不符合政策，改好之后才能发布。"


class MenuEmpty(Unprocessable):
    """There is nothing to publish."""

    detail = "菜单里还没有课程，请先导入菜单或新建课程。"


class MenuNotPublished(NotFound):
    """This school has not published a menu for this term yet."""

    detail = "学校还没有公布本学期的课后服务菜单，请过几天再看，或联系学校。"


class UnknownOffering(NotFound):
    """There is no such offering."""

    detail = "没有找到这门课程，可能已经取消开班。"


class OfferingNotPossible(Unprocessable):
    """What was entered of an offering is not complete or contradicts itself.

    Facts: ``code``, ``problem`` (a Chinese sentence).
    """

    detail = "这门课程还不能保存：{problem}"


class CodeTaken(Conflict):
    """Another offering of the term has this code.

    Facts: ``code``.
    """

    detail = "课程编号 {code} 已经用过了，请换一个。"


class OfferingWithdrawn(Conflict):
    """The offering was withdrawn or refused and is not changed any more.

    Facts: ``offering``.
    """

    detail = "“{offering}”已经取消开班或没有通过，不能再改。需要的话请另开一门。"


class NoPendingChange(NotFound):
    """Nothing of this offering waits for the next publication.

    Facts: ``offering``.
    """

    detail = "“{offering}”没有等待公布的改动。"


class ProposalDecided(Conflict):
    """The school decided about this proposal before.

    Facts: ``offering``.
    """

    detail = "“{offering}”已经处理过了，请刷新后查看结果。"


class PlacesMovedMeanwhile(Busy):
    """A family chose the very offering that was being changed or withdrawn."""

    detail = "刚才正好有家庭在选这门课程，操作还没有完成，请再点一次。"


class NotByInvitation(Conflict):
    """This offering is open to all of its grades or classes; nobody need be invited.

    Facts: ``offering``.
    """

    detail = "“{offering}”不是邀请制课程，符合年级和班级的孩子都可以选，不需要邀请。"


class NotYourOffering(Forbidden):
    """Only an officer or the offering's own teacher invites children to it.

    Facts: ``offering``.
    """

    detail = "“{offering}”不是您任教的课程，只有任课教师或学校管理员可以邀请孩子。"


class UnknownStaffOrRoom(Unprocessable):
    """There is no such teacher or room at this school."""

    detail = "没有找到这位教师或这个场地，请刷新后重新选择。"


class TimetableClash(Conflict):
    """Teacher or room is elsewhere at this time.

    Facts: ``findings``.
    """

    detail = "这位教师或这个地点在同一时间已有安排：{first}"
