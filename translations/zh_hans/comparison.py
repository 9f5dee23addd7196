"""What is said about comparing pictures."""

from __future__ import annotations

__all__ = ["TEXTS"]

TEXTS = {
    "Comparing the pictures": "正在比较图片",
    "Compare Pictures": "比较图片",
    "Measure the style of all pictures of the folder (palette, strokes, texture, features) and show a plot on which "
    "those that are alike lie together, as a new image in this editor":
        "测量文件夹中所有图片的风格（调色板、笔触、纹理、特征），并在此编辑器中以新图像显示一张图，"
        "风格相近的图片在其中彼此靠近",
    "Name of the image that the pictures are compared with. Empty takes the one that the editor shows":
        "与各图片比较的图像名称。留空则取编辑器中显示的图像",
    "Compare {name}": "比较 {name}",
    "No folder is chosen to compare.": "未选择要比较的文件夹。",
    "Choose a folder with pictures.": "请选择包含图片的文件夹。",
    "There is no image to compare with.": "没有可以与之比较的图像。",
    "There are no pictures to compare.": "没有可以比较的图片。",
    "Number of pictures to compare: {count}; at least 2 are needed.": "可比较的图片数：{count}；至少需要 2 张。",
    "Choose a folder with more pictures.": "请选择包含更多图片的文件夹。",
    "{count} pictures were not compared: there are more than {most}.": "{count} 张图片未参与比较：图片多于 {most} 张。",
    "{count} pictures were not compared, the first because: {reason}":
        "{count} 张图片未参与比较，第一张的原因：{reason}",
    "{count} pictures": "{count} 张图片",
    "With This Image": "与此图像比较",
    "Folder with pictures to compare; those in folders within it count, too":
        "要比较的图片所在的文件夹；其子文件夹中的也算在内",
    "Tell which pictures of the folder are nearest in style to the image that this editor shows, rather than compare "
    "them with each other":
        "找出文件夹中与此编辑器所显示图像风格最接近的图片，而不是将它们彼此比较",
}
