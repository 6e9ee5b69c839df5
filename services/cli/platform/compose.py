"""Of which processes does a platform consist, and what is each of them told?"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from services.cli.platform.layout import Layout
from services.cli.platform.make_secrets import PlatformSecrets
from services.cli.platform.program import Program, kehou
from services.kernel.database.provision import SERVICES, ServiceUrls

NEIGHBOURS = ("enrollment", "attendance", "notifications")
ROOT = Path(__file__).parents[3]

NOT_HANDED_ON = ("KEHOU_POSTGRES_URL", "KEHOU_DATABASE_URL", "KEHOU_OWNER_DATABASE_URL", "KEHOU_DATA_DIR")
"""A process learns of its own database only, and only as the app's role."""


@dataclass(frozen=True)
class Addresses:
    """Where everything listens. ``standin`` is None when the real WeChat and SMS are used."""

    host: str
    gateway: int
    services: Mapping[str, int]
    standin: int | None

    def port(self, service: str) -> int:
        """Return a service's port."""
        return self.gateway if service == "gateway" else self.services[service]

    def url(self, service: str) -> str:
        """Return a service's base address as its neighbours call it."""
        host = self.host if service == "gateway" and self.host not in ("0.0.0.0", "::") else "127.0.0.1"  # noqa: S104
        return f"http://{host}:{self.port(service)}"

    @property
    def standin_url(self) -> str | None:
        """The stand-in's base address."""
        return f"http://127.0.0.1:{self.standin}" if self.standin else None


def compose(
    layout: Layout, addresses: Addresses, urls: Mapping[str, ServiceUrls], secrets: PlatformSecrets
) -> list[Program]:
    """Return every process of a platform: stand-in and services, then workers, then the public door."""
    shared = _shared_environment(layout, addresses, secrets)
    return [*_standin(addresses, shared), *_services(addresses, urls, shared)]


def _standin(addresses: Addresses, shared: Mapping[str, str]) -> Iterator[Program]:
    if addresses.standin is not None:
        environment = {**shared, "KEHOU_HOST": "127.0.0.1", "KEHOU_PORT": str(addresses.standin)}
        health = f"{addresses.standin_url}/health"
        yield Program("standin", kehou("serve", "standin"), environment, 0, addresses.standin, health)


def _services(
    addresses: Addresses, urls: Mapping[str, ServiceUrls], shared: Mapping[str, str]
) -> Iterator[Program]:
    for service in SERVICES:
        public = service == "gateway"
        port = addresses.port(service)
        own = {
            **shared,
            "KEHOU_DATABASE_URL": urls[service].app,
            "KEHOU_HOST": addresses.host if public else "127.0.0.1",
            "KEHOU_PORT": str(port),
        }
        ready = f"{addresses.url(service)}/ready"
        yield Program(service, kehou("serve", service), own, 2 if public else 0, port, ready)
        yield Program(f"{service}-worker", kehou("work", service), own, 1)


def _shared_environment(layout: Layout, addresses: Addresses, secrets: PlatformSecrets) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name not in NOT_HANDED_ON}
    told = {
        "KEHOU_DATA_DIR": str(layout.data_dir),
        "KEHOU_KEYS_DIR": str(layout.keys),
        "KEHOU_CLOCK": str(layout.clock),
        "KEHOU_FIELD_KEYS": secrets.field_keys,
        "KEHOU_CARD_KEY": secrets.card_key,
        "KEHOU_GATEWAY_URL": addresses.url("gateway"),
        **{f"KEHOU_{service.upper()}_URL": addresses.url(service) for service in NEIGHBOURS},
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
    }
    if (standin := addresses.standin_url) is not None:
        told |= {
            "KEHOU_WECHAT_URL": standin,
            "KEHOU_WECHAT_APPID": secrets.wechat_appid,
            "KEHOU_WECHAT_SECRET": secrets.wechat_secret,
            "KEHOU_SMS_URL": standin,
            "KEHOU_SMS_KEY_ID": secrets.sms_key_id,
            "KEHOU_SMS_KEY_SECRET": secrets.sms_key_secret,
            "KEHOU_SMS_SIGN_NAME": inherited.get("KEHOU_SMS_SIGN_NAME", "课后服务"),
        }
    return inherited | told
