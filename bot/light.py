"""Let Rasa be imported without TensorFlow.

Rasa imports TensorFlow for components that this project does not use (DIET, TED, …). That costs about six seconds
and 400 MB in every process. `without_tensorflow()` must be called before anything of Rasa is imported; afterwards
`import tensorflow` gives an empty shell whose attributes can be named, subclassed and used as decorators, which is
all that Rasa does with it at import time. A pipeline that names a TensorFlow component fails when it is trained.
"""

from __future__ import annotations

import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any, ClassVar

TENSORFLOW = frozenset({"tensorflow", "tensorflow_addons", "tensorflow_hub", "tensorflow_text", "keras"})
# What a server has no use for: plots, prompts on a terminal, the clients of other chat services.
NOT_SERVED = frozenset(
    "matplotlib questionary prompt_toolkit aiogram twilio slack_sdk webexteamssdk fbmessenger "
    "mattermostwrapper rocketchat_API".split()
)


class _Shell(type):
    """A class that has every attribute; each is again such a class."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _shell(f"{cls.__name__}.{name}")


def _shell(name: str) -> Any:
    return _Shell(name, (), {"__init__": _accept, "__call__": _decorate, "__module__": "bot.light"})


def _accept(self: Any, *args: Any, **kwargs: Any) -> None:
    return None


def _decorate(self: Any, function: Any = None, *args: Any, **kwargs: Any) -> Any:
    return function


class _ShellModule(ModuleType):
    __path__: ClassVar[list[str]] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _shell(f"{self.__name__}.{name}")


class _ShellFinder(MetaPathFinder, Loader):
    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        return ModuleSpec(fullname, self) if fullname.partition(".")[0] in self._names else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _ShellModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        return None


def without(names: frozenset[str]) -> None:
    """Put a shell in the place of these packages, but for those that are imported already."""
    sys.meta_path.insert(0, _ShellFinder(frozenset(name for name in names if name not in sys.modules)))


def without_tensorflow() -> None:
    """Put a shell in the place of TensorFlow, unless the real one is imported already."""
    if "tensorflow" not in sys.modules:
        without(TENSORFLOW)


def where_tensorflow_is_missing() -> None:
    """As `without_tensorflow`, but only in an environment that has no TensorFlow (called from its `.pth` file)."""
    if find_spec("tensorflow") is None:
        without_tensorflow()
