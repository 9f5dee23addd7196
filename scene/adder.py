"""Arithmetic as nodes."""

from __future__ import annotations

from typing import Any

import bpy

__all__ = ["Adder"]


class Adder:
    """Adds nodes to a group, in columns of eight. Values are numbers, vectors or sockets of other nodes."""

    def __init__(self, group: bpy.types.NodeTree) -> None:
        self._group = group
        self._count = 0

    def math(self, operation: str, *values: Any) -> bpy.types.NodeSocket:
        return self.node("ShaderNodeMath", *values, operation=operation).outputs[0]

    def vector(self, operation: str, *values: Any) -> bpy.types.NodeSocket:
        """Of a vector that is a number for a dot product."""
        node = self.node("ShaderNodeVectorMath", *values, operation=operation)
        return node.outputs["Value" if operation == "DOT_PRODUCT" else "Vector"]

    def split(self, vector: bpy.types.NodeSocket) -> Any:
        return self.node("ShaderNodeSeparateXYZ", vector).outputs

    def join(self, *values: Any) -> bpy.types.NodeSocket:
        return self.node("ShaderNodeCombineXYZ", *values).outputs[0]

    def node(self, kind: str, *values: Any, **settings: Any) -> bpy.types.Node:
        """Any node, whose first inputs are the values."""
        node = self._group.nodes.new(kind)
        node.location, node.select = self.next_place(), False
        self._count += 1
        for name, value in settings.items():
            setattr(node, name, value)
        for socket, value in zip(node.inputs, values, strict=False):
            if isinstance(value, bpy.types.NodeSocket):
                self._group.links.new(value, socket)
            else:
                socket.default_value = value
        return node

    def next_place(self) -> tuple[int, int]:
        return 200 * (self._count // 8), -180 * (self._count % 8)
