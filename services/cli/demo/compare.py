"""Do the books agree, with each other and with what was played? Each complaint is a sentence; there must be none."""

from collections.abc import Iterator

from services.cli.demo.read_records import Records
from services.cli.demo.stage import Stage

MOST_COMPLAINTS = 12


def complaints(stage: Stage, records: Records) -> list[str]:
    """Return what does not agree."""
    found = [*_laws(records), *_letters(records), *_messages(records), *_played(stage, records)]
    return found[:MOST_COMPLAINTS]


def _laws(records: Records) -> Iterator[str]:
    yield from (f"law broken: {one}" for one in records.violations)
    counts = records.day["counts"]
    if records.day["state"] != "closed":
        yield "the day is not closed"
    if (there := counts["in_care"] + counts["in_transit"] + counts["awaited"]) > 0:
        yield f"the day is closed and {there} children are not accounted for"
    settled = counts["released"] + counts["absent"] + counts["excused"]
    if settled != counts["expected"] + counts["walk_ins"]:
        yield f"{counts['expected']} expected and {counts['walk_ins']} walk-ins do not balance with {settled} settled"
    if counts["missing_raised"] != counts["missing_cleared"] or counts["late_waiting"]:
        yield "the day is closed with open cases"


def _letters(records: Records) -> Iterator[str]:
    for service, one in records.letters.items():
        if one.waiting or one.dead or one.written_off:
            yield f"{service}: {one.waiting} letters wait, {one.dead} are dead"
    delivered = sum(one.delivered for one in records.letters.values())
    received = sum(one.received for one in records.letters.values())
    if delivered != received:
        yield f"{delivered} letters were delivered, {received} were received"


def _messages(records: Records) -> Iterator[str]:
    told, standin = records.messages, records.standin
    if told["waiting"] or told["unaddressed"]:
        yield f"{told['waiting']} messages wait, {told['unaddressed']} facts have no address"
    if told["doubled_without_doubt"]:
        yield f"{told['doubled_without_doubt']} messages were sent twice"
    for channel in ("wechat", "sms"):
        # A send in the air at a kill -9 may have arrived though nobody noted it: that is what “doubtful” says.
        doubtful = sum(
            one["count"]
            for one in told["attempts"]
            if one["channel"] == channel and one["outcome"] in {"doubtful", "sending"}
        )
        arrived, noted = standin.get(f"{channel}_delivered", 0), told[f"told_{channel}"]
        if not noted <= arrived <= noted + doubtful:
            yield f"{arrived} messages arrived by {channel}, {noted} are noted and {doubtful} are in doubt"


def _played(stage: Stage, records: Records) -> Iterator[str]:
    meant, counts = stage.meant, records.day["counts"]
    played = {
        "expected": len(meant.expected),
        "received": len(meant.received),
        "walk_ins": 0,
        "absent": len(meant.absent),
        "missing_raised": len(meant.missing),
        "released": len(meant.released),
        "self_released": len(meant.alone),
        "late": len(meant.late),
        "refused_releases": len(meant.refused),
    }
    for name, number in played.items():
        if counts[name] != number:
            yield f"{name}: {number} by the players, {counts[name]} by the records"
    late = {case["child_id"]: case for case in records.late_cases}
    if late.keys() != meant.late:
        yield f"late: {len(meant.late - late.keys())} cases are missing, {len(late.keys() - meant.late)} too many"
    unheard = sum(not case["steps_climbed"] for case in late.values())
    if unheard:
        yield f"late: nobody was told of {unheard} children"
