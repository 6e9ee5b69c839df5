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
