"""What enrollment's routes may ask for beside the kernel's: the jurisdiction's policy and the cipher of phones."""

from typing import Annotated

from fastapi import Depends

from services.enrollment.policy import Policy, read_policy
from services.kernel.cipher import FieldCipher
from services.kernel.web.dependencies import Held


async def policy_in_force(held: Held) -> Policy:
    """Return the policy that the settings name; read once per process."""
    return read_policy(held.settings.policy_file)


async def field_cipher(held: Held) -> FieldCipher:
    """Return the cipher of encrypted columns."""
    return held.cipher()


PolicyInForce = Annotated[Policy, Depends(policy_in_force)]
Cipher = Annotated[FieldCipher, Depends(field_cipher)]
