"""What enrollment tells, as families read it. A priority group is never named (R06)."""

from typing import Any

from services.notifications.messages.words import (
    Words,
    card_day,
    card_moment,
    card_of,
    day_in_words,
    grades_in_words,
    moment_in_words,
    short_moment,
    sms_of,
    titles_in_words,
    weekday_in_words,
)

LACKING = {"teacher": "老师", "room": "场地"}
STILL_CARED_FOR = "孩子仍可参加基本托管，也可以候补或改选还有名额的课程"


def say_round_announced(facts: dict[str, Any]) -> Words:
    """When to choose, and by which rule."""
    opens, closes = moment_in_words(facts["opens_at"]), moment_in_words(facts["closes_at"])
    if facts["rule"] == "preference":
        how, what = "填报志愿", "课后服务选课：填报志愿"
        rule = (
            f"结果于{moment_in_words(facts['results_at'])}公布。截止前先填后填机会相同，请和孩子商量好再填。"
        )
    else:
        how, what = "先到先得", "课后服务选课：先到先得"
        rule = "名额报满后可以候补；没有选上的孩子，仍可参加基本托管。"
    return Words(
        title="课后服务选课通知",
        body=f"{facts['school']}新一轮课后服务选课（{how}）：{opens}开始，{closes}截止。{rule}",
        card=card_of(
            facts, what, f"{short_moment(facts['closes_at'])}截止", when=card_moment(facts["opens_at"])
        ),
    )


def say_round_cancelled(facts: dict[str, Any]) -> Words:
    """A round that will not be."""
    wishes = "本轮已填的志愿不再有效。" if facts["rule"] == "preference" else ""
    return Words(
        title="课后服务选课取消",
        body=(
            f"{facts['school']}原定{moment_in_words(facts['opens_at'])}开始的课后服务选课已取消。"
            f"{wishes}新的安排，学校会另行通知。"
        ),
        card=card_of(
            facts, "本轮课后服务选课已取消", "新的安排会另行通知", when=card_moment(facts["opens_at"])
        ),
    )


def say_results_out(facts: dict[str, Any]) -> Words:
    """What came of a child's wishes."""
    child, given = facts["child"], facts.get("offerings")
    if given:
        body = f"{child}本轮选上了{titles_in_words(given)}。上课时间和每个志愿的结果说明，请在小程序查看。"
        what, remark = f"选上了{'、'.join(given)}", "请在小程序查看详情"
    else:
        body = (
            f"{child}本轮填报的{facts['wishes']}个志愿都没有选上。{STILL_CARED_FOR}。每个志愿没有选上的原因，"
            "请在小程序查看。"
        )
        what, remark = "本轮志愿没有选上", "可候补或改选有名额的课程"
    return Words(title="选课结果已公布", body=body, card=card_of(facts, what, remark))


def say_place_given(facts: dict[str, Any]) -> Words:
    """A place came by the waiting list or by a swap."""
    title, day = facts["offerings"][0], day_in_words(facts["day"])
    came = f"已换到「{title}」" if facts["came_by"] == "swap" else f"候补的「{title}」已经选上"
    return Words(
        title="选课有变动",
        body=f"{facts['child']}{came}，从{day}起生效。上课时间和地点，请在小程序查看。",
        card=card_of(facts, f"已选上{title}", f"从{day}起生效"),
    )


def say_place_claimed(facts: dict[str, Any]) -> Words:
    """The family chose it itself: for the other guardian, and for the record."""
    return Words(
        title="选课成功",
        body=f"{facts['child']}已选上「{facts['offerings'][0]}」，从{day_in_words(facts['day'])}起生效。",
    )


def say_place_lost(facts: dict[str, Any]) -> Words:
    """The school withdrew the offering."""
    title, day = facts["offerings"][0], day_in_words(facts["day"])
    return Words(
        title="课程停开",
        body=f"「{title}」停开，{facts['child']}从{day}起不再上这门课。{STILL_CARED_FOR}。",
        card=card_of(facts, f"课程停开：{title}", f"从{day}起，可改选其他课程"),
    )


def say_place_given_up(facts: dict[str, Any]) -> Words:
    """The family gave it up itself: for the other guardian, and for the record."""
    title, day = facts["offerings"][0], day_in_words(facts["day"])
    return Words(title="已退出课程", body=f"{facts['child']}已退出「{title}」，从{day}起不再上这门课。")


def say_club_moved(facts: dict[str, Any]) -> Words:
    """The school moved a club of the child's; whom the new time does not suit may leave it."""
    title, day = facts["offerings"][0], day_in_words(facts["day"])
    weekdays = "、".join(weekday_in_words(weekday) for weekday in facts["weekdays"])
    return Words(
        title="上课时间有调整",
        body=(
            f"{facts['child']}的「{title}」从{day}起改为{weekdays} {facts['starts']}—{facts['ends']}上课，名额保留。"
            "如果新的时间不合适，可以在小程序退出或改选。"
        ),
        card=card_of(facts, f"{title}上课时间有调整", f"从{day}起，详情请在小程序查看"),
    )


def say_place_offered(facts: dict[str, Any]) -> Words:
    """A place is kept for a while."""
    title = facts["offerings"][0]
    return Words(
        title="候补的课程有名额了",
        body=(
            f"{facts['child']}候补的「{title}」有名额了，为孩子保留到{moment_in_words(facts['expires_at'])}。"
            "请在此之前到小程序确认；过期没有确认，名额将转给下一位同学。"
        ),
        card=card_of(facts, f"候补有名额：{title}", f"请在{short_moment(facts['expires_at'])}前确认"),
    )


def say_offer_lapsed(facts: dict[str, Any]) -> Words:
    """Nobody took it in time."""
    title = facts["offerings"][0]
    return Words(
        title="候补名额已过期",
        body=(
            f"为{facts['child']}保留的「{title}」名额没有在期限内确认，已转给下一位同学。"
            "如果还想参加，可以在小程序重新候补。"
        ),
        card=card_of(facts, f"名额已过期：{title}", "如仍想参加，可重新候补"),
    )


def say_day_closed(facts: dict[str, Any]) -> Words:
    """No service on a day."""
    day = day_in_words(facts["day"])
    return Words(
        title="课后服务暂停一天",
        body=f"{facts['school']}{day}不开展课后服务{_because(facts)}，请您安排好孩子当天放学后的接送和照看。",
        card=card_of(
            facts,
            f"当天不开展课后服务{_because(facts)}",
            "请安排好孩子放学后的照看",
            when=card_day(facts["day"]),
        ),
        sms=sms_of(facts, day=day),
    )


def say_day_changed(facts: dict[str, Any]) -> Words:
    """Service on a day, by some weekday's timetable."""
    day, weekday = day_in_words(facts["day"]), weekday_in_words(facts["runs_as"])
    return Words(
        title="课后服务日期调整",
        body=(
            f"{facts['school']}{day}开展课后服务{_because(facts)}，按{weekday}的课表安排。"
            "请留意孩子当天的接送时间，具体安排可在小程序查看。"
        ),
        card=card_of(
            facts, f"当天按{weekday}课表开展课后服务", "请留意当天的接送时间", when=card_day(facts["day"])
        ),
        sms=sms_of(facts, day=day, weekday=weekday),
    )


def say_care_group_opened(facts: dict[str, Any]) -> Words:
    """To staff: a further group of care is there, and what it still needs (R03)."""
    title = facts["offerings"][0]
    weekdays = "、".join(weekday_in_words(weekday) for weekday in facts["weekdays"])
    lacks = "和".join(LACKING[one] for one in facts["lacks"])
    return Words(
        title="加开了托管组，请安排老师和场地",
        body=(
            f"{facts['school']}{grades_in_words(facts['grades'])}原有的托管组已满，已加开「{title}」："
            f"{weekdays} {facts['starts']}—{facts['ends']}，已安排{facts['children']}名学生。"
            f"这个组还没有{lacks}，请尽快安排。"
        ),
        card=card_of(facts, f"加开托管组，还缺{lacks}", f"请尽快安排：{title}"),
    )


def say_agreement_due(facts: dict[str, Any]) -> Words:
    """Nobody signed for the child yet; it is cared for all the same (R29)."""
    return Words(
        title="请签署课后服务安全协议",
        body=(
            f"{facts['school']}的课后服务安全协议（第{facts['number']}版）还没有家长为{facts['child']}签署。"
            "孩子照常参加课后服务；请您抽空在小程序阅读并签署。"
        ),
        card=card_of(facts, "课后服务安全协议待签署", "请在小程序阅读并签署"),
    )


def say_collector_changed(facts: dict[str, Any]) -> Words:
    """Who may fetch the child changed: whoever did not expect it should say so at once."""
    who = facts.get("collector", "一位接送人")
    relation = f"（{facts['relation']}）" if facts.get("relation") else ""
    if facts["change"] == "named":
        what, body = f"新增接送人{who}", f"{who}{relation}已登记为{facts['child']}的接送人。"
    else:
        what, body = f"{who}不再接送", f"{who}{relation}不再是{facts['child']}的接送人，今后不能接孩子离校。"
    return Words(
        title="接送人有变动",
        body=f"{body}若与您的安排不符，请立即联系学校。",
        card=card_of(facts, what, "若与您的安排不符，请立即联系学校"),
    )


def say_menu_published(facts: dict[str, Any]) -> Words:
    """The menu, or a newer number of it."""
    done = "公布了课后服务课程安排" if facts["number"] == 1 else "更新了课后服务课程安排"
    return Words(
        title="课后服务课程安排",
        body=f"{facts['school']}{done}，课程、时间和任课老师请在小程序查看。",
        card=card_of(facts, f"学校{done}", "请在小程序查看"),
    )


def say_request_carried_out(facts: dict[str, Any]) -> Words:
    """What staff did for the family on its request."""
    return Words(
        title="您托学校办的事已办好",
        body=f"您请学校为{facts['child']}办理的事项已经办好，请在小程序核对；如有不符，请联系学校。",
        card=card_of(facts, "您请学校办理的事项已办好", "请核对，如有不符请联系学校"),
    )


def _because(facts: dict[str, Any]) -> str:
    """The school's reason in parentheses; an older letter has none."""
    return f"（{facts['reason']}）" if facts.get("reason") else ""
