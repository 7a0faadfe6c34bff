"""Calls functions with the services that their parameters declare by type."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeVar, get_type_hints

T = TypeVar("T")


class Injector:
    """Holds objects by type, and gives each function what it declares.

    A parameter without a default gets the object that is an instance of its annotation, or of a subclass. A
    parameter with a default keeps it.
    """

    def __init__(self, services: Iterable[object] = ()) -> None:
        self._services: list[object] = []
        self._bound: dict[Callable[..., Any], Callable[[], Any]] = {}
        for service in services:
            self.add(service)

    def add(self, service: object) -> None:
        """Add an object."""
        self._services.append(service)
        self._bound.clear()

    def get(self, kind: type[T]) -> T:
        """Return the object of a type. Raises LookupError if there is none, or more than one."""
        found = [one for one in self._services if isinstance(one, kind)]
        if len(found) != 1:
            raise LookupError(f"there are {len(found)} services of type {kind.__name__}, not one")
        return found[0]

    def call(self, function: Callable[..., Any]) -> Any:
        """Call a function with the services that it declares, and return its result."""
        bound = self._bound.get(function)
        if bound is None:
            bound = self._bound[function] = partial(function, **self.wanted(function))
        return bound()

    def wanted(self, function: Callable[..., Any]) -> dict[str, object]:
        """Return the services for a function's parameters, by name. Raises LookupError if one is missing."""
        hints = get_type_hints(function)
        required = [
            name
            for name, parameter in inspect.signature(function).parameters.items()
            if parameter.default is inspect.Parameter.empty
        ]
        missing = [name for name in required if name not in hints]
        if missing:
            raise LookupError(f"{function.__qualname__} does not say what {', '.join(missing)} is")
        return {name: self.get(hints[name]) for name in required}
