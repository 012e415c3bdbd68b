import pytest

from sluice.phases.deploy.runtimes.docker.images import secrets


@pytest.fixture
def settings(monkeypatch, tmp_path):
    """pip's settings on this machine, and a bundle of certificates."""
    bundle = tmp_path / "bundle.crt"
    bundle.write_text("certificates")
    found = {"cert": str(bundle), "index-url": "https://user:key@index.example/simple"}
    monkeypatch.setattr(secrets, "pip_settings", lambda: found)
    return found


def test_builds_get_the_indexes_that_a_container_can_reach():
    settings = {
        "index-url": "https://a.example",
        "extra-index-url": "file:///opt/simple\n https://b.example",
        "find-links": "/opt",
    }
    text = secrets.pip_configuration(settings, trusted=False)
    assert text == "[global]\nindex-url = https://a.example\nextra-index-url = https://b.example\n"


@pytest.mark.usefixtures("settings")
def test_builds_trust_what_this_machine_trusts():
    with secrets.build_secrets() as found:
        assert found["ca"].read_text() == "certificates"
        assert "cert = /run/secrets/ca" in found["pip"].read_text()


@pytest.mark.usefixtures("settings")
def test_without_certificates_pip_uses_its_own(monkeypatch):
    monkeypatch.setattr(secrets, "certificates", lambda: None)
    with secrets.build_secrets() as found:
        assert list(found) == ["pip"]
        assert "cert" not in found["pip"].read_text()


@pytest.mark.usefixtures("settings")
def test_the_configuration_is_private_and_gone_afterwards():
    with secrets.build_secrets() as found:
        path = found["pip"]
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700
    assert not path.parent.exists()


def test_a_bundle_that_a_build_cannot_take_is_passed_over(settings, tmp_path, monkeypatch):
    large = tmp_path / "large.crt"
    large.write_bytes(b"x" * 600_000)
    settings["cert"] = str(large)
    small = tmp_path / "small.crt"
    small.write_text("certificates")
    monkeypatch.setenv("SSL_CERT_FILE", str(small))
    assert secrets.certificates() == small
