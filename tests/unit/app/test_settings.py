import os
import re
import stat
from pathlib import Path

import pytest

from app.errors import Misconfigured
from app.settings import Settings, load

DOCS = Path(__file__).parents[3] / "docs" / "settings.md"


def test_every_setting_is_documented_and_nothing_else_is() -> None:
    documented = set(re.findall(r"^\| `SUISHU_(\w+)` \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE))
    assert documented == {name.upper() for name in Settings.model_fields}


def test_every_setting_has_help() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SUISHU_HOME", str(tmp_path))
    monkeypatch.setenv("SUISHU_BASE_URL", "https://data.example.gov.cn/")
    settings = load()
    assert settings.base_url == "https://data.example.gov.cn"
    assert settings.database == f"sqlite:///{tmp_path / 'record.sqlite'}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BASE_URL", "data.example.gov.cn"),
        ("BASE_URL", "ftp://data.example.gov.cn"),
        ("BASE_URL", "https://data.example.gov.cn/?q=1"),
        ("BASE_URL", "https://data.example.gov.cn/a b"),
        ("BASE_URL", "https://数据.example"),
        ("WEB_WORKERS", "0"),
        ("WEB_WORKERS", "many"),
        ("HARVEST_BATCH_ROWS", "201"),
        ("MISSING_LIMIT_PERCENT", "101"),
        ("LOG_LEVEL", "loud"),
        ("OIDC_ISSUER", "http://id.example"),
        ("OIDC_ISSUER", "id.example"),
        ("OIDC_ISSUER", "https://id.example/?tenant=1"),
        ("OIDC_ISSUER", "https://user:word@id.example"),
        ("OIDC_SCOPES", "email"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"SUISHU_{name}", value)
    with pytest.raises(Misconfigured, match=f"SUISHU_{name}"):
        load()


@pytest.mark.parametrize("place", ["file", "file/below", "x" * 300])
def test_a_home_that_cannot_be_a_folder_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SUISHU_HOME", str(tmp_path / place))
    with pytest.raises(Misconfigured, match="SUISHU_HOME") as refused:
        load()
    assert str(tmp_path / place) in refused.value.zh


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_home_that_cannot_be_written_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    for home in (tmp_path, tmp_path / "below"):
        monkeypatch.setenv("SUISHU_HOME", str(home))
        with pytest.raises(Misconfigured, match="SUISHU_HOME"):
            load()
    tmp_path.chmod(0o700)


def test_the_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "new")
    secret = settings.secret()
    assert len(secret) == 64
    assert Settings(home=tmp_path / "new").secret() == secret
    assert stat.S_IMODE((tmp_path / "new" / "secret.key").stat().st_mode) == 0o600
    assert os.listdir(tmp_path / "new") == ["secret.key"]


def test_a_secret_that_is_too_short_is_refused() -> None:
    with pytest.raises(Misconfigured, match="openssl"):
        Settings(secret_key="secret").secret()  # type: ignore[arg-type]


def test_a_secret_never_shows_in_what_is_printed() -> None:
    assert "0123456789" not in repr(Settings(secret_key="0123456789" * 4))  # type: ignore[arg-type]


def test_keys_of_real_names_are_taken_as_openssl_prints_them_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, url_safe = "+/" * 21 + "8=", "-_" * 21 + "8="
    monkeypatch.setenv("SUISHU_IDENTITY_KEYS", f" {plain} , {'A' * 43}=")
    settings = Settings()
    assert settings.sealing_keys == [url_safe, "A" * 43 + "="]
    assert url_safe not in repr(settings)
    assert Settings(identity_keys=settings.environment()["SUISHU_IDENTITY_KEYS"]) == settings  # type: ignore[arg-type]
    monkeypatch.delenv("SUISHU_IDENTITY_KEYS")
    assert Settings().sealing_keys == []


@pytest.mark.parametrize(
    "keys", ["secret-word", "A" * 43, "QUJD", f"{'A' * 43}=,", f"{'A' * 43}=,secret-word", "é" * 44]
)
def test_a_key_that_can_not_be_used_is_refused_without_being_told(monkeypatch: pytest.MonkeyPatch, keys: str) -> None:
    monkeypatch.setenv("SUISHU_IDENTITY_KEYS", keys)
    with pytest.raises(Misconfigured, match="SUISHU_IDENTITY_KEYS") as refused:
        load()
    assert keys not in refused.value.zh + refused.value.en
    assert "secret-word" not in refused.value.zh + refused.value.en
