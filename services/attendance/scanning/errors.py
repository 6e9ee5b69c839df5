"""Why a scan is not taken, or a whole batch of them: what happened, and what the teacher does now."""

from services.kernel.problems import Forbidden, Unprocessable


class BadCard(Unprocessable):
    """This card was not made for this school, or is damaged."""

    detail = "这张卡不是本校的学生卡，或者已损坏。请按姓名查找孩子，并告诉班主任补卡。"


class ClockAstray(Unprocessable):
    """The scan lies in the future, or on another day than its list.

    Facts: ``occurred_at`` as the phone told it, ``now`` (both local HH:MM), ``service_on``.
    """

    detail = (
        "这条记录的时间是{occurred_at}，与现在（{now}）或当天不符，没有入账。请校准手机时间后重新扫一次。"
    )


class ScanIdReused(Unprocessable):
    """This scan's id belongs to another record."""

    detail = "这条扫码记录的编号重复，没有入账，请重新扫一次。"


class CardsNotSetUp(Forbidden):
    """This platform has no key for cards yet."""

    detail = "平台还没有设置学生卡密钥，暂时不能制卡或读卡，请联系管理员；可以先按姓名查找孩子。"
