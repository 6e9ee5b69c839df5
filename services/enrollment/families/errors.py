"""Refusals around children and guardians."""

from services.kernel.problems import Conflict, NotFound, Unprocessable


class ChildNotOnFile(NotFound):
    """This child is not on file here."""

    detail = "没有找到这个孩子，请刷新名单后重新选择。"


class UnknownRequest(NotFound):
    """There is no such request."""

    detail = "没有找到这条申请，请刷新后再看。"


class TooManyOpenRequests(Conflict):
    """This phone has as many requests open at the school as a family could need.

    Facts: ``most``.
    """

    detail = "您已有 {most} 条申请等待学校处理，请等学校处理后再提交，或直接联系班主任。"


class RequestDecided(Conflict):
    """This request was decided before.

    Facts: ``state``.
    """

    detail = "这条申请已经处理过了，请刷新后再看。"


class ChildNotNamed(Unprocessable):
    """An approval must name the child."""

    detail = "请先选定是哪个孩子，再通过申请。"


class PhoneInvalid(Unprocessable):
    """This is no mobile phone of eleven digits."""

    detail = "手机号不是 11 位，请核对。"


class NewcomerNotTaken(Unprocessable):
    """What is said of the new child cannot be taken, as a row of a roster could not.

    Facts: ``findings``.
    """

    detail = "转入信息还不完整：{sentences}请补全后再提交。"


class ChildAtSchool(Conflict):
    """A child with this student number is at the school.

    Facts: ``student_no``, ``name``.
    """

    detail = "学号 {student_no} 的{name}已经在本校名册里，不用办理转入。请核对学号。"


class LeavingDayPast(Unprocessable):
    """A child comes or leaves today or later: what was recorded of past days stays.

    Facts: ``earliest``.
    """

    detail = "转入、转出日期不能早于 {earliest}。"


class PromotedAlready(Conflict):
    """The school's children went up for this school year.

    Facts: ``school_year``.
    """

    detail = "{school_year}的升级已经办理过，一个学年只能办理一次。"


class TermStillRuns(Conflict):
    """Children go up between terms.

    Facts: ``term``, ``ends_on``.
    """

    detail = "“{term}”到 {ends_on} 才结束，请放假后再办理升级。确有需要的，请写明原因后再提交。"


class NotYearsEnd(Conflict):
    """Children go up in summer, when the school year is over."""

    detail = "升级在学年结束后（6 月至 9 月）办理，现在还不到时候。确有需要的，请写明原因后再提交。"
