"""What only the gateway is told by its environment."""

from ipaddress import ip_network

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class DoorSettings(BaseSettings):
    """Settings of the public door, read from ``KEHOU_GATEWAY_…`` variables; ``…_a_minute`` counts real time.

    The limits are floods' limits, far above what people do: a teacher's phone sends a batch every few seconds,
    and a whole school may sit behind one address.
    """

    model_config = SettingsConfigDict(env_prefix="KEHOU_GATEWAY_", extra="ignore")

    requests_per_device_a_minute: int = Field(default=1200, gt=0)
    """Of one account on one device; of the account where the phone names no device."""
    requests_per_address_a_minute: int = Field(default=6000, gt=0)
    """Without a token."""
    logins_per_address_a_minute: int = Field(default=3000, gt=0)
    failed_logins_per_address_an_hour: int = Field(default=300, gt=0)
    attempts_per_account_an_hour: int = Field(default=20, gt=0)
    """Of each kind that could be guessed or flooded: phone codes, invitations, guardianship requests."""

    trusted_proxies: str = ""
    """Addresses or networks (``10.0.0.0/8``), separated by commas, whose X-Forwarded-For is believed: the
    terminator of TLS. Empty: nobody's."""
    public_url: str = ""
    """How phones and browsers reach us. With ``https`` cookies are marked Secure."""
    upstream_seconds: float = Field(default=60.0, gt=0)
    """How long a service may stay silent in the middle of an answer."""

    operator_name: str = "本平台运营单位（尚未登记名称）"
    privacy_contact: str = "请通过孩子所在学校联系（本平台尚未登记个人信息保护负责人）"
    """The named person in charge of children's data (儿童个人信息网络保护规定 8), as the consent texts show it."""

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, told: str) -> str:
        for part in filter(None, (part.strip() for part in told.split(","))):
            ip_network(part)
        return told
