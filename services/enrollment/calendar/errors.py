"""Refusals around terms and single days."""

from services.kernel.problems import Conflict, NotFound, Unprocessable


class UnknownTerm(NotFound):
    """The school has no such term."""

    detail = "没有找到这个学期，请刷新后重试。"


class TermNotPossible(Unprocessable):
    """A term ends before it begins, or is longer than a year.

    Facts: ``starts_on``, ``ends_on``.
    """

    detail = "学期从 {starts_on} 到 {ends_on} 不对：结束日期不能早于开始日期，也不能超过一年。"


class TermNameTaken(Conflict):
    """Another term of the school has this name.

    Facts: ``name``.
    """

    detail = "已经有一个叫“{name}”的学期了，请换一个名称。"


class TermsOverlap(Conflict):
    """Another term of the school has some of these days.

    Facts: ``other``, ``starts_on``, ``ends_on`` of the other one.
    """

    detail = "与“{other}”（{starts_on} 至 {ends_on}）的日期重叠，请调整后再保存。"


class ServedDaysCut(Conflict):
    """Days on which the school already served would fall out of the term.

    Facts: ``starts_by``, ``ends_from``: the latest begin and the earliest end that keep them.
    """

    detail = (
        "学期已经开始，服务过的日子不能去掉：开始日期不能晚于 {starts_by}，结束日期不能早于 {ends_from}。"
    )


class TermHasBegun(Conflict):
    """The kind of a term that has begun stays as it is."""

    detail = "学期已经开始，不能再改它的类型。"


class DayOutsideTerms(Conflict):
    """The day is in no term of the school.

    Facts: ``on``.
    """

    detail = "{on} 不在任何学期内，请先登记学期或调整学期日期。"


class DayIsPast(Conflict):
    """The day is over; what happened on it stays as it is.

    Facts: ``on``.
    """

    detail = "{on} 已经过去，不能再改当天的安排。"


class NothingSaidOfDay(NotFound):
    """The school itself says nothing about this day.

    Facts: ``on``.
    """

    detail = "{on} 本来就按校历安排，没有需要取消的改动。"
