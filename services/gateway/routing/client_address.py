"""From which address does a request really come?"""

from collections.abc import Iterable, MutableMapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

UNKNOWN = "unknown"


class AddressReader:
    """Believes the peer's address, and X-Forwarded-For only where a trusted proxy wrote it."""

    def __init__(self, trusted_proxies: str) -> None:
        parts = (part.strip() for part in trusted_proxies.split(","))
        self._trusted = [ip_network(part) for part in parts if part]

    def address_of(self, scope: MutableMapping[str, Any]) -> str:
        """Return the client's address.

        From the right of X-Forwarded-For the first address that is no trusted proxy: what stands left of it,
        the client may have written itself.
        """
        peer = scope.get("client")
        address = str(peer[0]) if peer else UNKNOWN
        if not self._trusted or not self._trusts(address):
            return address
        for hop in reversed(list(_forwarded(scope["headers"]))):
            address = hop
            if not self._trusts(hop):
                break
        return address

    def _trusts(self, text: str) -> bool:
        address = _parsed(text)
        return address is not None and any(address in network for network in self._trusted)


def is_loopback(scope: MutableMapping[str, Any]) -> bool:
    """Tell whether the request was made on this very machine, and by no proxy for somebody else."""
    peer = scope.get("client")
    address = _parsed(str(peer[0])) if peer else None
    named = {name for name, _ in scope["headers"]}
    return address is not None and address.is_loopback and named.isdisjoint(_FORWARDING)


_FORWARDING = frozenset({b"x-forwarded-for", b"forwarded", b"x-real-ip", b"via"})


def _forwarded(headers: Iterable[tuple[bytes, bytes]]) -> Iterable[str]:
    for name, value in headers:
        if name == b"x-forwarded-for":
            for part in value.decode("latin-1").split(","):
                if _parsed(part.strip()) is not None:
                    yield part.strip()


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
