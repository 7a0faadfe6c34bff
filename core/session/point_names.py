"""Names of latent points beside numbers; a name never mentions a seed that did not draw the point."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from core.export.record import point_drive
from core.networks.latent import LatentLayout, Point, draw
from core.session.session import ModelPoint

MOST_NAMED = 4
UNNAMED = "unnamed point"


def base_name(moment: ModelPoint) -> str:
    """Return what the point began as: a seed's draw, a named point, or an unnamed point."""
    if moment.seed is not None:
        return f"seed {moment.seed}"
    return no_seed(moment.name or UNNAMED)


def no_seed(name: str) -> str:
    """Return a user's name for a point, changed if it reads like a seed's draw.

    >>> no_seed("falling tone"), no_seed("seed 3")
    ('falling tone', 'point seed 3')
    """
    return f"point {name}" if re.match(r"seed\b", name, re.IGNORECASE) else name


def point_name(layout: LatentLayout, moment: ModelPoint, point: Point | None = None) -> str:
    """Return a name for the point: what it began as, and what has changed since.

    >>> point_name(Layout(20), Moment(Point((0.0,) * 20), Point((0.0,) * 20), None, "falling tone"))
    'falling tone'
    """
    cuts = cuts_of(moment) if point in (None, moment.point) else ""
    point = moment.point if point is None else point
    code, changes = _code(layout, moment, point), changed(layout, moment, point)
    if len(changes) > MOST_NAMED:
        return f"{base_name(moment)}, changed{cuts}"
    words = [base_name(moment), *code, *(f"{name}={value:g}" for name, value in changes.items())]
    return " ".join(words) + cuts


def starred_name(moment: ModelPoint) -> str:
    """Return what the point began as, with a star if it has changed since, and how many cuts it has."""
    return f"{base_name(moment)}{'*' if moment.is_changed else ''}{cuts_of(moment)}"


def cuts_of(moment: ModelPoint) -> str:
    """Return how many edits of layers a point has, in words that follow its name."""
    count = len(moment.edits)
    return f", {count} cut{'s' * (count > 1)}" if count else ""


def _code(layout: LatentLayout, moment: ModelPoint, point: Point) -> list[str]:
    """Return the code, unless the seed or the name already implies it."""
    usual = layout.first_code() if moment.seed is not None else moment.drawn.z[: layout.code]
    code = point.z[: layout.code]
    return [] if code == usual else [f"c={','.join(f'{value:g}' for value in code)}"]


def changed(layout: LatentLayout, moment: ModelPoint, point: Point | None = None) -> dict[str, float]:
    """Return the latent variables outside the code that differ from the draw."""
    point = moment.point if point is None else point
    both = zip(layout.names(), point.z, moment.drawn.z, strict=True)
    return {name: now for name, now, then in list(both)[layout.code :] if now != then}


def point_facts(layout: LatentLayout, moment: ModelPoint) -> dict[str, Any]:
    """Return the present point for a record: the whole vector, and how it was made."""
    facts = point_drive(layout, moment.point, moment.seed, None, changed(layout, moment))
    return {"point": point_name(layout, moment), **facts}


def is_drawn(layout: LatentLayout, point: Point, seed: int | None) -> bool:
    """Return whether a seed gives this point, whatever its code."""
    if seed is None or len(point.z) != layout.size:
        return False
    return draw(layout, seed).z[layout.code :] == point.z[layout.code :]


def unused_name(name: str, others: Collection[str]) -> str:
    """Return a name that no other has, numbered if it is taken.

    >>> unused_name("fall", ["fall", "fall (2)"])
    'fall (3)'
    """
    tries = (name, *(f"{name} ({k})" for k in range(2, len(others) + 2)))
    return next(one for one in tries if one not in others)
