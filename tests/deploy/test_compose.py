"""The compose file tells each process what its settings ask for, no more, and lets in nobody by the back door."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from services.cli.write_secrets import PROVIDERS, secrets
from services.gateway.settings import DoorSettings
from services.kernel.settings import Settings
from tests.deploy.compose_file import (
    COMPOSE,
    OPERATOR_SAYS,
    ROOT,
    VARIABLE,
    compose_file,
    containers,
    environment_of,
    mounts_of,
)

SERVICES = ("enrollment", "attendance", "notifications", "gateway")
PROCESSES = [*SERVICES, *(f"{service}-worker" for service in SERVICES), "standin"]
PORT = 8460

OF_THE_PLATFORM = {"KEHOU_SECRETS_DIR", "KEHOU_DATA_DIR", "KEHOU_POSTGRES_URL"}
"""Read by the command line and by `Settings` themselves, before there is a setting."""

WELL_WITHOUT = {
    *("clock", "data_dir", "pool_size", "redis_url", "log_level", "host", "port"),
    *("enrollment_url", "attendance_url", "notifications_url", "gateway_url", "wechat_url", "sms_url"),
}
"""Settings whose default is right in a container, or which every container is told anyway (see below)."""


def settings_names() -> set[str]:
    return {f"KEHOU_{name.upper()}" for name in Settings.model_fields} | {
        f"KEHOU_GATEWAY_{name.upper()}" for name in DoorSettings.model_fields
    }


def told_to(name: str) -> set[str]:
    """Return the settings (field names) that a container is given, by variable or by file."""
    by_file = {Path(path).name for path in mounts_of(name) if path.startswith("/run/secrets/")}
    return {key.removeprefix("KEHOU_").lower() for key in environment_of(name)} | {
        key.removeprefix("kehou_") for key in by_file
    }


def used_by(service: str) -> set[str]:
    """Return the settings that a service's code reads, or the kernel on its behalf."""
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "services" / service).rglob("*.py"))
    used = {name for name in Settings.model_fields if re.search(rf"\bsettings\.{name}\b", code)}
    if re.search(r"\.cipher\(\)", code):
        used.add("field_keys")
    return used | ({"database_url", "keys_dir"} if service != "standin" else set())


@pytest.mark.parametrize("name", [*PROCESSES, "migrate", "operator"])
def test_every_variable_is_a_setting(name: str) -> None:
    assert set(environment_of(name)) <= settings_names() | OF_THE_PLATFORM


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_is_told_every_setting_that_its_code_reads(name: str) -> None:
    assert used_by(name.removesuffix("-worker")) - WELL_WITHOUT <= told_to(name)


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_is_handed_no_secret_that_its_code_does_not_read(name: str) -> None:
    secret = {field for field, told in Settings.model_fields.items() if "SecretStr" in str(told.annotation)}
    assert told_to(name) & secret <= used_by(name.removesuffix("-worker"))


@pytest.mark.parametrize("service", SERVICES)
def test_a_process_holds_its_own_key_and_its_own_database_only(service: str) -> None:
    for name in (service, f"{service}-worker"):
        mounted = {inside: path.name for inside, path in mounts_of(name).items()}
        assert mounted["/run/secrets/kehou_database_url"] == f"{service}_database_url"
        assert {inside for inside in mounted if inside.endswith(".pem")} == {f"/run/keys/{service}.pem"}


@pytest.mark.parametrize("name", PROCESSES)
def test_neighbours_are_called_by_the_names_of_their_containers(name: str) -> None:
    for neighbour in SERVICES:
        assert environment_of(name)[f"KEHOU_{neighbour.upper()}_URL"] == f"http://{neighbour}:{PORT}"
    assert environment_of(name)["KEHOU_PORT"] == str(PORT)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_and_its_worker_are_one_image_with_two_commands(service: str) -> None:
    app, worker = containers()[service], containers()[f"{service}-worker"]
    assert app["image"] == worker["image"] == f"kehou-{service}"
    assert app["build"]["args"] == {"SERVICE": service}
    assert (app["command"], worker["command"]) == (["serve", service], ["work", service])


def test_only_the_gateway_publishes_a_port_and_only_on_this_machine() -> None:
    assert {name for name, told in containers().items() if told.get("ports")} == {"gateway"}
    assert containers()["gateway"]["ports"] == [f"${{KEHOU_PUBLISH:-127.0.0.1:{PORT}}}:{PORT}"]


def test_only_who_calls_a_provider_sees_the_world() -> None:
    whole = compose_file()
    assert whole["networks"]["inside"] == {"internal": True}
    outside = {name for name, told in containers().items() if "outside" in told["networks"]}
    assert outside == {"notifications", "notifications-worker", "gateway", "gateway-worker"}


@pytest.mark.parametrize("service", SERVICES)
def test_a_container_counts_as_healthy_when_its_service_is_ready(service: str) -> None:
    assert f"127.0.0.1:{PORT}/ready" in str(containers()[service]["healthcheck"]["test"])
    assert containers()[f"{service}-worker"]["healthcheck"] == {"disable": True}


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_has_no_rights_to_lose(name: str) -> None:
    told = containers()[name]
    assert told["read_only"] is True
    assert told["cap_drop"] == ["ALL"]
    assert told["security_opt"] == ["no-new-privileges:true"]


def test_the_stand_in_and_the_operator_are_never_started_unasked() -> None:
    asked_for = {name: told["profiles"] for name, told in containers().items() if "profiles" in told}
    assert asked_for == {"standin": ["standin"], "operator": ["operator"]}


def test_nothing_that_is_asked_of_the_operator_has_a_default() -> None:
    asked = {match["name"] for match in VARIABLE.finditer(COMPOSE.read_text("utf-8")) if match["how"] == ":?"}
    assert asked == set(OPERATOR_SAYS)


def test_every_secret_is_a_file_that_the_command_writes_or_a_provider_issues(tmp_path: Path) -> None:
    secrets(tmp_path)
    written = {f"deploy/secrets/{path.name}" for path in tmp_path.iterdir()}
    named: dict[str, Any] = compose_file()["secrets"]
    assert {told["file"] for told in named.values()} == written | {
        f"deploy/secrets/{name}" for name in PROVIDERS
    }
    shutil.rmtree(tmp_path)


def test_secrets_are_made_once_and_read_by_containers_only(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    secrets(folder, standin=True)
    first = {path.name: path.read_text() for path in folder.iterdir()}
    secrets(folder, standin=True)
    assert {path.name: path.read_text() for path in folder.iterdir()} == first
    assert oct(folder.stat().st_mode)[-3:] == "700"
    assert {oct(path.stat().st_mode)[-3:] for path in folder.iterdir()} == {"444"}
