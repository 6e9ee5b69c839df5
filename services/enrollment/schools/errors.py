"""Refusals around a school itself."""

from services.kernel.problems import Conflict, Expired, NotFound, Unprocessable


class SchoolNotOnFile(NotFound):
    """This school is not on file."""

    detail = "没有找到这所学校。"


class SchoolExists(Conflict):
    """A school with this code is on file.

    Facts: ``code``.
    """

    detail = "学校代码 {code} 已经登记过了。"


class UnknownSchoolKind(Unprocessable):
    """The policy knows no such kind of school.

    Facts: ``kind``.
    """

    detail = "当地政策里没有“{kind}”这种学校类型，请核对后再填。"


class InvitationUnknown(NotFound):
    """No invitation has this code."""

    detail = "邀请码不正确，请核对后再输入。"


class InvitationOver(Expired):
    """This invitation was used, or its time is over."""

    detail = "这个邀请码已经用过，或已过期（72 小时内有效）。请联系发出邀请的人重新生成。"


class NoTerm(Conflict):
    """The school has no term on this day or after it.

    Facts: ``on``.
    """

    detail = "学校还没有登记 {on} 以后的学期，请等学校登记新学期后再试。"
