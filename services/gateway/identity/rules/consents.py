"""Which consents come before what (PIPL 28, 29, 31; 儿童个人信息网络保护规定 8-10)."""

from collections.abc import Sequence

from services.contracts.facts.gateway import BoundPerson
from services.contracts.personas import Persona

ACCOUNT = "account"
"""Log-in and phone: before a phone is bound."""
CHILDREN = "children"
"""Data of children under 14, a consent of its own (PIPL 29): before somebody acts as a guardian."""

Required = frozenset[str]
"""The purposes for which a consent is in force."""


def may_be_told(people: Sequence[BoundPerson], given: Required) -> list[BoundPerson]:
    """Return those people whom neighbours may connect with the account."""
    return [person for person in people if person.persona != Persona.GUARDIAN or CHILDREN in given]
