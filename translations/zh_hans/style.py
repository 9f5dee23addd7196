"""What is said about style: pictures and the looks that they are given."""

from __future__ import annotations

__all__ = ["TEXTS"]

TEXTS = {
    # Steps of the job
    "Reading the pictures": "正在读取图片",
    "Transferring the style": "正在迁移风格",
    # Styles
    "No style is chosen.": "没有选择风格。",
    "Choose a picture whose look it shall have.": "请选择一张图片，结果将具有它的样貌。",
    "A style is a picture or a number: give one of the two.": "风格可以是图片或编号：请给出其中之一。",
    "Choose the style again.": "请重新选择风格。",
    "There is no style {number}: they are numbered from 0 to {last}.": "没有风格 {number}：编号从 0 到 {last}。",
    "Choose one of those.": "请从中选择。",
    "The weight of a style is {value}: must be above 0, at most 100.": "风格的权重为 {value}：必须大于 0，最大为 100。",
    "Choose a value in that range, or leave the style out.": "请选择该范围内的值，或去掉该风格。",
    "The numbered styles are for the instant method only.": "编号风格只能用于即时方法。",
    "Choose the instant method, or a picture as the style.": "请选择即时方法，或以图片作为风格。",
    "The style networks are missing.": "缺少风格网络。",
    "The style is the picture itself: little will change.": "风格就是该图片本身：变化会很小。",
    # Pictures
    "{name} is not a picture that can be read: {reason}.": "{name} 不是可以读取的图片：{reason}。",
    "Choose a PNG, JPEG, TIFF, WebP or OpenEXR file.": "请选择 PNG、JPEG、TIFF、WebP 或 OpenEXR 文件。",
    "The file of {name} is broken: {reason}.": "{name} 的文件已损坏：{reason}。",
    "Choose another copy of it.": "请选择它的另一份副本。",
    "{name} is {width} × {height} px: both sides must be from {low} to {high} px.":
        "{name} 为 {width} × {height} 像素：两边都必须在 {low} 到 {high} 像素之间。",
    "Scale it to that size.": "请将其缩放到该范围。",
    "{name} holds {count} pictures: only the first is stylised.": "{name} 含有 {count} 张图片：只有第一张会被风格化。",
    "{percent} % of {name} is brighter than white and was cut: save it with its view transform.":
        "{name} 中有 {percent} % 的像素比白色更亮，已被截断：请以其查看变换保存。",
    "The mask is black everywhere: nothing would change.": "遮罩全黑：不会有任何变化。",
    "Paint white where the style shall be.": "请在需要风格化的地方涂上白色。",
    "The picture {path} cannot be written: {reason}.": "无法写入图片 {path}：{reason}。",
    "Free space there.": "请在那里腾出空间。",
    # Films
    "The film {name} has no frame.": "影片 {name} 没有任何帧。",
    "Render it first, or choose another folder.": "请先渲染，或选择其他文件夹。",
    "The film {name} has {frames} frames, but {passes} files of passes.":
        "影片 {name} 有 {frames} 帧，但有 {passes} 个通道文件。",
    "Render the missing ones, or let the strokes cling to the screen.": "请渲染缺少的文件，或让笔触附着于屏幕。",
    "The frame {name} is missing.": "缺少帧 {name}。",
    "Render it again, or leave it out.": "请重新渲染，或将其去掉。",
    "The frame {name} is {width} × {height} px, those before it {first_width} × {first_height} px.":
        "帧 {name} 为 {width} × {height} 像素，而之前的帧为 {first_width} × {first_height} 像素。",
    "Render all frames in one size.": "请以同一尺寸渲染所有帧。",
    "The passes {path} cannot be read: {reason}.": "无法读取通道文件 {path}：{reason}。",
    "Render the frame again as OpenEXR MultiLayer.": "请将该帧重新渲染为 OpenEXR 多层。",
    "The passes {path} are broken.": "通道文件 {path} 已损坏。",
    "Render the frame again.": "请重新渲染该帧。",
    "{path} has no vector pass.": "{path} 没有矢量通道。",
    "Turn on Vector in the view layer's passes (Cycles), turn off Motion Blur, and render again.":
        "请在视图层的通道中启用“矢量”（Cycles），关闭运动模糊，然后重新渲染。",
    "The passes {path} are of another size than their frame.": "通道文件 {path} 的尺寸与其帧不同。",
    "Render both in one size.": "请以同一尺寸渲染两者。",
    "The passes of {name} have no object index: where things touch, strokes may run from one to the other. Turn on "
    "Object Index, and give objects a pass index.":
        "{name} 的通道没有物体编号：在物体相接处，笔触可能从一个延伸到另一个。请启用“物体编号”，并为物体设置通道编号。",
}
