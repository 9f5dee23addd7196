"""From a picture to a material: height, normal, roughness, metallic, occlusion, base colour without light."""

from backend.material.network import Material, MaterialNet, load, read_material

__all__ = ["Material", "MaterialNet", "load", "read_material"]
