"""`secrets`: make up what a deployment in containers keeps secret, one file each, as docker-compose.yml mounts them."""

import secrets as randomness
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from services.cli.platform.make_secrets import keep_signing_keys
from services.kernel.database.provision import APP, OWNER, SERVICES
from services.kernel.keep_secret import keep_secret

PROVIDERS = ("wechat_secret", "sms_key_secret")
"""Issued by WeChat and the SMS provider; only for the stand-in do we make them up."""


def secrets(
    folder: Annotated[Path, typer.Argument(help="Where to: deploy/secrets")],
    *,
    server: Annotated[
        str, typer.Option(help="PostgreSQL's host and port as the services reach it.")
    ] = "postgres:5432",
    standin: Annotated[bool, typer.Option(help="Make up the providers' secrets too.")] = False,
) -> None:
    """Write the files that are missing; those that are there stay, so running it again changes nothing.

    The folder is closed to others; the files in it are not, since containers read them as a user of their own.
    """
    password = {role: keep_secret(folder / f"{role}.password") for role in (OWNER, APP)}
    admin = keep_secret(folder / "postgres_password")
    keep_secret(folder / "postgres_url", lambda: f"postgresql://postgres:{admin}@{server}/postgres")
    for service in SERVICES:
        keep_secret(
            folder / f"{service}_database_url",
            _url(APP, password[APP], f"{server}/kehou_{service}"),
        )
    keep_secret(folder / "field_keys", lambda: f"k1:{_random_base64()}")
    keep_secret(folder / "card_key", _random_base64)
    keep_signing_keys(folder)
    for name in PROVIDERS if standin else ():
        keep_secret(folder / name)
    for path in folder.iterdir():
        path.chmod(0o444)
    missing = [name for name in PROVIDERS if not (folder / name).exists()]
    print(
        f"{folder}: {len(list(folder.iterdir()))} files"
        + (f"; still yours to add: {missing}" if missing else "")
    )


def _url(role: str, password: str, place: str) -> Callable[[], str]:
    return lambda: f"postgresql+asyncpg://{role}:{password}@{place}"


def _random_base64() -> str:
    return b64encode(randomness.token_bytes(32)).decode()
