"""Writes a GLB of boxes and quads with textures, extras and a second UV set: no more than the tests need."""

from __future__ import annotations

import io
import json
import struct

import numpy as np
from PIL import Image

_FLOAT, _UNSIGNED = 5126, 5125
_GLB, _JSON, _BIN = 0x46546C67, 0x4E4F534A, 0x004E4942


class Glb:
    def __init__(self) -> None:
        self.body = {"asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": []}], "nodes": [], "meshes": [],
                     "materials": [], "accessors": [], "bufferViews": [], "textures": [], "images": [],
                     "samplers": [{}], "buffers": [{}]}
        self.data = bytearray()

    def material(self, name: str, colour: tuple[float, float, float], picture: Image.Image | None = None) -> int:
        surface = {"baseColorFactor": [*colour, 1], "metallicFactor": 0, "roughnessFactor": 0.9}
        if picture is not None:
            file = io.BytesIO()
            picture.save(file, "PNG")
            self.body["images"].append({"bufferView": self._view(file.getvalue()), "mimeType": "image/png"})
            self.body["textures"].append({"source": len(self.body["images"]) - 1, "sampler": 0})
            surface["baseColorTexture"] = {"index": len(self.body["textures"]) - 1}
        self.body["materials"].append({"name": name, "pbrMetallicRoughness": surface})
        return len(self.body["materials"]) - 1

    def mesh(self, name: str, shape: dict, material: int, *, second_uv: bool = False,
             extras: dict | None = None) -> None:
        attributes = {"POSITION": self._accessor(shape["positions"], "VEC3", bounds=True),
                      "NORMAL": self._accessor(shape["normals"], "VEC3"),
                      "TEXCOORD_0": self._accessor(shape["uvs"], "VEC2")}
        if second_uv:
            attributes["TEXCOORD_1"] = self._accessor(shape["uvs"], "VEC2")
        self.body["meshes"].append({"primitives": [{
            "attributes": attributes, "indices": self._accessor(shape["indices"], "SCALAR"), "material": material}]})
        node = {"name": name, "mesh": len(self.body["meshes"]) - 1}
        self.body["nodes"].append(node | ({"extras": extras} if extras else {}))
        self.body["scenes"][0]["nodes"].append(len(self.body["nodes"]) - 1)

    def boxes(self, corners: list[tuple]) -> dict:
        """One mesh of axis-aligned boxes, each given by its low and its high corner."""
        faces = []
        for low, high in corners:
            middle, half = (np.add(low, high) / 2), (np.subtract(high, low) / 2)
            for axis in range(3):
                for sign in (-1, 1):
                    normal = np.eye(3)[axis] * sign
                    up = np.eye(3)[1 if axis != 1 else 2]
                    right = np.cross(up, normal)
                    faces.append((middle + normal * half, normal, right * half, up * half))
        return _faces(faces)

    def quad(self, at: list[float], facing: float, width: float, height: float) -> dict:
        """An upright rectangle that looks along +z or -z."""
        normal, up = np.array((0, 0, facing), float), np.array((0, 1, 0), float)
        right = np.cross(up, normal)
        return _faces([(np.array(at), normal, right * width / 2, up * height / 2)])

    def pack(self) -> bytes:
        self.body["buffers"][0]["byteLength"] = len(self.data)
        body = {key: value for key, value in self.body.items() if value != []}
        text = json.dumps(body).encode()
        text += b" " * (-len(text) % 4)
        chunks = (struct.pack("<II", len(text), _JSON) + text
                  + struct.pack("<II", len(self.data), _BIN) + bytes(self.data))
        return struct.pack("<III", _GLB, 2, 12 + len(chunks)) + chunks

    def _accessor(self, values: np.ndarray, kind: str, *, bounds: bool = False) -> int:
        component = _UNSIGNED if kind == "SCALAR" else _FLOAT
        array = values.astype("<u4" if kind == "SCALAR" else "<f4")
        accessor = {"bufferView": self._view(array.tobytes()), "componentType": component, "count": len(array),
                    "type": kind}
        if bounds:
            accessor |= {"min": array.min(0).tolist(), "max": array.max(0).tolist()}
        self.body["accessors"].append(accessor)
        return len(self.body["accessors"]) - 1

    def _view(self, data: bytes) -> int:
        self.body["bufferViews"].append({"buffer": 0, "byteOffset": len(self.data), "byteLength": len(data)})
        self.data += data + b"\0" * (-len(data) % 4)
        return len(self.body["bufferViews"]) - 1


def _faces(faces: list[tuple]) -> dict:
    """(centre, normal, half the width as a vector, half the height as a vector) each, anticlockwise from outside."""
    corners = ((-1, -1), (1, -1), (1, 1), (-1, 1))
    positions = np.array([centre + right * u + up * v for centre, _, right, up in faces for u, v in corners])
    normals = np.repeat([normal for _, normal, _, _ in faces], 4, axis=0)
    uvs = np.tile([((u + 1) / 2, (1 - v) / 2) for u, v in corners], (len(faces), 1))
    indices = (np.arange(len(faces))[:, None] * 4 + np.array((0, 1, 2, 0, 2, 3))).ravel()
    return {"positions": positions, "normals": normals, "uvs": uvs, "indices": indices}
