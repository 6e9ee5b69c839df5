"""What attendance tells, as parents and teachers read it. Times are the school's wall clock."""

from typing import Any

from services.notifications.messages.words import Words, card_of, hhmm_of, sms_of

REFUSALS = {
    "person-blocked": "此人在禁止接送名单上",
    "person-does-not-match": "来人与登记的接送人不符",
    "pass-used": "接送码已被使用",
    "pass-revoked": "接送码已作废",
    "too-many-tries": "接送码多次输入错误",
    "phone-guessed-too-often": "接送码多次输入错误",
}
"""Why a release was refused (the slug of each alarming refusal), in a parent's words; one that is not known here yet
is only called not verified."""
FINDINGS = {
    "scanned": "孩子已到达课后服务",
    "went_home": "孩子已由家人接回或已回家",
    "sick": "孩子因病没有参加课后服务",
    "leave": "孩子今天请假",
    "with_other_teacher": "孩子在校内，由其他老师照看",
}
"""How a missing child was cleared, by attendance's word; ``other`` and new words are only called confirmed."""


def say_received(facts: dict[str, Any]) -> Words:
    """Who has the child now, and where."""
    child, room, adult = facts["child"], facts.get("room"), facts.get("adult")
    by = f"由{adult}老师接收" if adult else "由老师接收"
    where = f"，地点：{room}" if room else ""
    return Words(
        title="已到课后服务",
        body=f"{child}已于{hhmm_of(facts)}到达课后服务，{by}{where}。",
        card=card_of(
            facts, f"已到{room}" if room else "已到课后服务", f"{adult}老师照看中" if adult else "老师照看中"
        ),
    )


def say_moved(facts: dict[str, Any]) -> Words:
    """Another adult has the child now, in another room."""
    child, room, adult = facts["child"], facts.get("room"), facts.get("adult")
    teacher = f"{adult}老师" if adult else "下一位老师"
    where = f"到{room}" if room else "换到下一门课"
    return Words(
        title="已换到下一门课",
        body=f"{child}已于{hhmm_of(facts)}{where}，由{teacher}接着照看。",
        card=card_of(facts, f"已到{room}" if room else "已换到下一门课", f"{teacher}照看中"),
    )


def say_missing(facts: dict[str, Any]) -> Words:
    """The child should be there and is not."""
    return Words(
        title="孩子尚未到达课后服务",
        body=(
            f"{facts['child']}今天应参加课后服务，到{hhmm_of(facts)}还没有到达，老师正在寻找。"
            "请您马上确认孩子在哪里，并与老师联系。"
        ),
        card=card_of(facts, "未到课后服务，老师正在寻找", "马上确认孩子去向并联系老师"),
        sms=sms_of(facts),
    )


def say_missing_cleared(facts: dict[str, Any]) -> Words:
    """Somebody found out where the child is."""
    what = FINDINGS.get(facts["reason"], "孩子的去向已经确认")
    return Words(
        title="孩子的去向已核实",
        body=f"{facts['child']}未到课后服务的情况，老师已于{hhmm_of(facts)}核实：{what}。",
        card=card_of(facts, what, "如有疑问请联系老师"),
        sms=sms_of(facts, what=what),
    )


def say_released(facts: dict[str, Any]) -> Words:
    """The child left the school's care, and with whom."""
    child, time, collector = facts["child"], hhmm_of(facts), facts.get("collector")
    if facts["manner"] == "self":
        what, remark, how = "已按约定自行离校", "请留意孩子到家的时间", "按约定自行离校"
    elif facts["manner"] == "dormitory":
        what, remark, how = "已回宿舍", "由宿管老师照看", "回到宿舍，由宿管老师照看"
    elif collector:
        relation = f"（{facts['relation']}）" if facts.get("relation") else ""
        what, remark, how = (
            f"由{collector}{relation}接走",
            "若与您的安排不符，请立即联系学校",
            f"由{collector}{relation}接走",
        )
    else:
        what, remark, how = "已被接走", "若与您的安排不符，请立即联系学校", "被接走"
    return Words(
        title="孩子已离校" if facts["manner"] != "dormitory" else "孩子已回宿舍",
        body=f"{child}已于{time}{how}。",
        card=card_of(facts, what, remark),
    )


def say_late(facts: dict[str, Any]) -> Words:
    """Nobody came for the child yet: to the family."""
    waited = _waited(facts)
    body = f"课后服务已结束，{facts['child']}还在学校，由老师陪着，到{hhmm_of(facts)}还没有人来接。"
    ask = "请您尽快来接，或回复预计到达的时间。"
    if facts.get("urgent"):
        ask = f"孩子已等了{waited}，请您立即来接或回电；联系不上时，学校会继续联系其他家人。"
    return Words(
        title="还没有人来接孩子",
        body=body + ask,
        card=card_of(facts, f"仍在学校，已等候{waited}", "尽快来接或回复到达时间"),
        sms=sms_of(facts, waited=waited),
    )


def say_late_staff(facts: dict[str, Any]) -> Words:
    """Nobody came for the child yet: to the teacher or leader on duty."""
    waited = _waited(facts)
    return Words(
        title="有孩子还没有人来接",
        body=f"{facts['child']}到{hhmm_of(facts)}还没有人来接，已等候{waited}。请到现场照看孩子，并联系家长。",
        card=card_of(facts, f"无人来接，已等候{waited}", "到现场照看孩子，并联系家长"),
        sms=sms_of(facts, waited=waited),
    )


def say_release_refused(facts: dict[str, Any]) -> Words:
    """Somebody asked for the child and was sent away: to the family."""
    return Words(
        title="有人要接走孩子，未予放行",
        body=(
            f"{hhmm_of(facts)}有人要接走{facts['child']}，因{_refusal(facts)}，老师没有放行，孩子仍由老师照看。"
            "如有疑问，请立即联系老师。"
        ),
        card=card_of(facts, "有人要接走孩子，未予放行", "孩子仍由老师照看，请联系老师"),
        sms=sms_of(facts),
    )


def say_release_refused_staff(facts: dict[str, Any]) -> Words:
    """Somebody asked for the child and was sent away: to the leader."""
    return Words(
        title="接送被拒绝，请到现场",
        body=f"{hhmm_of(facts)}有人要接走{facts['child']}被拒绝：{_refusal(facts)}。请到接送点查看。",
        card=card_of(facts, "有人要接走孩子，未予放行", "到接送点查看"),
        sms=sms_of(facts, reason=_refusal(facts)),
    )


def _waited(facts: dict[str, Any]) -> str:
    """At the ladder's first step not even a minute may have passed; nobody is told of zero minutes."""
    minutes = int(facts.get("minutes") or 0)
    return f"{minutes}分钟" if minutes else "片刻"


def _refusal(facts: dict[str, Any]) -> str:
    return REFUSALS.get(facts["reason"], "身份未通过核验")
