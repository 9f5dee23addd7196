"""What is said about worlds."""

from __future__ import annotations

__all__ = ["TEXTS"]

TEXTS = {
    # Stages
    "Painting the panorama": "正在绘制全景图",
    "Painting detail": "正在绘制细节",
    "Restoring the light": "正在恢复光照",
    # Backend
    "{path} is not a LoRA: it must be a safetensors file.": "{path} 不是 LoRA：必须是 safetensors 文件。",
    "Choose the file of a LoRA.": "请选择一个 LoRA 文件。",
    "The LoRA {path} does not fit {model}: {reason}.": "LoRA {path} 与 {model} 不匹配：{reason}。",
    "Choose a LoRA that was made for that model.": "请选择为该模型制作的 LoRA。",
    "Choose another model, or leave the picture out.": "请选择其他模型，或不使用图像。",
    "The sun's {irradiance} W/m² are estimated from the picture.": "太阳的辐照度 {irradiance} W/m² 是根据图像估计的。",
    "There is no sun in this panorama that could be set or taken out.": "此全景图中没有可以设定或移除的太阳。",
    "Without a LoRA for panoramas, {model} may not keep the horizon level.":
        "没有全景图 LoRA 时，{model} 可能无法保持地平线水平。",
    "The panorama {name} is {width} × {height} px: it must be twice as wide as high.":
        "全景图 {name} 为 {width} × {height} 像素：宽度必须是高度的两倍。",
    "Scale it, or choose another picture.": "请缩放它，或选择另一幅图像。",
    "The network that restores highlights is missing: {folder}.": "缺少恢复高光的网络：{folder}。",
    "Install Vernissage again.": "请重新安装 Vernissage。",
    "Write what shall be seen around.": "请写出四周应该看到什么。",
}
