"""What the Picture panel says."""

from __future__ import annotations

__all__ = ["TEXTS"]

TEXTS = {
    "Painting the picture": "正在绘制画作",
    "Write what the picture shall show.": "请写出画作应表现的内容。",
    "Paint Picture": "绘制画作",
    "Paint a picture of the prompt, as a new image of the file that tells how it was made. This editor shows it":
        "按提示词绘制一幅画作，作为文件中的新图像，并记录其创作过程。此编辑器会显示它",
    "Paint {name}": "绘制 {name}",
    "abstract seascape, golden": "abstract seascape, golden（金色的抽象海景）",
    "What the picture shall show, for example \"abstract seascape, golden\"":
        "画作应表现的内容，例如 \"abstract seascape, golden\"（金色的抽象海景）",
    "What to keep out of the picture": "不希望出现在画作中的内容",
    "Who paints the picture": "由哪个模型绘制画作",
    "The small model that comes with Vernissage: materials and paint, on any computer, without a download":
        "Vernissage 自带的小模型：材质与颜料，可在任何电脑上运行，无需下载",
    "A Stable Diffusion 1.5, SDXL or FLUX.1 model in the folder format of diffusers. It wants a graphics card":
        "diffusers 文件夹格式的 Stable Diffusion 1.5、SDXL 或 FLUX.1 模型。需要显卡",
    "Columns of the picture, a multiple of 64. What is larger than the model's own pictures is painted near their size "
    "first, then larger, which takes longer":
        "画作的列数，须为 64 的倍数。大于模型自身尺寸的画作先以接近该尺寸绘制，再逐步放大，耗时更长",
    "Rows of the picture, a multiple of 64": "画作的行数，须为 64 的倍数",
    "Number that the painting starts from. Another seed gives another picture of the same prompt":
        "绘制的起始数。换一个种子，同一提示词会得到另一幅画作",
}
