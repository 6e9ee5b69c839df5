"""`operator-token`: a short-lived token for whoever runs the platform, signed by the gateway's key on this machine."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from services.cli.platform.layout import default_layout
from services.contracts.personas import Persona
from services.kernel.ids import new_id
from services.kernel.tokens import PUBLIC, Identity, load_signer
from services.kernel.unable import Unable

ISSUER = "gateway"


def operator_token(
    *, minutes: Annotated[int, typer.Option(min=1, max=60, help="how long it lives")] = 15
) -> None:
    """Print a token for /api/v1/operations. Whoever can read the gateway's key may have one; it opens no school.

    curl -H "Authorization: Bearer $(python -m services.cli operator-token)" …/api/v1/operations/letters
    """
    print(mint_operator_token(keys_folder(), minutes=minutes))


def keys_folder() -> Path:
    """Return where the keys are: KEHOU_KEYS_DIR, or the platform's below its data folder."""
    return Path(named) if (named := os.environ.get("KEHOU_KEYS_DIR")) else default_layout().keys


def mint_operator_token(keys: Path, *, minutes: int) -> str:
    """Return a token of the operator's persona, with an account id of its own for the audit.

    Raises:
        Unable: the gateway's key is not there, or not for this user to read.
    """
    try:
        signer = load_signer(keys, ISSUER)
    except OSError as fault:
        raise Unable(
            f"Cannot read the gateway's key {keys / f'{ISSUER}.pem'} ({fault.strerror}): start the platform once "
            "(`make up`), or name the folder with KEHOU_KEYS_DIR."
        ) from fault
    operator = Identity(account_id=new_id(), persona=Persona.OPERATOR)
    return signer.sign_identity(operator, audience=PUBLIC, ttl=timedelta(minutes=minutes))
