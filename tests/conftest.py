"""What every test starts from: no screen, no user's settings, no spinning threads."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# how long an example takes says more about the machine than about the code
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

_FOLDERS = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
_home = pytest.StashKey[tempfile.TemporaryDirectory[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Point settings and logs to a folder of this run's own, before anything reads them."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    home = tempfile.TemporaryDirectory(prefix="phonoscope-tests-")
    config.stash[_home] = home
    os.environ.update({name: f"{home.name}/{name.lower()}" for name in _FOLDERS})


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[_home].cleanup()


@pytest.fixture(autouse=True)
def _small_numbers_stay() -> Iterator[None]:
    """Undo what training does to its process: it rounds the smallest numbers to 0, for speed."""
    yield
    torch = sys.modules.get("torch")
    if torch is not None and hasattr(torch, "set_flush_denormal"):
        torch.set_flush_denormal(False)


@pytest.fixture
def training_at_full_speed(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let runs in processes of their own keep their priority: at the lowest, a busy machine starves them."""
    folder = tmp_path_factory.mktemp("site")
    text = "from app.cli import background\n\nbackground.give_way = lambda: None\n"
    (folder / "sitecustomize.py").write_text(text)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(folder), str(Path(__file__).parents[1]))))
