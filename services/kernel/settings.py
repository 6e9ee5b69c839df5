"""What a process is told by its environment. Secrets have no default."""

import os
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)


class Settings(BaseSettings):
    """Every setting of a service process, read from ``KEHOU_…`` variables.

    ``KEHOU_SECRETS_DIR`` names a folder of files (``kehou_database_url``, ``kehou_field_keys`` …) that stand for
    variables that are not set: how containers are handed their secrets.

    Neighbours' URLs are base addresses without a trailing slash. ``keys_dir`` holds ``<service>.pem`` (the own
    private key) and ``public.json`` (everybody's public keys). ``field_keys`` is the key ring of encrypted
    columns: ``id:base64`` of 32 bytes, newest first, separated by commas.
    """

    model_config = SettingsConfigDict(env_prefix="KEHOU_", extra="ignore")

    database_url: SecretStr = SecretStr("")
    keys_dir: Path = Path("data/keys")
    field_keys: SecretStr = SecretStr("")
    card_key: SecretStr = SecretStr("")
    clock: str = "real"
    data_dir: Path = Path("data")
    policy_file: Path = Path("policies/changzhi-2021.toml")

    host: str = "127.0.0.1"
    port: int = 8460
    log_level: str = "INFO"
    pool_size: int = 12

    enrollment_url: str = "http://127.0.0.1:8461"
    attendance_url: str = "http://127.0.0.1:8462"
    notifications_url: str = "http://127.0.0.1:8463"
    gateway_url: str = "http://127.0.0.1:8460"

    wechat_url: str = "https://api.weixin.qq.com"
    wechat_appid: str = ""
    wechat_secret: SecretStr = SecretStr("")
    sms_url: str = "https://dysmsapi.aliyuncs.com"
    sms_key_id: str = ""
    sms_key_secret: SecretStr = SecretStr("")
    sms_sign_name: str = ""
    providers_file: Path = Path("examples/providers.toml")
    """Which message templates the accounts at WeChat and the SMS provider hold, and for what."""

    redis_url: str = ""
    """Shared rate limits when there are replicas of the gateway; empty: each process counts for itself."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - there is no .env file beside the process
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - its folder was fixed at import
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then the secrets' folder as the environment names it now."""
        folder = os.environ.get("KEHOU_SECRETS_DIR")
        files = (SecretsSettingsSource(settings_cls, secrets_dir=folder),) if folder else ()
        return (init_settings, env_settings, *files)
