"""What is said about materials."""

from __future__ import annotations

__all__ = ["TEXTS"]

TEXTS = {
    "Painting the surface": "正在绘制表面",
    "Reading the surface": "正在解读表面",
    "{folder} is not the folder of a {wanted}.": "{folder} 不是 {wanted} 的文件夹。",
    "Choose a folder of Marigold's.": "请选择 Marigold 的文件夹。",
    "{folder} tells no roughness and no metal.": "{folder} 不给出糙度与金属度。",
    "Choose a Marigold model of appearance, not of lighting.": "请选择 Marigold 的外观模型，而非光照模型。",
    "There is no network to tell the maps: they are guessed from light and dark. Nothing is metal, and all of it is "
    "equally rough.": "没有可用于解读贴图的网络：各贴图由明暗推测而来。没有任何金属，且糙度处处相同。",
    "{name} has {width} × {height} px to be used, and is enlarged to {wanted_width} × {wanted_height}: it will be "
    "soft.": "{name} 可用的部分为 {width} × {height} 像素，已放大到 {wanted_width} × {wanted_height}：画面会偏软。",
    "{model} cannot paint over a picture: how its scheduler works is not known.":
        "{model} 无法在图片上重绘：其调度器的工作方式未知。",
    "Choose another model, or leave the prompt empty.": "请选择其他模型，或将提示词留空。",
    "Marigold tells a material by two models: give both folders, or none.":
        "Marigold 需要两个模型来解读材质：请同时给出两个文件夹，或都不给。",
}
