"""As whom may somebody act? One person may be a teacher at one school and a guardian at two: a token names one hat."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from services.contracts.facts.gateway import BoundPerson
from services.contracts.personas import Persona
from services.gateway.identity.errors import ConsentMissing, PersonaNotHeld
from services.gateway.identity.rules.consents import CHILDREN, Required

SPANNING = frozenset({Persona.GUARDIAN, Persona.COUNTY_SUPERVISOR, Persona.CITY_SUPERVISOR})
"""Personas that act for all their schools at once; all others act for one."""


@dataclass(frozen=True)
class Hat:
    """One persona and the people behind it: school -> this person's id there. ``needs`` are consents not yet given."""

    persona: str
    people: dict[UUID, UUID]
    needs: tuple[str, ...] = ()

    @property
    def school_id(self) -> UUID | None:
        """The school of a hat that belongs to one."""
        return None if self.persona in SPANNING else next(iter(self.people), None)


GUEST = Hat(Persona.GUEST, {})


@dataclass
class Wardrobe:
    """All hats of an account, guardians first, then by persona."""

    hats: list[Hat] = field(default_factory=list)

    def choose(self, persona: str, school_id: UUID | None) -> Hat:
        """Return the hat that was asked for; a guest's is everybody's.

        ``school_id`` may be left out where the persona is held at one school only.

        Raises:
            PersonaNotHeld: enrollment does not know this person as that, there, any more.
            ConsentMissing: a consent must be given before.
        """
        if persona == Persona.GUEST:
            return GUEST
        fitting = [hat for hat in self.hats if hat.persona == persona and _fits(hat, school_id)]
        if len(fitting) != 1:
            raise PersonaNotHeld(persona=persona)
        if fitting[0].needs:
            raise ConsentMissing(purpose=fitting[0].needs[0])
        return fitting[0]

    def keep(self, persona: str, school_id: UUID | None) -> Hat:
        """Return the hat worn so far, or a guest's where the right to it has ended."""
        try:
            return self.choose(persona, school_id)
        except (PersonaNotHeld, ConsentMissing):
            return GUEST

    def only(self) -> Hat:
        """Return the one hat there is; a guest's where somebody has none or must choose."""
        return self.hats[0] if len(self.hats) == 1 and not self.hats[0].needs else GUEST


def hats_of(people: Sequence[BoundPerson], given: Required) -> Wardrobe:
    """Return the hats that these people make, given the consents ``given``."""
    found: dict[tuple[str, UUID | None], dict[UUID, UUID]] = {}
    for person in people:
        place = None if person.persona in SPANNING else person.school_id
        found.setdefault((person.persona, place), {})[person.school_id] = person.person_id
    hats = [
        Hat(persona, members, (CHILDREN,) if persona == Persona.GUARDIAN and CHILDREN not in given else ())
        for (persona, _), members in found.items()
    ]
    return Wardrobe(
        sorted(hats, key=lambda hat: (hat.persona != Persona.GUARDIAN, hat.persona, str(hat.school_id)))
    )


def _fits(hat: Hat, school_id: UUID | None) -> bool:
    return school_id is None or school_id in hat.people
