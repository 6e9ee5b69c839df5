"""What goes wrong at the door, and what the platform must say to it. The child is still there afterwards."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from services.cli.demo.family_phone import FamilyPhone
from services.cli.demo.line import Broken, Refused
from services.cli.demo.staff_phone import StaffPhone
from services.cli.demo.stage import Stage

Proof = dict[str, Any]

GUESSES = ("CDF-234", "HJK579", "mnp293")


async def ask_in_vain(
    stage: Stage,
    phone: StaffPhone,
    child_ids: Sequence[str],
    proof: Proof,
    *,
    so: str,
    matches: bool = True,
) -> None:
    """Ask for children who must not be given; raises Broken when they are, or for another reason than ``so``."""
    said = await phone.release(child_ids, proof, at=stage.pace.now(), matches=matches)
    if said != so:
        raise Broken(f"a release by {proof['kind']} should be refused as {so}, not as {said}")
    stage.meant.refused.append(so)


async def _steal_for_another(stage: Stage, family: FamilyPhone) -> None:
    """A stranger read the code over somebody's shoulder and asks for a classmate."""
    own = family.only_child
    phone = stage.holder[own]
    victim = next(
        child_id
        for child_id, holder in stage.holder.items()
        if holder is phone and child_id != own and child_id not in stage.meant.released
    )
    await ask_in_vain(stage, phone, [victim], await family.show_pass([own], by="code"), so="pass-for-another")


async def _not_the_person(stage: Stage, family: FamilyPhone) -> None:
    """The teacher looks up from her phone: the person before her is another. The pass dies."""
    own = family.only_child
    proof = await family.show_pass([own], by="code")
    phone = stage.holder[own]
    await phone.check_pass(proof)
    await ask_in_vain(stage, phone, [own], proof, so="person-does-not-match", matches=False)
    await ask_in_vain(stage, phone, [own], proof, so="pass-revoked")


async def _guess(stage: Stage, family: FamilyPhone) -> None:
    """Somebody makes codes up."""
    own = family.only_child
    for guess in GUESSES:
        await ask_in_vain(stage, stage.holder[own], [own], {"kind": "code", "code": guess}, so="unknown-pass")


async def _not_today(stage: Stage, family: FamilyPhone) -> None:
    """The guardian would send somebody whose paper names other weekdays: there is no such pass."""
    try:
        await family.show_pass([family.only_child], by="code", collector=family.part.unfit)
    except Refused as refusal:
        if refusal.slug == "pass-not-issued":
            stage.meant.refused_passes += 1
            return
        raise
    raise Broken("a pass was made for a collector who may not come today")


async def _blocked(stage: Stage, family: FamilyPhone) -> None:
    """The collector has a good code, but meanwhile an order forbids to give the child to this person."""
    own = family.only_child
    proof = stage.codes_in_hand.pop(own)
    await ask_in_vain(stage, stage.holder[own], [own], proof, so="person-blocked")
    family.part.collector = None


BEFORE: dict[str, Callable[[Stage, FamilyPhone], Awaitable[None]]] = {
    "wrong_child": _steal_for_another,
    "not_the_person": _not_the_person,
    "guessed_code": _guess,
    "not_today": _not_today,
    "blocked": _blocked,
}
"""What happens before the family's own collector comes; by the word in its part."""
