"""Runs a model's graph node after node in an order worked out once; Dask plans it anew for every message."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import GraphNode
from rasa.engine.runner.dask import DaskGraphRunner

_Plan = list[tuple[str, GraphNode, list[str]]]


class StraightRunner(DaskGraphRunner):
    """The graph runner of the server."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._plans: dict[tuple[str, ...], _Plan] = {}

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """The output of each target, given the placeholders in `inputs`."""
        wanted = tuple(targets or self._graph_schema.target_names)
        if wanted not in self._plans:
            self._plans[wanted] = self._plan(wanted)
        values: dict[str, Any] = dict(inputs or {})
        for name, node, needs in self._plans[wanted]:
            values[name] = node(*((need, values[need]) for need in needs))[1]
        return {name: values[name] for name in wanted}

    def _plan(self, targets: tuple[str, ...]) -> _Plan:
        plan: _Plan = []
        seen: set[str] = set()

        def visit(name: str) -> None:
            schema = self._graph_schema.nodes.get(name)
            if schema is None or name in seen:  # a placeholder is an input and no node
                return
            seen.add(name)
            needs = list(schema.needs.values())
            for need in needs:
                visit(need)
            plan.append((name, self._instantiated_nodes[name], needs))

        for target in targets:
            visit(target)
        return plan
