"""The order of the draw and how it places, as it is published for everybody (R06, decision 15). Pure."""

from collections.abc import Sequence

from services.enrollment.draw.rules.book import METHOD

_SAID = (
    "抽签规则（{method}）：这一轮所有课程用同一个顺序。{tiers}；同等的孩子，上学期第一志愿没有选上的在前；再同等的，"
    "按抽签号排，抽签号由截止前就封存的随机种子和全部志愿单算出，与提交早晚无关。要求一起安排的兄弟姐妹，排在其中靠后的"
    "那个孩子的位置。录取按这个顺序一遍一遍地进行：每一遍，每个孩子最多录取一门，就是还有名额、时间不冲突、不超过门数"
    "上限的志愿里最靠前的一门，直到没有孩子能再录取。达不到最少开班人数的课程不开班，选它的孩子重新安排，全部排好才公布结果。"
)


def said_order(tiers: Sequence[Sequence[str]]) -> str:
    """Return the rule in one paragraph, with the method's name; ``tiers`` as the policy lists its groups."""
    listed = "，再是".join("、".join(groups) for groups in tiers)
    said = f"政策规定优先的孩子在前（先是{listed}），其他孩子在后" if listed else "不分先后类别"
    return _SAID.format(method=METHOD, tiers=said)
