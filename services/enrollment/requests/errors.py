"""Refusals around requests of families."""

from services.kernel.problems import Forbidden, Unprocessable


class NotOwnHomeroom(Forbidden):
    """A homeroom teacher records requests of the own class only."""

    detail = "您只能为自己班的孩子登记家长的请求，其他班请找该班班主任或课后服务管理员。"


class NotForTeachers(Forbidden):
    """What moves a child to another school is done by the school's officers."""

    detail = "转学由课后服务管理员办理，请把家长的请求转给管理员。"


class CollectorByTelephone(Unprocessable):
    """Staff name a collector only for a guardian who is there, or who wrote."""

    detail = (
        "接送人关系到孩子的安全：请家长到校当面办理，或交来书面请求后再登记；家长也可以自己在小程序里添加。"
    )


class NotThisChildsGuardian(Unprocessable):
    """The request must be a guardian's of this child."""

    detail = "登记的家长不是这个孩子的监护人，请核对后重新选择。"
