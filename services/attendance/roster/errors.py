"""What cannot be answered from a school's roster."""

from services.kernel.problems import Unprocessable


class WhichSchool(Unprocessable):
    """The caller belongs to several schools and named none.

    Facts: ``school_ids``.
    """

    detail = "您在不止一所学校任职，请先选择学校。"


class ChildrenOfTwoSchools(Unprocessable):
    """The children of one request go to different schools."""

    detail = "这些孩子不在同一所学校，请按学校分开操作。"
