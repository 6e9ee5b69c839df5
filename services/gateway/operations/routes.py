"""For whoever runs the platform; the token comes from `kehou operator-token`."""

from fastapi import APIRouter

from services.contracts.personas import Persona
from services.gateway.identity.audit import Action, write_audit
from services.gateway.operations.collect_letters import LettersOut, collect_letters
from services.kernel.web.dependencies import Caller, Held

router = APIRouter(prefix="/api/v1/operations", tags=["operations"])


@router.get("/letters")
async def letters(who: Caller, held: Held) -> LettersOut:
    """Return the letters of all services by state, what got stuck and why, and the messages to people in figures."""
    who.require(Persona.OPERATOR)
    collected = await collect_letters(held)
    async with held.database.transaction() as tx:
        await write_audit(
            tx, Action.LETTERS_SEEN, account_id=who.account_id, persona=who.persona, now=held.clock.now()
        )
    return collected
