"""A process is told by its environment, and by files where an environment would be too open."""

from pathlib import Path

import pytest

from services.kernel.settings import Settings


def test_a_secret_may_come_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kehou_database_url").write_text(
        "postgresql+asyncpg://app:s3cret@postgres/kehou_enrollment\n"
    )
    monkeypatch.setenv("KEHOU_SECRETS_DIR", str(tmp_path))
    settings = Settings()
    assert settings.database_url.get_secret_value().endswith("@postgres/kehou_enrollment")
    assert "s3cret" not in repr(settings)


def test_a_variable_goes_before_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kehou_card_key").write_text("from the file")
    monkeypatch.setenv("KEHOU_SECRETS_DIR", str(tmp_path))
    monkeypatch.setenv("KEHOU_CARD_KEY", "from the environment")
    assert Settings().card_key.get_secret_value() == "from the environment"


def test_without_a_folder_there_are_no_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KEHOU_SECRETS_DIR", raising=False)
    assert Settings().card_key.get_secret_value() == ""
