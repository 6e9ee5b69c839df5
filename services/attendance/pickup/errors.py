"""Why a child is not given to somebody: what is wrong, and what the teacher at the gate does now."""

from services.attendance.custody.errors import UnknownChild
from services.kernel.problems import Conflict, Expired, Forbidden, NotFound, Refusal, Unprocessable


class UnknownPass(NotFound):
    """No pass of today has this code.

    Facts: ``child``, ``tries_left`` of that child, or of this phone where no child was named.
    """

    detail = (
        "接送码不对，请先不要放人。请对方核对后再报一次（还可以试{tries_left}次），"
        "或请家长打开手机出示二维码。"
    )


class UnreadablePass(NotFound):
    """This QR code was not made by this platform."""

    detail = "这个二维码不是本平台的接送码，请先不要放人。请对方打开家长端的“接送码”页面重新出示。"


class PassExpired(Expired):
    """This pass was valid once: the QR code rotates, and every pass ends with its day."""

    detail = (
        "接送码已过期（可能是截图或以前的码），请先不要放人。请对方在家长端刷新接送码后，当面再出示一次。"
    )


class PassReplaced(Expired):
    """The family has made a newer pass for this collector."""

    detail = "家长已经重新生成了接送码，这个旧码作废。请对方出示最新的接送码。"


class PassUsed(Conflict):
    """This pass has released the child before.

    Facts: ``child``, ``used_at`` (local HH:MM).
    """

    detail = (
        "这个接送码已在{used_at}用过，{child}当时已被接走。请不要再次放人，"
        "记下对方的样子，并马上联系值班领导；系统已同时通知家长。"
    )


class PassRevoked(Forbidden):
    """A teacher saw that the person was not the collector; the pass is dead.

    Facts: ``child``.
    """

    detail = "这个接送码已因“来人不符”被作废，请不要让对方带走{child}，马上联系值班领导；系统已同时通知家长。"


class PassForAnother(Conflict):
    """The pass is good, but for another child.

    Facts: ``child``.
    """

    detail = "这个接送码不是{child}的，请不要让对方带走{child}。请对方出示{child}本人的接送码。"


class PersonBlocked(Forbidden):
    """An order forbids that this person takes the child.

    Facts: ``child``, ``collector``.
    """

    detail = (
        "学校登记了禁止接走{child}的人员，“{collector}”在名单中（或与其同名）。"
        "请不要放人，让{child}留在您身边，马上联系值班领导当面处理；系统已同时通知监护人。"
    )


class CollectorMayNotCollect(Forbidden):
    """This guardian or collector has no right, or no right any more, to take the child.

    Facts: ``child``, ``collector``, ``relation``.
    """

    detail = "{collector}（{relation}）没有接走{child}的授权，或授权已取消，请先不要放人，并请其他已授权的家长来接。"


class CollectorNotToday(Forbidden):
    """The collector's authorisation does not cover this day.

    Facts: ``child``, ``collector``, ``relation``.
    """

    detail = (
        "{collector}（{relation}）今天没有接走{child}的授权（授权只在登记的日期和星期有效），"
        "请先不要放人。请监护人在家长端更新授权，或由其他已授权的家长来接。"
    )


class CollectorUnderage(Forbidden):
    """The collector is certainly too young.

    Facts: ``child``, ``collector``, ``relation``, ``min_age``.
    """

    detail = "{collector}（{relation}）未满{min_age}周岁，不能接走{child}。请成年的家长来接。"


class TooManyTries(Forbidden):
    """Too many wrong codes for this child: codes are closed to it for today, QR codes are not.

    Facts: ``child``, ``tries``; ``again`` when the alarm was raised before.
    """

    detail = (
        "接送码已输错{tries}次，今天不能再用六位码接{child}。请先不要放人：请家长当面出示手机二维码；"
        "没有二维码的，请联系值班领导核实。"
    )


class PhoneGuessedTooOften(Forbidden):
    """Too many wrong codes on this phone: it takes no more codes today, QR codes it does.

    Facts: ``tries``; ``again`` when the alarm was raised before.
    """

    detail = (
        "这部手机今天已输错{tries}次接送码，不能再输入六位码。请先不要放人：请家长当面出示手机二维码；"
        "没有二维码的，请联系值班领导核实。"
    )


class NotInYourCare(Forbidden):
    """Another adult answers for the child.

    Facts: ``child``, ``adult``, ``room``.
    """

    detail = "{child}现在由{adult}老师负责（{room}），请带家长到那里接，或请值班领导放行。"


class ChildOnTheWay(Conflict):
    """The child is between two adults: offered, and not accepted yet.

    Facts: ``child``, ``adult``.
    """

    detail = (
        "{child}正在交接途中，现在仍由{adult}老师负责。请先由接班老师扫码接收，或由交班老师收回，再放行。"
    )


class ChildNotHere(Conflict):
    """The child is not in anybody's care today, so that nobody can release it.

    Facts: ``child``.
    """

    detail = "{child}今天还没有被接收（或已登记缺勤），不能放行。孩子若就在面前，请先扫码接收，再放行。"


class AlreadyReleased(Conflict):
    """The child has gone home.

    Facts: ``child``, ``released_at`` (local HH:MM), ``collector`` as the family calls it.
    """

    detail = (
        "{child}已在{released_at}离校（{collector}）。孩子若还在面前，请先看护好，并马上联系值班领导核实。"
    )


class PersonDoesNotMatch(Forbidden):
    """The teacher sees that this is not the person on the pass; the pass is revoked.

    Facts: ``child``, ``collector``, ``relation``.
    """

    detail = (
        "来人不是{collector}（{relation}），接送码已作废。请不要放人，让{child}留在您身边，"
        "马上联系值班领导；系统已同时通知监护人。"
    )


class NotAllowedAlone(Forbidden):
    """No written permission lets this child go home alone today.

    Facts: ``child``, ``from_grade``.
    """

    detail = "{child}没有生效的自行离校书面申请（{from_grade}年级起可以申请），不能自己离校。请等家长来接，或联系家长。"


class PassNotIssued(Forbidden):
    """This person may not take the child today, so that there is no pass.

    Facts: ``child``, ``collector``, ``why`` (a clause), ``objections``.
    """

    detail = "今天不能为{child}生成{collector}的接送码：{why}。如有疑问，请联系班主任。"


class NothingToCollect(Conflict):
    """The child has no open stay today: no service, not coming, or gone home already.

    Facts: ``child``.
    """

    detail = "{child}今天没有课后服务，或已请假、缺勤、离校，不需要接送码。如有疑问，请联系班主任。"


class PassesAreForToday(Unprocessable):
    """Passes are made on the day on which they are used."""

    detail = "接送码只能在当天生成，请在接孩子当天打开本页面。"


class ReleaseClockAstray(Unprocessable):
    """The phone's clock is ahead, or on another day: when the child left cannot be recorded like this.

    Facts: ``service_on``.
    """

    detail = "手机时间不准（不在{service_on}当天，或比实际时间快），请校准手机时间后再放行。"


class PassNoLongerGood(Expired):
    """This pass was used, replaced or revoked."""

    detail = "这个接送码已经用过或已作废。如果孩子还没有接到，请重新生成一个。"


AT_THE_GATE: tuple[type[Refusal], ...] = (
    UnknownPass,
    UnreadablePass,
    PassExpired,
    PassReplaced,
    PassUsed,
    PassRevoked,
    PassForAnother,
    PersonBlocked,
    CollectorMayNotCollect,
    CollectorNotToday,
    CollectorUnderage,
    TooManyTries,
    PhoneGuessedTooOften,
    NotInYourCare,
    ChildOnTheWay,
    ChildNotHere,
    AlreadyReleased,
    PersonDoesNotMatch,
    NotAllowedAlone,
    UnknownChild,
)
"""Everything that a release can be refused with; each is a row (`ReleaseRefusal`)."""

ALARMING = frozenset(
    {PassUsed, PassRevoked, PersonBlocked, TooManyTries, PhoneGuessedTooOften, PersonDoesNotMatch}
)
"""Refusals of which guardians and leaders hear at once."""

BY_SLUG = {refusal.slug(): refusal for refusal in AT_THE_GATE}
