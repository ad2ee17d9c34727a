"""Set-up does each step once, and again when it was broken off or its input changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tools import setup


class BrokenOffError(Exception):
    """Stands for a closed lid in the middle of a step."""


@pytest.fixture
def installs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that records what is installed, with requirement files and stamps in a folder of their own."""
    for name in ("requirements.txt", "requirements-dev.txt"):
        (tmp_path / name).write_text(f"# {name}\n")
    (tmp_path / "venv").mkdir()
    monkeypatch.setattr(setup, "RUNTIME", tmp_path / "requirements.txt")
    monkeypatch.setattr(setup, "TOOLS", tmp_path / "requirements-dev.txt")
    monkeypatch.setattr(setup, "VENV", tmp_path / "venv")
    record: list[str] = []
    monkeypatch.setattr(setup, "pip_install", lambda *what: record.append(Path(what[-1]).name))
    return record


def test_packages_are_installed_once(installs: list[str]) -> None:
    setup.install_packages(tests=False)
    setup.install_packages(tests=False)
    assert installs == ["requirements.txt"]


def test_a_changed_requirement_is_installed(installs: list[str]) -> None:
    setup.install_packages(tests=True)
    with setup.RUNTIME.open("a") as file:
        file.write("another==1.0\n")
    setup.install_packages(tests=False)
    setup.install_packages(tests=True)
    assert installs == ["requirements-dev.txt", "requirements.txt", "requirements-dev.txt"]


def test_what_the_tests_need_includes_what_the_dashboard_needs(installs: list[str]) -> None:
    setup.install_packages(tests=True)
    setup.install_packages(tests=False)
    assert installs == ["requirements-dev.txt"]


def test_a_broken_off_install_is_done_again(installs: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    setup.install_packages(tests=False)
    setup.RUNTIME.write_text("another==1.0\n")
    with monkeypatch.context() as patch:
        patch.setattr(setup, "pip_install", raising(BrokenOffError()))
        with pytest.raises(BrokenOffError):
            setup.install_packages(tests=False)
    setup.RUNTIME.write_text("# requirements.txt\n")
    setup.install_packages(tests=False)
    assert installs == ["requirements.txt", "requirements.txt"]


def test_an_old_python_is_refused_with_the_way_out(installs: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "OLDEST_PYTHON", (99, 0))
    with pytest.raises(setup.SetupError, match=r"needs Python 99\.0 or newer.*PYTHON="):
        setup.make_venv()
    assert installs == []


def raising(error: Exception) -> Callable[..., None]:
    """Return a function that raises ``error`` whatever it is given."""

    def stop(*_: object) -> None:
        raise error

    return stop
