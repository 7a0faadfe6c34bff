"""Version numbers for exports, so that a number can be computed again."""

from __future__ import annotations

import platform
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

_LIBRARIES = {"torch": "torch", "numpy": "numpy", "parselmouth": "praat-parselmouth"}


def app_version() -> str:
    """Return Phonoscope's version; a checkout reads it from its pyproject.toml."""
    file = Path(__file__).parents[2] / "pyproject.toml"
    if file.is_file():
        project: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8")).get("project", {})
        if project.get("name") == "phonoscope":
            return str(project["version"])
    return metadata.version("phonoscope")


def versions() -> dict[str, str]:
    """Return the versions of Phonoscope, Python and the numeric libraries, without importing them."""
    found = {"phonoscope": app_version(), "python": platform.python_version()}
    for name, distribution in _LIBRARIES.items():
        try:
            found[name] = metadata.version(distribution)
        except metadata.PackageNotFoundError:
            continue
    return found
