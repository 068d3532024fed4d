"""Rasa without TensorFlow."""

from __future__ import annotations

import subprocess
import sys

from serving.rasa_server import PROJECT

_IMPORTS = """
from bot import light
light.without(light.TENSORFLOW | light.NOT_SERVED)
import rasa.core.run, rasa.engine.recipes.default_recipe, rasa.model_training
import sys
print(sorted(name for name in light.TENSORFLOW if getattr(sys.modules.get(name), "__file__", None)))
"""


def test_rasa_is_imported_without_tensorflow() -> None:
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", _IMPORTS], cwd=PROJECT, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_a_shell_can_be_named_subclassed_called_and_used_as_decorator() -> None:
    code = (
        "from bot import light; light.without_tensorflow()\n"
        "import tensorflow as tf; from tensorflow.keras import Model\n"
        "class Mine(tf.keras.Model): pass\n"
        "@tf.function(jit_compile=True)\n"
        "def f(): return 3\n"
        "Mine(); tf.Tensor | None; print(f(), Model.__name__)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True)
    assert done.stdout.strip() == "3 tensorflow.keras.Model", done.stderr
