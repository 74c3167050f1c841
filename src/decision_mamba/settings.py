"""Frozen dataclasses to plain dicts and back.

Where a field may hold one of several classes, the dict says which under "kind". The union in
the annotation is the list of what may stand there, so there is no registry to keep in step.
A field that is None is left out, because TOML has no word for it.
"""

import dataclasses
import types
import typing
from collections.abc import Iterator, Mapping
from typing import Any

from decision_mamba.errors import BadInput


def to_dict(settings: Any) -> dict[str, Any]:
    """Writes settings as a dict of plain values."""
    plain: dict[str, Any] = {"kind": type(settings).__name__}
    for field in dataclasses.fields(settings):
        value = _plain(getattr(settings, field.name))
        if value is not None:
            plain[field.name] = value
    return plain


def flat(settings: Any) -> dict[str, Any]:
    """Writes settings as plain values by their paths, such as "model.width"."""
    return dict(_paths(to_dict(settings), ""))


def changed(settings: Any, values: Mapping[str, Any]) -> Any:
    """Settings that have other values at these paths; the values are taken as they are."""
    for path, value in values.items():
        name, _, rest = path.partition(".")
        inner = changed(getattr(settings, name), {rest: value}) if rest else value
        settings = dataclasses.replace(settings, **{name: inner})
    return settings


def from_dict(choices: Any, plain: dict[str, Any]) -> Any:
    """Reads settings back; `choices` is a settings class or a union of them.

    Typed Any, because a union is no `type` to mypy or beartype: annotate what you assign it to.
    """
    kinds = {choice.__name__: choice for choice in _members(choices)}
    given = dict(plain)
    kind = given.pop("kind", None)
    if kind not in kinds:
        raise BadInput(f"kind is {kind!r}; known here: {', '.join(sorted(kinds))}")
    fields, every = dataclasses.fields(kinds[kind]), typing.get_type_hints(kinds[kind])
    hints = {field.name: every[field.name] for field in fields}  # no hints of class variables
    if unknown := given.keys() - hints.keys():
        raise BadInput(f"{kind} has no {', '.join(sorted(unknown))}; it has {', '.join(hints)}")
    values = {name: _read(hints[name], value, f"{kind}.{name}") for name, value in given.items()}
    absent = [name for field in fields for name in _required(field) - values.keys()]
    left_out = {name: None for name in absent if type(None) in _members(hints[name])}
    if missing := [name for name in absent if name not in left_out]:
        raise BadInput(f"{kind} needs {', '.join(missing)} and got only {', '.join(values)}")
    return kinds[kind](**values, **left_out)


def _paths(plain: dict[str, Any], above: str) -> Iterator[tuple[str, Any]]:
    for name, value in plain.items():
        if isinstance(value, dict):
            yield from _paths(value, f"{above}{name}.")
        else:
            yield above + name, value


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return to_dict(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _members(choices: Any) -> tuple[Any, ...]:
    is_union = isinstance(choices, types.UnionType) or typing.get_origin(choices) is typing.Union
    return typing.get_args(choices) if is_union else (choices,)


def _required(field: "dataclasses.Field[Any]") -> set[str]:
    has_default = field.default is not dataclasses.MISSING
    has_factory = field.default_factory is not dataclasses.MISSING
    return set() if has_default or has_factory else {field.name}


def _read(hint: Any, value: Any, where: str) -> Any:
    if isinstance(value, dict):
        return from_dict(hint, value)
    if isinstance(value, list):
        item, *_ = typing.get_args(_tuple_in(hint, value, where))
        return tuple(_read(item, one, where) for one in value)
    for member in _members(hint):
        if _fits(member, value):
            return float(value) if member is float else value
    wanted = " or ".join(_in_words(member) for member in _members(hint))
    raise BadInput(f"{where} is {value!r}; expected {wanted}")


def _in_words(member: Any) -> str:
    if typing.get_origin(member) is typing.Literal:
        return ", ".join(repr(one) for one in typing.get_args(member))
    return "None" if member is type(None) else str(getattr(member, "__name__", member))


def _tuple_in(hint: Any, value: Any, where: str) -> Any:
    for member in _members(hint):
        if typing.get_origin(member) is tuple:
            return member
    raise BadInput(f"{where} is {value!r}; expected one value, not a list")


def _fits(member: Any, value: Any) -> bool:
    if typing.get_origin(member) is typing.Literal:
        return value in typing.get_args(member)
    if member is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if member is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(member, type) and isinstance(value, member)
