"""Schools on file for enrollment's tests, from the sample spreadsheets."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.enrollment.policy import Policy, read_policy
from services.kernel.cipher import FieldCipher

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture(scope="session")
def policy() -> Policy:
    return read_policy()


@pytest.fixture(scope="session")
def cipher() -> FieldCipher:
    return FieldCipher("k1:" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode())
