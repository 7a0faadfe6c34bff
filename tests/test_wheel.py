"""The wheel that `pipx install .` makes: it holds all that the program reads, and its command works."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("app", "core", "resources", "widgets")


def pip(*words: str | Path) -> None:
    """Run pip without the network."""
    plain = [sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, words), "-q", "--no-index"]
    subprocess.run([*plain, "--no-deps"], check=True, capture_output=True, text=True)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel, under a version of its own, from a copy without what earlier builds left."""
    copy, out = tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("wheel")
    for room in ROOMS:
        shutil.copytree(ROOT / room, copy / room, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("README.md", "LICENSE"):
        shutil.copy(ROOT / file, copy)
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (copy / "pyproject.toml").write_text(
        project.replace('version = "', 'version = "99.', 1), encoding="utf-8"
    )
    pip("wheel", "--no-build-isolation", "--wheel-dir", out, copy)
    (made,) = out.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into a folder of its own, beside the packages that are here."""
    folder = tmp_path_factory.mktemp("installed")
    pip("install", "--target", folder, wheel)
    return folder


def run(installed: Path, cwd: Path, *words: str | Path) -> str:
    """Run the installed command and give what it prints."""
    done = subprocess.run(
        [installed / "bin" / "phonoscope", *words],
        env={**os.environ, "PYTHONPATH": str(installed)},
        cwd=cwd,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_the_wheel_holds_every_module_and_resource(wheel: Path):
    with zipfile.ZipFile(wheel) as file:
        held = {name for name in file.namelist() if ".dist-info/" not in name}
    files = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    pictures = {name for name in files if name.startswith("resources/pictures/")}
    assert pictures
    assert held == files - pictures  # those are the README's


def test_its_command_tells_the_version_that_was_installed(installed: Path, tmp_path: Path):
    assert run(installed, tmp_path, "--version").startswith("phonoscope 99.")


def test_its_command_opens_the_model_it_brought_along(installed: Path, tmp_path: Path):
    card = json.loads(run(installed, tmp_path, "info", "--json"))
    assert Path(card["path"]).is_relative_to(installed)
    run(installed, tmp_path, "layers", "--out", tmp_path / "layers")
    assert (tmp_path / "layers" / "out.wav").is_file()


def test_a_folder_called_core_where_the_user_is_does_not_stand_in_for_ours(installed: Path, tmp_path: Path):
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "__init__.py").write_text("raise ImportError('not ours')")
    assert run(installed, tmp_path, "--version")
