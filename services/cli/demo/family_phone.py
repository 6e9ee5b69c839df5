"""A guardian's phone: own children, choices, agreement, passes, “on my way”."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from services.cli.demo.cast import Family
from services.cli.demo.wechat_phone import Lines, WechatPhone

WORKDAYS = [1, 2, 3, 4, 5]


class FamilyPhone(WechatPhone):
    """The phone of the guardian who chooses for the family."""

    def __init__(self, lines: Lines, part: Family, school_id: str, service_on: str) -> None:
        super().__init__(lines, part.phone, part.name)
        self.part = part
        self.school_id = school_id
        self.service_on = service_on
        self._collectors: dict[str, str] = {}

    @property
    def only_child(self) -> str:
        """The child of a family that has one; most parts need that."""
        return self.part.children[0].child_id

    async def find_children(self) -> None:
        """Fetch the own children of this school, and keep their ids and those of their collectors."""
        shown = await self.ask("GET", "children")
        own = {one["student_no"]: one for one in shown["children"] if one["school_id"] == self.school_id}
        for child in self.part.children:
            found = own[child.sheet.student_no]
            child.child_id = found["child_id"]
            self._collectors |= {one["name"]: one["collector_id"] for one in found["collectors"]}

    async def ask_for_care(self) -> None:
        """One tap: the week's care for all children, from the played day on."""
        children = [
            {"child_id": child.child_id, "weekdays": WORKDAYS, "until": self.part.until}
            for child in self.part.children
        ]
        wish = {"school_id": self.school_id, "children": children, "from_on": self.service_on}
        await self.ask("POST", "places/care", json=wish)

    async def hand_in_wishes(self, round_id: str, offering_ids: Mapping[str, str]) -> None:
        """Hand in the ranked wishes of all children that have some."""
        wishing = [child for child in self.part.children if child.wishes]
        lists = [
            {"child_id": child.child_id, "offering_ids": [offering_ids[code] for code in child.wishes]}
            for child in wishing
        ]
        together = {"child_ids": [child.child_id for child in wishing], "link": "same_end"}
        said = {
            "school_id": self.school_id,
            "children": lists,
            "together": [together] if self.part.together else [],
        }
        await self.ask("PUT", f"rounds/{round_id}/wishes", json=said)

    async def read_results(self, round_id: str) -> Any:
        """Read what became of the wishes, and why; the papers to check it come along."""
        about = {"school_id": self.school_id}
        return await self.ask("GET", f"rounds/{round_id}/results", params=about)

    async def wait_for(self, child_id: str, offering_id: str) -> None:
        """Go on the waiting list of a full club."""
        wish = {"school_id": self.school_id, "offering_id": offering_id, "child_id": child_id}
        await self.ask("POST", "waiting-list", json=wish)

    async def own_waiting(self) -> list[dict[str, Any]]:
        """Look at what the children wait for."""
        entries: list[dict[str, Any]] = (await self.ask("GET", "waiting-list"))["entries"]
        return entries

    async def take_offer(self, entry_id: str) -> Any:
        """Take an offered place, by one tap."""
        about = {"school_id": self.school_id}
        return await self.ask("POST", f"waiting-list/{entry_id}/acceptance", json=about)

    async def claim(self, child_id: str, offering_id: str) -> str:
        """Claim a place in a club; returns its id, raises Refused where it is full."""
        wish = {"offering_id": offering_id, "child_id": child_id, "from_on": self.service_on}
        place = await self.ask("POST", "places", json={"school_id": self.school_id, **wish})
        return str(place["place_id"])

    async def give_up(self, place_id: str) -> None:
        """Give a place back before it begins."""
        about = {"school_id": self.school_id, "until_on": self.service_on}
        await self.ask("POST", f"places/{place_id}/end", json=about)

    async def sign(self, agreement: dict[str, Any]) -> None:
        """Sign the text that was read, for all children."""
        signing = {
            "school_id": self.school_id,
            "number": agreement["number"],
            "sha256": agreement["sha256"],
            "child_ids": [child.child_id for child in self.part.children],
        }
        await self.ask("POST", "agreements/signatures", json=signing)

    async def show_pass(
        self, child_ids: Sequence[str], *, by: str, collector: str | None = None
    ) -> dict[str, Any]:
        """Make a pass, the own one or for a collector; returns the proof that is shown at the door."""
        asked = {"service_on": self.service_on, "child_ids": list(child_ids)}
        if collector:
            asked["collector_id"] = self._collectors[collector]
        made = await self.ask("POST", "passes", json=asked)
        if by == "code":
            return {"kind": "code", "code": made["code"]}
        return {"kind": "qr", "token": made["qr"]}

    async def on_my_way(self, child_id: str, *, until: datetime) -> Any:
        """Say when somebody will be there; the ladder rests until then at most."""
        return await self.ask("POST", f"late-cases/{child_id}/on-my-way", json={"until": until.isoformat()})
