"""What a latent point is called wherever a number tells where it comes from: never a seed it is not."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from core.export.record import point_drive
from core.networks.latent import LatentLayout, Point, draw
from core.session.session import Snapshot

MOST_NAMED = 4
UNNAMED = "unnamed point"


def base_words(moment: Snapshot) -> str:
    """Say what the point began as: a seed's draw, a point kept under a name, or a point of no name."""
    if moment.seed is not None:
        return f"seed {moment.seed}"
    return no_seed(moment.name or UNNAMED)


def no_seed(name: str) -> str:
    """Return a name that somebody chose so that it does not read as a seed's draw.

    >>> no_seed("falling tone"), no_seed("seed 3")
    ('falling tone', 'point seed 3')
    """
    return f"point {name}" if re.match(r"seed\b", name, re.IGNORECASE) else name


def point_words(layout: LatentLayout, moment: Snapshot, point: Point | None = None) -> str:
    """Name a point by what it began as and what was changed since.

    >>> point_words(Layout(20), Moment(Point((0.0,) * 20), Point((0.0,) * 20), None, "falling tone"))
    'falling tone'
    """
    point = moment.point if point is None else point
    code, changes = _code(layout, moment, point), changed(layout, moment, point)
    if len(changes) > MOST_NAMED:
        return f"{base_words(moment)}, changed"
    return " ".join([base_words(moment), *code, *(f"{name}={value:g}" for name, value in changes.items())])


def starred_words(moment: Snapshot) -> str:
    """Name the point by what it began as, with a star where it was changed since."""
    return f"{base_words(moment)}{'' if moment.point == moment.drawn else '*'}"


def _code(layout: LatentLayout, moment: Snapshot, point: Point) -> list[str]:
    """Return the code where it is not the one that the seed or the name already says."""
    usual = layout.first_code() if moment.seed is not None else moment.drawn.z[: layout.code]
    code = point.z[: layout.code]
    return [] if code == usual else [f"c={','.join(f'{value:g}' for value in code)}"]


def changed(layout: LatentLayout, moment: Snapshot, point: Point | None = None) -> dict[str, float]:
    """Return the latent variables beyond the code that are not as they were drawn."""
    point = moment.point if point is None else point
    both = zip(layout.names(), point.z, moment.drawn.z, strict=True)
    return {name: now for name, now, then in list(both)[layout.code :] if now != then}


def point_facts(layout: LatentLayout, moment: Snapshot) -> dict[str, Any]:
    """Return what a record says of the present point: the whole vector, and how it came about."""
    facts = point_drive(layout, moment.point, moment.seed, None, changed(layout, moment))
    return {"point": point_words(layout, moment), **facts}


def is_drawn(layout: LatentLayout, point: Point, seed: int | None) -> bool:
    """Return whether a seed gives this point, whatever its code."""
    if seed is None or len(point.z) != layout.size:
        return False
    return draw(layout, seed).z[layout.code :] == point.z[layout.code :]


def unlike(name: str, others: Collection[str]) -> str:
    """Return the name, counted on where others already have it: two points never share one.

    >>> unlike("fall", ["fall", "fall (2)"])
    'fall (3)'
    """
    tries = (name, *(f"{name} ({k})" for k in range(2, len(others) + 2)))
    return next(one for one in tries if one not in others)
