"""Why a day cannot be laid out, or not be closed."""

from services.kernel.problems import Conflict, NotFound


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


class NoSuchDay(NotFound):
    """The day was never laid out: there is nothing to show or to close.

    Facts: ``service_on``.
    """

    detail = "{service_on} 没有课后服务的安排。"


class DayNotBalanced(Conflict):
    """Children are not accounted for, so that the day stays open (law 2).

    Facts: ``service_on``, ``count``, ``children``: each with state and last adult.
    """

    detail = (
        "还有{count}名孩子没有着落，{service_on} 不能结束。请逐一核实：在校的由负责老师放行，没来的登记去向。"
    )
