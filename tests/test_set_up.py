"""What the set-up promises: pins that fit, one sentence per refusal, and a second start without work."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WANTED = [Requirement(line) for line in (*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"])]
BASH = shutil.which("bash")


def plain(name: str) -> str:
    """Give a distribution's name as pip compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins() -> dict[str, Version]:
    lines = (ROOT / "packaging" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    rows = [Requirement(line) for line in lines if line[:1].isalnum()]
    return {plain(row.name): Version(str(row.specifier).removeprefix("==")) for row in rows}


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_every_dependency_is_pinned_to_a_version_that_the_project_allows(python: str):
    pinned = pins()
    here = [row for row in WANTED if row.marker is None or row.marker.evaluate({"python_version": python})]
    assert [str(row) for row in here if not row.specifier.contains(pinned[plain(row.name)])] == []


def brought_along(row: Requirement) -> list[Requirement]:
    """Give what an installed package asks for in turn, on this system."""
    extras = row.extras or {""}
    asked = [Requirement(line) for line in metadata.requires(row.name) or []]
    return [one for one in asked if not one.marker or any(one.marker.evaluate({"extra": e}) for e in extras)]


def test_every_package_that_comes_along_is_pinned():
    pinned, asked = pins(), set[tuple[str, frozenset[str]]]()
    open_rows = [row for row in WANTED if not row.marker or row.marker.evaluate()]
    while open_rows:
        row = open_rows.pop()
        one = plain(row.name), frozenset(row.extras)
        if one not in asked:
            asked.add(one)
            open_rows.extend(brought_along(row))
    seen = {name for name, _ in asked}
    assert len(seen) > 40
    # the libraries of a GPU build of torch are pinned by its own wheel
    own = {name for name in seen if name == "triton" or name.startswith(("nvidia-", "cuda-"))}
    assert seen - own - set(pinned) == set()
    assert set(pinned) - seen <= {"uv"}  # set-up fetches PyTorch with it


def fresh_checkout(folder: Path) -> Path:
    """Give a checkout with the set-up scripts and an environment whose Python says what it was told."""
    shutil.copytree(ROOT / "packaging", folder / "packaging")
    shutil.copy(ROOT / "pyproject.toml", folder)
    python = folder / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "$PYTHONPATH $PWD $*"\n')
    python.chmod(0o755)
    return folder


def bash(line: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", **environment}
    return subprocess.run(
        [str(BASH), "-c", line],
        cwd=cwd,
        env=clean,
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )


needs_bash = pytest.mark.skipif(BASH is None or sys.platform != "linux", reason="needs bash on Linux")


@needs_bash
def test_a_second_start_goes_straight_to_the_program(tmp_path: Path):
    home = fresh_checkout(tmp_path / "a checkout")
    bash('source packaging/setup; key >"$(stamp line)"', home)
    elsewhere = tmp_path / "recordings"
    elsewhere.mkdir()
    done = bash(f"'{home}/packaging/run' info 'my run' --json", elsewhere)
    assert done.stdout == f"{home} {elsewhere} -P -m app info my run --json\n"
    assert (done.stderr, done.returncode) == ("", 0)


@needs_bash
def test_a_second_start_costs_less_than_a_third_of_a_second(benchmark: Any, tmp_path: Path):
    home = fresh_checkout(tmp_path)
    bash('source packaging/setup; key >"$(stamp line)"', home)
    done = benchmark.pedantic(bash, args=("packaging/run info", home), rounds=5)
    assert done.returncode == 0
    assert benchmark.stats.stats.min < 0.3


@needs_bash
def test_set_up_is_asked_for_again_when_the_pins_change(tmp_path: Path):
    home = fresh_checkout(tmp_path)
    assert bash("source packaging/setup; is_set_up line", home).returncode == 1
    bash('source packaging/setup; key >"$(stamp line)"', home)
    assert bash("source packaging/setup; is_set_up line", home).returncode == 0
    assert bash("source packaging/setup; is_set_up test", home).returncode == 1
    with (home / "packaging" / "constraints.txt").open("a") as pinned:
        pinned.write("one-more==1.0\n")
    assert bash("source packaging/setup; is_set_up line", home).returncode == 1


@needs_bash
def test_without_a_screen_the_window_is_refused_in_one_sentence(tmp_path: Path):
    done = bash("packaging/run", fresh_checkout(tmp_path))
    assert (done.stdout, done.returncode) == ("", 2)
    assert done.stderr.startswith("There is no screen here")
    assert done.stderr.count("\n") == 1


@needs_bash
def test_without_a_python_that_fits_set_up_says_so(tmp_path: Path):
    home = fresh_checkout(tmp_path)
    done = bash("source packaging/setup; fits() { false; }; set_up line", home)
    assert done.returncode == 2
    assert "needs Python 3.11, 3.12 or 3.13" in done.stderr


@needs_bash
def test_missing_libraries_are_named_in_one_sentence_where_apt_may_not(tmp_path: Path):
    home = fresh_checkout(tmp_path)
    done = bash(
        "source packaging/setup; may_apt() { false; }; "
        "missing=(libegl1 libxcb-cursor0); install_libraries window",
        home,
    )
    assert done.returncode == 2
    assert "sudo apt-get install libegl1 libxcb-cursor0" in done.stderr
    assert done.stderr.count("\n") == 1


@needs_bash
def test_an_interrupted_set_up_starts_afresh(tmp_path: Path):
    home = fresh_checkout(tmp_path)
    (home / ".venv" / "half a package").touch()
    (home / ".venv" / ".setting-up").touch()
    done = bash("source packaging/setup; new_venv() { mkdir -p $venv; }; make_venv", home)
    assert "cut short" in done.stderr
    assert list((home / ".venv").iterdir()) == []
