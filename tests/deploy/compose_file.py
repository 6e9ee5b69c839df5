"""docker-compose.yml as this machine would start it: names, settings and mounted files of each container."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "docker-compose.yml"
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?:(?P<how>:[-?])(?P<rest>[^}]*))?\}")

OPERATOR_SAYS = {
    "KEHOU_WECHAT_APPID": "wx0000000000000000",
    "KEHOU_SMS_KEY_ID": "LTAI0000000000",
    "KEHOU_SMS_SIGN_NAME": "课后服务",
    "KEHOU_GATEWAY_PUBLIC_URL": "https://kehou.example",
    "KEHOU_GATEWAY_OPERATOR_NAME": "某区教育服务中心",
    "KEHOU_GATEWAY_PRIVACY_CONTACT": "某老师，0355-0000000",
}
"""What stands in .env: everything that the file asks for with ``:?``."""


def compose_file() -> dict[str, Any]:
    """Return the file with its anchors resolved, its variables not."""
    told: dict[str, Any] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    return told


def containers() -> dict[str, dict[str, Any]]:
    """Return every container by name."""
    found: dict[str, dict[str, Any]] = compose_file()["services"]
    return found


def environment_of(name: str, said: Mapping[str, str] = OPERATOR_SAYS) -> dict[str, str]:
    """Return what a container's process finds in its environment, as compose fills it in."""

    def filled(match: re.Match[str]) -> str:
        value = said.get(match["name"], "")
        return value or (match["rest"] if match["how"] == ":-" else "")

    told = containers()[name].get("environment", {})
    return {key: VARIABLE.sub(filled, str(value)) for key, value in told.items()}


def mounts_of(name: str) -> dict[str, Path]:
    """Return the files that a container finds, by absolute path inside it: secrets and configs."""
    whole = compose_file()
    mounted: dict[str, Path] = {}
    for kind, folder in (("secrets", "/run/secrets/"), ("configs", "/")):
        for told in containers()[name].get(kind, []):
            source, target = (told, told) if isinstance(told, str) else (told["source"], told["target"])
            inside = target if target.startswith("/") else folder + target
            mounted[inside] = ROOT / whole[kind][source]["file"]
    return mounted


def fill_container(root: Path, name: str, secrets: Path) -> dict[str, str]:
    """Lay the files that a container finds below ``root``; return the environment that names them there.

    ``secrets`` is where the command wrote what docker-compose.yml looks for in deploy/secrets.
    """
    for inside, path in mounts_of(name).items():
        source = secrets / path.name if path.parent.name == "secrets" else path
        target = root / inside.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
    return {
        key: f"{root}{value}" if value.startswith(("/run/", "/etc/")) else value
        for key, value in environment_of(name).items()
    }
