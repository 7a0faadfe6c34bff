"""The rules of the house: imports keep to their rooms, pages say what is true, nothing strange lies about."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from graphlib import TopologicalSorter
from importlib import metadata
from pathlib import Path

import grimp
import pytest
from packaging.version import Version  # the library, which `packaging/` must not hide

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ROOMS = ("core", "widgets", "app")
HOSTS = {  # papers, licences, standards, and the homes of the code that the families were met in
    "arxiv.org",
    "doi.org",
    "fsf.org",
    "git-lfs.github.com",  # how a file that Git LFS has not fetched begins
    "github.com",
    "keepachangelog.com",
    "openfontlicense.org",
    "scripts.sil.org",
    "semver.org",
    "software.sil.org",
    "www.gnu.org",
    "www.sil.org",
    "www.w3.org",
}
IGNORED = re.compile(r"(^|/)(\.(?!ci/|gitignore)|__pycache__/|build/|dist/|runs/|scratch/)")
LARGEST_BYTES = 1_000_000
TEST_DATA = ROOT / "tests" / "data"
TEST_DATA_BYTES = 6_000_000
LARGEST_TEST_FILE_BYTES = 1_200_000  # a bundle that TensorFlow wrote, which cannot be cut


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def our_files() -> list[Path]:
    """Give the files of the project: git's, or all but the ignored where there is no git."""
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        listed = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
        if listed.returncode == 0:
            return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
    files = [path for path in ROOT.rglob("*") if path.is_file()]
    return [path for path in files if not IGNORED.search(path.relative_to(ROOT).as_posix())]


def our_texts() -> dict[str, str]:
    """Give every file that is text, by its name."""
    found: dict[str, str] = {}
    for path in our_files():
        data = path.read_bytes()
        if b"\0" not in data[:4096]:
            found[path.relative_to(ROOT).as_posix()] = data.decode("utf-8", "replace")
    return found


# --- rooms


def run_python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)


def test_imports_only_point_right():
    linted = run_python("from importlinter.cli import lint_imports_command as c; c(['--no-cache'])")
    assert linted.returncode == 0, linted.stdout + linted.stderr


def test_no_modules_import_each_other_in_a_circle():
    """Not even for the sake of types, where Python itself would not mind."""
    graph = grimp.build_graph(*ROOMS, "resources", cache_dir=None)
    imports = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    TopologicalSorter(imports).prepare()  # raises CycleError, which names the circle


IMPORT_CORE = """
import importlib, importlib.abc, pkgutil, sys
class NoQt(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"PySide6", "shiboken6", "pyqtgraph", "qtawesome", "qtpy"}:
            raise ModuleNotFoundError(f"{name} is not installed", name=name)
sys.meta_path.insert(0, NoQt())
import core
heavy = {"torch", "parselmouth", "sounddevice", "scipy.signal"}
for module in pkgutil.walk_packages(core.__path__, "core."):
    before = heavy & set(sys.modules)
    importlib.import_module(module.name)
    parts = ("aten_operators", "encoder", "graph", "layers", "maps", "module", "onnx_operators", "places")
    holding = ("core.train", *(f"core.networks.torch_{part}" for part in parts))
    may = module.name.startswith(holding)  # they hold torch modules
    print(module.name, *([] if may else sorted((heavy & set(sys.modules)) - before)))
"""


def test_core_imports_without_qt_and_imports_nothing_heavy():
    done = run_python(IMPORT_CORE)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) > 30
    assert [line for line in lines if " " in line] == []


# what reads a lane's key as text, or puts one together; names are made in one module only
KEY_READ_AS_TEXT = re.compile(
    r"\b(key|source|target|active|owner)\.(startswith|endswith|r?split|r?partition|remove(prefix|suffix))\("
    r"|[\"'][.:][\"'] (not )?in (\w+\.)*(key|active|source)\b"
    r"|\bkey\[0\]|\bPREFIX\b"
    r"|f[\"']\{[^}\"']*network\}\.\{"
)
MAKES_NAMES = "core/session/lane_names.py"


def test_no_module_reads_a_lanes_key_as_text():
    """Keys are values: compare them, or match on them."""
    found = [
        f"{path.relative_to(ROOT).as_posix()}:{number}: {line.strip()}"
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if KEY_READ_AS_TEXT.search(line) and path != ROOT / MAKES_NAMES
    ]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        'key.startswith("sound:")',
        'if "." in lane.key:',
        "key[0]",
        'f"{network}.{layer}"',
        "active.split('.')",
    ],
)
def test_what_reads_a_key_as_text_is_recognised(line):
    assert KEY_READ_AS_TEXT.search(line)


def test_every_folder_of_the_rooms_is_a_package():
    """What has no `__init__.py` would not be part of the distribution."""
    folders = {path.parent for room in (*ROOMS, "resources") for path in (ROOT / room).rglob("*.py")}
    assert {folder for folder in folders if not (folder / "__init__.py").exists()} == set()


def test_packaging_is_no_package():
    """An `__init__.py` there would hide the library of that name from pip."""
    assert not (ROOT / "packaging" / "__init__.py").exists()


# --- tests

# what waits for a time instead of for what happens, and what leaves the mouse to the window system
WAITS_OR_MOVES = {
    "time.sleep", "qtbot.wait", "QTest.qWait", "QTest.qSleep", "qtbot.mouseMove", "QTest.mouseMove",
    "QCursor.setPos",
}  # fmt: skip


def waits_and_moves(code: str) -> list[str]:
    """Give the lines of a test that sleep, or that move the mouse without `tests/support/pointer.py`."""
    found: list[str] = []
    for node in ast.walk(ast.parse(code)):
        names: list[str] = []
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            names = [f"{node.value.id}.{node.attr}"]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{each.name}" for each in node.names]
        found += [f"{node.lineno}: {name}" for name in names if name in WAITS_OR_MOVES]
    return found


def our_tests() -> dict[str, str]:
    return {name: code for name, code in our_texts().items() if re.fullmatch(r"tests/.+\.py", name)}


def test_no_test_sleeps_or_moves_the_systems_mouse():
    """Under load what was slept for has not happened yet; the window system moves the mouse when it likes."""
    assert [f"{name}:{line}" for name, code in our_tests().items() for line in waits_and_moves(code)] == []


@pytest.mark.parametrize(
    "code", ["time.sleep(0.1)", "from time import sleep", "qtbot.wait(10)", "qtbot.mouseMove(plot, place)"]
)
def test_what_sleeps_or_moves_the_mouse_is_recognised(code):
    assert waits_and_moves(code)


# what waits at the end of its `with` block, and otherwise never
WAITS_IN_WITH = {"waitActive", "waitExposed", "waitSignal", "waitSignals", "waitCallback", "assertNotEmitted"}


def waits_never_entered(code: str) -> list[str]:
    """Give the lines of a test that make a wait of pytest-qt and do not wait for it."""
    calls = [node.value for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Expr)]
    return [
        f"{call.lineno}: {call.func.attr}"
        for call in calls
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in WAITS_IN_WITH
    ]


def test_what_a_test_waits_for_it_waits_for():
    """Without `with` the call only makes what would wait."""
    assert [
        f"{name}:{line}" for name, code in our_tests().items() for line in waits_never_entered(code)
    ] == []


def test_a_wait_without_with_is_recognised():
    assert waits_never_entered("qtbot.waitActive(window)")
    assert not waits_never_entered("with qtbot.waitActive(window):\n    window.activateWindow()")


# names that Python or torch begin with an underscore and offer nevertheless
OFFERED = {
    "os._exit": "ends a process at once, as a crash does",
    "torch._utils": "where a stranger's pickle finds how torch makes a tensor",
    "torch._utils._rebuild_tensor_v2": "what such a pickle calls",
}


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def private_names(code: str) -> list[str]:
    """Give the lines in which a test reaches behind a class or a module of others."""
    found: list[str] = []
    for node in ast.walk(ast.parse(code)):
        names: list[str] = []
        if isinstance(node, ast.Attribute) and is_private(node.attr):
            names = [] if ast.unparse(node.value) in ("self", "cls") else [ast.unparse(node)]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{each.name}" for each in node.names if is_private(each.name)]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("attr"):
            strings = [one.value for one in node.args if isinstance(one, ast.Constant)]
            parts = [part for one in strings if isinstance(one, str) for part in one.split(".")]
            names = [part for part in parts if is_private(part)]  # getattr, monkeypatch.setattr and the like
        found += [f"{node.lineno}: {name}" for name in names if name not in OFFERED]
    return found


def test_tests_see_what_a_user_of_a_class_sees():
    """A class may change behind its public names without a test that minds."""
    assert [f"{name}:{line}" for name, code in our_tests().items() for line in private_names(code)] == []


@pytest.mark.parametrize(
    "code",
    [
        "status._help.text()",
        "from app.models.dialogs import _read_point",
        "monkeypatch.setattr('core.train.slice_memory._free_bytes', None)",
        "monkeypatch.setattr(module, '_helpers', None)",
        "getattr(pool, '_pipes')",
    ],
)
def test_a_private_name_of_others_is_recognised(code):
    assert private_names(code)
    assert not private_names("self._kept = cls._made = thing.__name__")


# --- pages


def modules(room: str) -> set[str]:
    files = {path.stem for path in (ROOT / room).glob("*.py")} - {"__init__"}
    return files | {path.parent.name for path in (ROOT / room).glob("*/__init__.py")}


def described(room: str) -> list[str]:
    """Give the names in the first column of a room's table: its folders, and modules that lie in none."""
    section = text("ARCHITECTURE.md").split(f"### {room}\n")[1].split("\n#")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row)]


@pytest.mark.parametrize("room", ROOMS)
def test_the_architecture_has_one_row_for_every_folder(room: str):
    there, told = modules(room), described(room)
    assert sorted(told) == sorted(there)


@pytest.mark.parametrize("page", ["README.md", "ARCHITECTURE.md"])
def test_files_that_a_page_names_exist(page: str):
    inside = re.findall(r"(?<![\w/.])((?:packaging|core|app|widgets|resources|tests)/[\w./-]*\w)", text(page))
    missing = [name for name in inside if not (ROOT / name).exists() and "NAME" not in name]
    assert inside
    assert [name for name in missing if not list(ROOT.glob(f"{name}*"))] == []


def test_the_readmes_commands_are_the_programs():
    from app.cli.parser import COMMANDS

    named = set(re.findall(r"^    phonoscope ([a-z]+) ?", text("README.md"), re.MULTILINE))
    assert {"info", "layers", "shot", "bench"} <= named
    assert named <= set(COMMANDS)


@pytest.mark.parametrize("name", ["packaging/run", "packaging/test", ".ci/run"])
def test_the_start_scripts_can_be_run(name: str):
    assert (ROOT / name).stat().st_mode & 0o111


def test_the_changelog_and_the_project_agree_on_the_version():
    headings = re.findall(r"^## \[(.+?)\]", text("CHANGELOG.md"), re.MULTILINE)
    assert headings[0] == "Unreleased"
    released = [Version(heading) for heading in headings[1:]]
    assert released == sorted(released, reverse=True)
    assert all(version <= Version(PROJECT["project"]["version"]) for version in released)


def test_the_program_tells_the_projects_version():
    from core.files.versions import app_version

    assert app_version() == PROJECT["project"]["version"]


def test_the_licence_is_the_one_that_parselmouth_demands():
    assert "GNU GENERAL PUBLIC LICENSE" in text("LICENSE")
    assert "Version 3, 29 June 2007" in text("LICENSE")
    theirs = metadata.metadata("praat-parselmouth")
    assert (
        "GPL" in f"{theirs.get('License')} {theirs.get('License-Expression')} {theirs.get_all('Classifier')}"
    )
    assert PROJECT["project"]["license"] == "GPL-3.0-or-later"


# --- what may lie in the project


def test_only_the_models_that_ship_and_test_data_are_large():
    large = [path for path in our_files() if path.stat().st_size > LARGEST_BYTES]
    shipped = {ROOT / "resources" / name for name in ("demo", "examples", "g2p")}
    may = {*shipped, TEST_DATA}
    assert [path for path in large if may.isdisjoint(path.parents)] == []


def test_test_data_stay_small_enough_to_travel():
    """What other programs computed comes with every clone, so that no comparison is skipped."""
    sizes = {path: path.stat().st_size for path in our_files() if TEST_DATA in path.parents}
    assert sum(sizes.values()) <= TEST_DATA_BYTES
    assert {path for path, size in sizes.items() if size > LARGEST_TEST_FILE_BYTES} == set()


def test_links_lead_to_papers_licences_and_standards_only():
    found = {
        (name, host)
        for name, content in our_texts().items()
        if not Path(name).name.startswith("LICENSE")
        for host in re.findall(r"https?://([\w.-]+)", content)
    }
    assert {(name, host) for name, host in found if host not in HOSTS} == set()


def test_no_path_of_somebodys_machine_is_written_down():
    machine = re.compile(r"""(?<![\w.~*$}\]])/(?:home|root|Users|work|mnt)/[\w.-]+/""")
    found = {(name, path) for name, content in our_texts().items() for path in machine.findall(content)}
    assert found == set()


def test_a_painter_is_ended_even_if_painting_fails():
    """A painter that outlives an exception of its paintEvent ends the program inside Qt."""
    left = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "widgets").rglob("*.py")
        if "= QPainter(self)" in path.read_text(encoding="utf-8")
    ]
    assert left == []
