"""What a service that copies rosters answers about its copy: how it compares with what enrollment tells.

``GET /internal/roster/comparison`` and ``POST /internal/roster/rebuild``, each for one ``school_id``; only with a
service token. No name and no phone is in it.
"""

from uuid import UUID

from services.contracts.wire import Wire


class ListComparison(Wire):
    """One list of a school. ``there``: rows that a copy from scratch would hold; ``here``: rows that it holds.

    ``lacking`` rows are there and not here, ``beyond`` ones here and not there, ``different`` ones in both.
    """

    name: str
    there: int
    here: int
    lacking: int
    beyond: int
    different: int

    @property
    def agrees(self) -> bool:
        """Whether the list is as it should be."""
        return not (self.lacking or self.beyond or self.different)


class CopyComparison(Wire):
    """A copy beside its owner: the owner's ``version``, the one that the copy stands at (none: never pulled).

    A copy that lags behind differs in whatever changed meanwhile. After a rebuild: what it found and mended.
    """

    school_id: UUID
    version: int
    copied: int | None
    lists: list[ListComparison]

    @property
    def agrees(self) -> bool:
        """Whether nothing is missing, left over or different."""
        return self.copied == self.version and all(one.agrees for one in self.lists)
