"""Why a day cannot be laid out."""

from services.kernel.problems import Conflict


class NoServiceThatDay(Conflict):
    """Nothing of the menu meets on that day: the calendar has it closed, or no offering runs on its weekday.

    Facts: ``service_on``.
    """

    detail = "{service_on} 没有课后服务：当天不上课，或课表里没有安排。"


class DayAlreadyClosed(Conflict):
    """The day was closed by a person and is not laid out again.

    Facts: ``service_on``.
    """

    detail = "{service_on} 已经结束，不能再重新编排。"
