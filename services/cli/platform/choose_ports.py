"""Which port does each process listen on?

Ports are looked for below 32768: above, the kernel hands them out to outgoing connections, and a service that is
started again could find its own port taken by a neighbour's request.
"""

import errno
import os
import socket
from collections.abc import Callable, Iterator
from itertools import chain

from services.kernel.unable import Unable

GATEWAY_PORT = 8460
FIRST, LAST = 8461, 32767


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Tell whether a server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as fault:
            if fault.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise Unable(
                f"Cannot listen on {host} ({fault.strerror}): set KEHOU_HOST to an own address."
            ) from fault
    return True


def gateway_port(host: str, wish: int | None, notice: Callable[[str], None]) -> int:
    """Return where the gateway listens: the wish, or 8460, or with a remark the next free one.

    Raises:
        Unable: an explicit wish (``KEHOU_PORT``) is taken.
    """
    if wish is not None:
        if not is_free(wish, host):
            raise Unable(
                f"Port {wish} is taken by another program: stop it, or choose another with KEHOU_PORT."
            )
        return wish
    for port in chain([GATEWAY_PORT], range(FIRST, LAST)):
        if is_free(port, host):
            if port != GATEWAY_PORT:
                notice(f"port {GATEWAY_PORT} is taken by another program; using {port} (KEHOU_PORT chooses)")
            return port
    raise Unable("No free port for the gateway: close some programs, or choose one with KEHOU_PORT.")


def free_ports(after: int) -> Iterator[int]:
    """Yield free loopback ports for the services, above the gateway's.

    Two platforms that start at the same moment look in different places first.
    """
    start = after + 1 + os.getpid() % 500
    for port in chain(range(start, LAST), range(FIRST, start)):
        if is_free(port):
            yield port
