"""Reading the pickle of a state dict without running any code it names.

The pickle is interpreted here, one opcode at a time: it can make dictionaries, lists, numbers,
descriptions of tensors and the attributes of TorchScript's modules, and nothing else. Every stand-in for a
name is made for this file and cannot be changed, nothing is ever hashed but texts and whole numbers, and the
number of steps is limited.
"""

from __future__ import annotations

import io
import pickletools
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, BinaryIO, cast

from core.checkpoint.pickle_names import (
    RECIPE,
    Arguments,
    Foreign,
    ForeignObject,
    Inert,
    Known,
    ScriptModule,
    Storage,
    StoredTensor,
    fill,
    find,
    is_script,
    whole_program,
)
from core.checkpoint.tensors import damaged
from core.faults import Fault

LARGEST_PICKLE_BYTES = 64_000_000
MOST_STEPS = 2_000_000
MOST_DEPTH = 8
MOST_VISITS = 4_000_000
MOST_LETTERS = 20_000_000
MOST_BITS = 128  # the magic number of the format before 2020 has 77


@dataclass(frozen=True, slots=True)
class Pickled:
    """The content of a pickle, its storages by key, and the first foreign class among its objects ("")."""

    root: object
    storages: Mapping[str, Storage]
    foreign: str = ""


def load(data: bytes, what: str) -> Pickled:
    """Return the content of a pickle; raises Fault if it is damaged or contains more than data."""
    if len(data) > LARGEST_PICKLE_BYTES:
        raise too_much(what)
    return load_next(io.BytesIO(data), what)


def load_next(file: BinaryIO | io.BytesIO, what: str) -> Pickled:
    """Return the content of the pickle at the current position of `file`, which is left after it."""
    machine = _Machine(what)
    try:
        return machine.run(_Part(file, what))
    except Fault:
        raise
    except Exception as flaw:  # a hostile pickle can raise any exception; none of them is a bug of ours
        raise damaged(what) from flaw


def too_much(what: str) -> Fault:
    """Return the fault for a file that would take too much time or memory to read."""
    return Fault(
        f"“{what}” holds or repeats more than the weights of networks, so it was not read.",
        f"In the program that made it, save only the weights: {RECIPE}",
    )


class _Part:
    """The part of a file that a pickle may occupy, as `pickletools.genops` reads it."""

    def __init__(self, file: BinaryIO | io.BytesIO, what: str) -> None:
        self._file, self._what = file, what
        self._left = LARGEST_PICKLE_BYTES

    def read(self, size: int) -> bytes:
        """Return `size` bytes, or fewer at the end of the file."""
        if size > self._left:
            raise too_much(self._what)
        self._left -= size
        return self._file.read(size)

    def readline(self) -> bytes:
        """Return the bytes up to the end of a line."""
        line = self._file.readline(self._left)
        self._left -= len(line)
        return line


class _Machine:
    """The stack and the memo of one pickle while it is read."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._stack: list[object] = []
        self._below: list[list[object]] = []  # the stacks under each mark
        self._memo: dict[int, object] = {}
        self._storages: dict[str, Storage] = {}
        self._foreign = ""

    def run(self, part: _Part) -> Pickled:
        """Follow the opcodes to the end; raises any exception if they make no sense."""
        for step, (opcode, argument, _) in enumerate(pickletools.genops(cast("Any", part))):
            if step >= MOST_STEPS:
                raise too_much(self._what)
            if opcode.name in _CONSTANTS:
                self._stack.append(_constant(argument))
            else:
                _STEPS[opcode.name](self, argument)
        return Pickled(self._stack[-1], MappingProxyType(self._storages), self._foreign)

    # --- constants and containers -----------------------------------------------------------

    def push(self, value: object) -> None:
        self._stack.append(value)

    def _items(self) -> list[object]:
        """Return what was pushed since the last mark, and go back below the mark."""
        items, self._stack = self._stack, self._below.pop()
        return items

    def mark(self, argument: object) -> None:
        self._below.append(self._stack)
        self._stack = []

    def pop(self, argument: object) -> None:
        if self._stack:
            self._stack.pop()
        else:
            self._items()

    def pop_mark(self, argument: object) -> None:
        self._items()

    def duplicate(self, argument: object) -> None:
        self.push(self._stack[-1])

    def tuple_of(self, size: int) -> None:
        items = self._stack[len(self._stack) - size :]
        if len(items) != size:
            raise ValueError("a tuple of more values than there are")
        del self._stack[len(self._stack) - size :]
        self.push(tuple(items))

    def marked_tuple(self, argument: object) -> None:
        self.push(tuple(self._items()))

    def marked_list(self, argument: object) -> None:
        self.push(self._items())

    def marked_dict(self, argument: object) -> None:
        made: dict[object, object] = {}
        fill(made, self._items())
        self.push(made)

    def marked_frozenset(self, argument: object) -> None:
        self._items()
        self.push(Inert())

    def add_items(self, argument: object) -> None:
        _ignored(self._items_for_top()[1])

    def append(self, argument: object) -> None:
        value = self._stack.pop()
        _extend(self._stack[-1], [value])

    def extend(self, argument: object) -> None:
        items, top = self._items_for_top()
        _extend(top, items)

    def set_item(self, argument: object) -> None:
        value, key = self._stack.pop(), self._stack.pop()
        _fill(self._stack[-1], [key, value])

    def set_items(self, argument: object) -> None:
        items, top = self._items_for_top()
        _fill(top, items)

    def _items_for_top(self) -> tuple[list[object], object]:
        items = self._items()
        return items, self._stack[-1]

    # --- memo -------------------------------------------------------------------------------

    def put(self, argument: int) -> None:
        if argument > MOST_STEPS:
            raise ValueError("a memo number of more than there can be")
        self._memo[argument] = self._stack[-1]

    def memoize(self, argument: object) -> None:
        self._memo[len(self._memo)] = self._stack[-1]

    def get(self, argument: object) -> None:
        self.push(self._memo[cast("int", argument)])

    # --- names and objects ------------------------------------------------------------------

    def name(self, argument: object) -> None:
        module, name = cast("str", argument).split(" ", 1)
        self.push(find(module, name, self._what))

    def stack_name(self, argument: object) -> None:
        name, module = self._stack.pop(), self._stack.pop()
        if not isinstance(name, str) or not isinstance(module, str):
            raise ValueError("a name that is not a text")
        self.push(find(module, name, self._what))

    def call(self, argument: object) -> None:
        given, made = self._stack.pop(), self._stack.pop()
        self.push(self._called(made, given))

    def instance(self, argument: object) -> None:
        """Make an object of a class: NEWOBJ, which calls no function and no __init__."""
        given, made = self._stack.pop(), self._stack.pop()
        self.push(self._object(made.name) if isinstance(made, Foreign) else self._called(made, given))

    def instance_with_names(self, argument: object) -> None:
        self._stack.pop()
        self.instance(argument)

    def old_instance(self, argument: object) -> None:
        module, name = cast("str", argument).split(" ", 1)
        self.push(self._called(find(module, name, self._what), tuple(self._items())))

    def old_object(self, argument: object) -> None:
        made, *given = self._items()
        self.push(self._called(made, tuple(given)))

    def _called(self, made: object, given: object) -> object:
        if isinstance(made, Foreign):
            raise whole_program(made.name, self._what)
        if not isinstance(made, Known) or not isinstance(given, tuple):
            raise ValueError("a call of something that is not a name")
        return made.make(cast("Arguments", given))

    def _object(self, name: str) -> ForeignObject | ScriptModule:
        if is_script(name):
            return ScriptModule({})
        self._foreign = self._foreign or name
        return ForeignObject(name)

    def build(self, argument: object) -> None:
        """Keep the attributes of a TorchScript module, and ignore the state of other objects; only those
        objects have one that torch gives one.
        """
        state, made = self._stack.pop(), self._stack[-1]
        if isinstance(made, ScriptModule) and isinstance(state, dict):
            made.content.update(cast("dict[object, object]", state))
            return
        if isinstance(made, ForeignObject) and _is_module(state):
            raise whole_program(made.of, self._what)
        if not isinstance(made, OrderedDict | Inert | ForeignObject):
            raise ValueError("a state for something that has none")

    def storage(self, argument: object) -> None:
        identity = cast("Arguments", self._stack.pop())
        if identity[0] == "module":  # a class with its source code, in a whole program before 2020
            self.push(identity[1])
            return
        kind, element, key, _, count, *view = identity
        if kind != "storage" or not isinstance(element, Known) or not element.dtype or any(view):
            raise ValueError("an unknown kind of storage")
        if type(key) not in (str, int) or type(count) is not int:
            raise ValueError("a storage without a name or a size")
        made = Storage(str(key), element.dtype, count)
        self._storages[made.key] = made
        self.push(made)


def _constant(value: object) -> object:
    """Return a constant; a number that is too large to be one of torch's is not needed."""
    return Inert() if type(value) is int and value.bit_length() > MOST_BITS else value


def _fill(made: object, items: list[object]) -> None:
    """Set the keys and values of a dictionary."""
    if isinstance(made, dict):
        fill(cast("dict[object, object]", made), items)
    else:
        _ignored(made)


def _extend(made: object, items: list[object]) -> None:
    if isinstance(made, list):
        cast("list[object]", made).extend(items)
    else:
        _ignored(made)


def _ignored(made: object) -> None:
    """Accept content for an object whose content is not kept."""
    if not isinstance(made, Inert | ForeignObject):
        raise ValueError("content for something that has none")


def _is_module(state: object) -> bool:
    return isinstance(state, dict) and "_parameters" in state and "_modules" in state


_CONSTANTS = frozenset(
    [
        "INT",
        "BININT",
        "BININT1",
        "BININT2",
        "LONG",
        "LONG1",
        "LONG4",
        "FLOAT",
        "BINFLOAT",
        "STRING",
        "BINSTRING",
        "SHORT_BINSTRING",
        "BINBYTES",
        "SHORT_BINBYTES",
        "BINBYTES8",
        "BYTEARRAY8",
        "UNICODE",
        "BINUNICODE",
        "SHORT_BINUNICODE",
        "BINUNICODE8",
    ]
)
_Step = Callable[[_Machine, Any], None]


def _pushing(make: Callable[[], object]) -> _Step:
    return lambda machine, argument: machine.push(make())


def _tuple_of(size: int) -> _Step:
    return lambda machine, argument: machine.tuple_of(size)


def _nothing(machine: _Machine, argument: object) -> None:
    """Do nothing: the frame of the pickle."""


_STEPS: Mapping[str, _Step] = MappingProxyType(
    dict.fromkeys(("PROTO", "FRAME", "STOP"), _nothing)
    | dict.fromkeys(("PUT", "BINPUT", "LONG_BINPUT"), _Machine.put)
    | dict.fromkeys(("GET", "BINGET", "LONG_BINGET"), _Machine.get)
    | {
        "NONE": _pushing(lambda: None),
        "NEWTRUE": _pushing(lambda: True),
        "NEWFALSE": _pushing(lambda: False),
        "EMPTY_DICT": _pushing(dict),
        "EMPTY_LIST": _pushing(list),
        "EMPTY_TUPLE": _pushing(tuple),
        "EMPTY_SET": _pushing(Inert),
        "TUPLE1": _tuple_of(1),
        "TUPLE2": _tuple_of(2),
        "TUPLE3": _tuple_of(3),
        "TUPLE": _Machine.marked_tuple,
        "LIST": _Machine.marked_list,
        "DICT": _Machine.marked_dict,
        "FROZENSET": _Machine.marked_frozenset,
        "ADDITEMS": _Machine.add_items,
        "APPEND": _Machine.append,
        "APPENDS": _Machine.extend,
        "SETITEM": _Machine.set_item,
        "SETITEMS": _Machine.set_items,
        "MARK": _Machine.mark,
        "POP": _Machine.pop,
        "POP_MARK": _Machine.pop_mark,
        "DUP": _Machine.duplicate,
        "MEMOIZE": _Machine.memoize,
        "GLOBAL": _Machine.name,
        "STACK_GLOBAL": _Machine.stack_name,
        "REDUCE": _Machine.call,
        "NEWOBJ": _Machine.instance,
        "NEWOBJ_EX": _Machine.instance_with_names,
        "INST": _Machine.old_instance,
        "OBJ": _Machine.old_object,
        "BUILD": _Machine.build,
        "BINPERSID": _Machine.storage,
    }
)
"""The opcodes that torch, numpy and Python's own classes write; every other one makes the file damaged."""


def tensors_in(root: object, what: str) -> dict[str, StoredTensor]:
    """Return every tensor in nested dictionaries and lists, with the keys joined by "/".

    Raises Fault if the same few dictionaries contain each other so often that the names have no end.
    """
    walk = _Walk(what)
    walk.into(root, "", 0)
    return walk.found


class _Walk:
    """A walk through nested dictionaries and lists; its visits and the names it makes are limited."""

    def __init__(self, what: str) -> None:
        self.found: dict[str, StoredTensor] = {}
        self._what = what
        self._visits = self._letters = 0

    def into(self, value: object, scope: str, depth: int) -> None:
        """Note the tensors in a dictionary or a list, and in those inside it."""
        entries = _entries(value) if depth <= MOST_DEPTH else ()
        self._visits += len(entries) + 1
        if self._visits > MOST_VISITS:
            raise too_much(self._what)
        listed = not isinstance(value, dict | ScriptModule)
        for key, item in entries:
            # what an optimiser keeps lies in dictionaries under whole numbers, and is not followed
            if isinstance(item, StoredTensor):
                self.found[self._name(scope, key)] = item
            elif isinstance(item, dict | list | tuple | ScriptModule) and (listed or isinstance(key, str)):
                inner = "." if isinstance(item, ScriptModule) else "/"  # as in the state dict of modules
                self.into(cast("object", item), f"{self._name(scope, key)}{inner}", depth + 1)

    def _name(self, scope: str, key: str | int) -> str:
        name = f"{scope}{key}"
        self._letters += len(name)
        if self._letters > MOST_LETTERS:
            raise too_much(self._what)
        return name


def _entries(value: object) -> Collection[tuple[str | int, object]]:
    """Return the keys and values of a dictionary, or the numbers and values of a list."""
    if isinstance(value, ScriptModule):
        value = value.content
    if isinstance(value, dict):
        return cast("dict[str | int, object]", value).items()
    return tuple(enumerate(cast("list[object]", value))) if isinstance(value, list | tuple) else ()
