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
    "Hex tiling is for pictures that are laid on by UVs.": "六边形平铺仅适用于按 UV 铺设的图片。",
    "Choose the projection UV, or switch Hex Tiling off.": "请选择 UV 投影，或关闭“六边形平铺”。",
    "Hex tiling needs a picture that tiles in both directions.": "六边形平铺需要在两个方向上都可平铺的图片。",
    "Let it tile in both, or switch Hex Tiling off.": "请使其在两个方向上平铺，或关闭“六边形平铺”。",
    "Make Material": "制作材质",
    "Make a material that tiles of the prompt or the picture, as an asset of this file, and put it on the selected "
    "objects, if there are any": "根据提示词或图片制作可平铺的材质，作为此文件的资产，并指定给所选物体（如有）",
    "Make the material again.": "请重新制作该材质。",
    "Make Material {name}": "制作材质 {name}",
    "{name} has no UV layer, so the material shows one colour on it: choose the projection Triplanar, or unwrap it.":
        "{name} 没有 UV 图层，材质在其上只显示一种颜色：请选择“三向投影”，或展开其 UV。",
    "Material": "材质",
    "mossy cobblestone": "长苔的鹅卵石",
    "Told by {reader}, {seconds} s": "由 {reader} 解读，{seconds} 秒",
    "Repetition {percent} %": "重复度 {percent} %",
    "Gives back {percent} % of the light at most": "最多反射 {percent} % 的光",
    "What the surface is made of, for example \"mossy cobblestone\". With a picture it may stay empty; if not, the "
    "model paints over where the picture's borders were joined":
        "表面由什么构成，例如“长苔的鹅卵石”。有图片时可以留空；否则模型会在图片边界拼接处重绘",
    "Picture": "图片",
    "A photo or a painting of a surface, seen from the front: the material is made of it in place of the prompt":
        "从正面看到的表面的照片或绘画：材质将由它而非提示词制成",
    "Change": "改动",
    "How much of the picture may be used to join its borders: more hides them better and leaves less of the picture. 0 "
    "leaves it as it is": "可用图片的多少来拼接其边界：越多则接缝越隐蔽，保留的图片越少。0 则保持原样",
    "Side of the material's images in pixels. What is larger than the model's own pictures shows more of the surface, "
    "and takes longer": "材质图像的边长（像素）。大于模型自身图片尺寸时会显示更大的表面，耗时更长",
    "Seamless": "无缝",
    "In which directions the material can be repeated without a seam": "材质可在哪些方向上无缝重复",
    "The same seed gives the same material; another gives another": "相同的随机种得到相同的材质；不同的则不同",
    "Width": "宽度",
    "How wide a repetition is on the surface. The material's node has it too, to be changed later":
        "一次重复在表面上的宽度。材质的节点上也有此值，可在之后更改",
    "Projection": "投影",
    "How the material is laid on": "材质的铺设方式",
    "Hex Tiling": "六边形平铺",
    "Hide that the picture comes again, by moving hexagons of it by chance; renders take longer":
        "通过随机移动图片的六边形块来掩盖重复；渲染耗时更长",
    "Displacement": "置换",
    "Move the surface itself in Cycles, rather than only bend its normals: the objects get a modifier that subdivides "
    "them as finely as the camera sees":
        "在 Cycles 中移动表面本身，而不仅是弯曲法线：物体会获得一个按相机所见精度细分的修改器",
    "Marigold Appearance": "Marigold 外观",
    "Folder of a Marigold intrinsics model (appearance), which tells colour without light, roughness and metal. Empty "
    "takes what comes with Vernissage":
        "Marigold 本征模型（外观）的文件夹，用于解读不含光照的颜色、糙度与金属度。留空则使用 Vernissage 自带的模型",
    "Marigold Normals": "Marigold 法线",
    "Folder of a Marigold normals model, which tells the relief; it goes with the other one":
        "Marigold 法线模型的文件夹，用于解读起伏；与另一个模型配合使用",
    "Both": "双向",
    "The picture goes on at its other side in both directions": "图片在两个方向上都从另一侧延续",
    "Across": "横向",
    "Its right side goes on at its left: for bands and friezes": "其右侧从左侧延续：用于饰带与横饰",
    "Upwards": "纵向",
    "Its upper side goes on at its lower": "其上侧从下侧延续",
    "None": "无",
    "It has borders": "图片有边界",
    "UV": "UV",
    "Laid on by the UV layer that renders use; a unit of UV counts as a metre":
        "按渲染所用的 UV 图层铺设；一个 UV 单位视为一米",
    "Triplanar": "三向投影",
    "Laid on from three sides, in the object's metres: needs no UVs. The relief is made of the height":
        "从三个方向铺设，以物体的米为单位：无需 UV。起伏由高度生成",
    "Fill only the material slot that is chosen in each object's material list. The other slots stay as they are":
        "只填充各物体材质列表中所选的材质槽，其余槽保持不变",
    "How much light it gives back could not be measured: {reason}": "无法测量它反射多少光：{reason}",
}
