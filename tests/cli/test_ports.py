"""A busy port is a sentence, not a traceback."""

import socket
from collections.abc import Iterator

import pytest

from services.cli.platform import choose_ports
from services.cli.platform.choose_ports import free_ports, gateway_port, is_free
from services.kernel.unable import Unable


@pytest.fixture
def busy() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        yield taken.getsockname()[1]


def test_an_explicit_port_that_is_busy_is_refused(busy: int) -> None:
    with pytest.raises(Unable, match=rf"Port {busy} is taken by another program: .* KEHOU_PORT"):
        gateway_port("127.0.0.1", busy, print)


def test_a_busy_default_gives_way_with_a_remark(busy: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choose_ports, "GATEWAY_PORT", busy)
    remarks: list[str] = []
    chosen = gateway_port("127.0.0.1", None, remarks.append)
    assert chosen != busy
    assert remarks == [f"port {busy} is taken by another program; using {chosen} (KEHOU_PORT chooses)"]


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(Unable, match=r"Cannot listen on 192\.0\.2\.1 .*KEHOU_HOST"):
        is_free(8460, "192.0.2.1")


def test_services_get_ports_that_no_outgoing_connection_can_take() -> None:
    ports = free_ports(after=8460)
    assert all(8460 < next(ports) < 32768 for _ in range(5))
