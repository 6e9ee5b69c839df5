"""Why a case is not cleared, or a child not given up as absent: what happened, and what the teacher does now."""

from services.kernel.problems import Conflict, NotFound


class UnknownCase(NotFound):
    """There is no such case of a missing child at this school on that day."""

    detail = "没有找到这条“未到”记录，请刷新后再看。"


class CaseCleared(Conflict):
    """The child was found before.

    Facts: ``child``, ``cleared_at`` (local HH:MM), ``cleared_by``.
    """

    detail = "{child}已由{cleared_by}老师在{cleared_at}确认下落，不需要再通知家长。"


class WasReceived(Conflict):
    """An after-school teacher has had the child, so that it leaves by a release only.

    Facts: ``child``.
    """

    detail = (
        "{child}今天已被课后服务接收过，不能登记为缺勤。请找到孩子并扫码；若已被接走，请由负责老师办理放行。"
    )


class WithAnAdult(Conflict):
    """Somebody answers for the child right now.

    Facts: ``child``, ``adult``.
    """

    detail = "{child}现在由{adult}老师负责，不能登记为缺勤，请先与{adult}老师核对。"


class NotExpectedThatDay(NotFound):
    """The child is not expected that day, so there is nothing to settle.

    Facts: ``service_on``.
    """

    detail = "这个孩子 {service_on} 没有安排课后服务，不需要登记缺勤。"
