"""Refusals around the menu."""

from services.kernel.problems import Conflict, NotFound, Unprocessable


class MenuBreaksPolicy(Conflict):
    """The policy forbids to publish this menu.

    Facts: ``findings`` (each with rule, clause, force, sentence, offerings), ``count``.
    """

    detail = "菜单有 {count} 处不符合政策，改好之后才能发布。"


class MenuEmpty(Unprocessable):
    """There is nothing to publish."""

    detail = "菜单里还没有课程，请先导入菜单。"


class MenuNotPublished(NotFound):
    """This school has not published a menu for this term yet."""

    detail = "学校还没有公布本学期的课后服务菜单，请过几天再看，或联系学校。"


class UnknownOffering(NotFound):
    """There is no such offering."""

    detail = "没有找到这门课程，可能已经撤下。"


class PublishedAlready(Conflict):
    """These offerings are published and differ from the sheet.

    Facts: ``codes``.
    """

    detail = "课程 {codes_text} 已经公布，不能用导入直接改动。"


class UnknownStaffOrRoom(Unprocessable):
    """There is no such teacher or room at this school."""

    detail = "没有找到这位教师或这个场地，请刷新后重新选择。"


class TimetableClash(Conflict):
    """Teacher or room is elsewhere at this time.

    Facts: ``findings``.
    """

    detail = "这位教师或这个地点在同一时间已有安排：{first}"
