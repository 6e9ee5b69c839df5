"""Do the copies of the rosters agree with enrollment?"""

from services.cli.doctor.finding import Finding, fault, note, well
from services.cli.platform.layout import Layout
from services.cli.reach_copies import KEEPERS, Copies, in_words, open_copies
from services.contracts.internal.enrollment import SchoolEntry
from services.kernel.problems import Refusal


async def check_rosters(layout: Layout) -> list[Finding]:
    """Hold the copies of every school beside what enrollment tells; nothing to say while no platform runs."""
    async with open_copies(layout) as copies:
        if copies is None:
            return []
        try:
            schools = await copies.schools()
        except Refusal as silence:
            return [note("rosters", f"could not be compared ({silence.title()})")]
        return [await _keeper(copies, keeper, schools) for keeper in KEEPERS]


async def _keeper(copies: Copies, keeper: str, schools: list[SchoolEntry]) -> Finding:
    what, wrong = f"{keeper} roster", []
    for school in schools:
        try:
            found = await copies.compare(keeper, school.school_id)
        except Refusal as silence:
            return note(what, f"could not be compared ({silence.title()})")
        if words := in_words(found):
            wrong.append(f"{school.code}: {words} (`python -m services.cli roster rebuild {school.code}`)")
    if wrong:
        return fault(what, ". ".join(wrong))
    return well(what, f"agrees with enrollment, {len(schools)} schools")
