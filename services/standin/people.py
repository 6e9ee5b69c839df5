"""The simulated parents: phone, openid, session key. One phone is one WeChat user."""

import base64
import hashlib
import hmac
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field


@dataclass
class Person:
    """A simulated person with a phone and WeChat on it."""

    openid: str
    phone: str
    name: str = ""
    session_key: str = field(default_factory=lambda: base64.b64encode(secrets.token_bytes(16)).decode())


class People:
    """Everybody the stand-in knows; at most ``limit``, the longest unused is forgotten first."""

    def __init__(self, appid: str, limit: int) -> None:
        self._appid = appid
        self._limit = limit
        self._by_openid: OrderedDict[str, Person] = OrderedDict()
        self._by_phone: dict[str, str] = {}

    def enter(self, phone: str, name: str = "") -> Person:
        """Return the person of ``phone``, made on first sight.

        The openid follows from the phone, so a restarted stand-in knows the same people again.
        """
        openid = self._by_phone.get(phone)
        if openid is not None:
            person = self._by_openid[openid]
            person.name = name or person.name
            self._by_openid.move_to_end(openid)
            return person
        person = Person(openid=_openid(self._appid, phone), phone=phone, name=name)
        self._by_openid[person.openid] = person
        self._by_phone[phone] = person.openid
        while len(self._by_openid) > self._limit:
            _, forgotten = self._by_openid.popitem(last=False)
            del self._by_phone[forgotten.phone]
        return person

    def of(self, openid: str) -> Person | None:
        """The person behind ``openid``, or nobody."""
        return self._by_openid.get(openid)

    def with_phone(self, phone: str) -> Person | None:
        """The person holding ``phone``, or nobody."""
        openid = self._by_phone.get(phone)
        return self._by_openid[openid] if openid else None

    def renew_session(self, person: Person) -> str:
        """Give a new session key; the old one is worth nothing from now on (wechat.md 1)."""
        person.session_key = base64.b64encode(secrets.token_bytes(16)).decode()
        return person.session_key


def _openid(appid: str, phone: str) -> str:
    digest = hmac.new(appid.encode(), phone.encode(), hashlib.sha256).digest()
    return "o" + base64.urlsafe_b64encode(digest).decode()[:27]
