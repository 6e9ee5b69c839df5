"""Refusals around children and guardians."""

from services.kernel.problems import (
    Conflict,
    Forbidden,
    NotFound,
    TooLarge,
    Unprocessable,
    Unsupported,
)


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


class UnknownGuardian(NotFound):
    """This person is no guardian of this child."""

    detail = "这个孩子名下没有这位监护人，请刷新后再看。"


class NobodyWouldBeTold(Conflict):
    """A child must keep a guardian who is told of what happens.

    Facts: ``guardian``.
    """

    detail = "{guardian}是这个孩子唯一接收通知的监护人，不能取消。请先为另一位监护人开通接收通知。"


class GuardianIsBlocked(Conflict):
    """An order keeps this guardian from the child; the right to collect it cannot be given while it holds.

    Facts: ``guardian``.
    """

    detail = "{guardian}在这个孩子的禁止接送登记里，不能给予接送权限。如果依据已经解除，请先解除登记。"


class NoRightToCollect(Forbidden):
    """Only a guardian who may collect the child names others who may, and shows their faces."""

    detail = "您没有接这个孩子的权限，不能登记接送人，请由另一位监护人操作，或联系学校。"


class CollectorNotAdult(Unprocessable):
    """Who collects a child must be grown up on the first day of it.

    Facts: ``born_year``, ``years``.
    """

    detail = "接送人出生于 {born_year} 年，到生效那天还未满 {years} 岁。请登记一位成年人。"


class ValidityNotPossible(Unprocessable):
    """A collector is named for a span of days from its first to its last, at most a year, not all of them past.

    Facts: ``latest``.
    """

    detail = "有效期不对：截止日不能早于开始日，不能已经过去，最长一年（到 {latest} 为止）。"


class CollectorNotPossible(Conflict):
    """This person cannot be named for this child; the school knows why."""

    detail = "这位人员不能登记为这个孩子的接送人。如有疑问，请联系学校。"


class TooManyCollectors(Conflict):
    """A child has as many collectors as anybody at the gate can tell apart.

    Facts: ``most``.
    """

    detail = "这个孩子已有 {most} 位接送人，请先取消不再接送的人，再登记新的。"


class UnknownCollector(NotFound):
    """There is no such collector."""

    detail = "没有找到这位接送人，可能已经取消，请刷新后再看。"


class NotAPhoto(Unsupported):
    """This is neither a JPEG nor a PNG."""

    detail = "照片只接收 JPG 或 PNG 格式，请换一张再上传。"


class PhotoTooLarge(TooLarge):
    """This photo is larger than what is taken.

    Facts: ``limit_kb``.
    """

    detail = "照片超过 {limit_kb} KB，请压缩或裁剪后再上传。"


class NoPhoto(NotFound):
    """There is no photo of this collector."""

    detail = "这位接送人没有照片。"


class UnknownBlock(NotFound):
    """There is no such record of a blocked person."""

    detail = "没有找到这条禁止接送记录，请刷新后再看。"


class UnknownPriorityGroup(Unprocessable):
    """The policy names no such priority group.

    Facts: ``group``, ``groups``.
    """

    detail = "“{group}”不是政策列出的优先保障类别，可以选：{groups_text}。"
