"""What is said about films that are given a style."""

from __future__ import annotations

__all__ = ["TEXTS"]

TEXTS = {
    "Only one frame of {step} would be stylised, and motion is known from frame to frame.":
        "每 {step} 帧只会风格化一帧，而运动只在相邻帧之间已知。",
    # Panel and operator
    "Film": "影片",
    "Stylise Film": "风格化影片",
    "Render the frames of the scene, and give them the look of the chosen styles, so that nothing flickers: as an "
    "image sequence in a folder. The scene's own settings stay as they are. A film that was broken off goes on where "
    "it was, if the file was not changed since it was saved":
        "渲染场景的各帧，并按所选风格处理而不闪烁：结果为文件夹中的图像序列。场景自身的设置保持不变。若文件自保存后没有改动，"
        "中断的影片会从中断处继续",
    "It goes on once nothing is moved or rendered": "不再移动或渲染后继续",
    "{count} frames, {made} of them new": "{count} 帧，其中 {made} 帧为新制",
    "{count} cuts found": "找到 {count} 处镜头切换",
    # Properties of the scene
    "Surfaces": "表面",
    "Brush strokes move with what they are painted on, and nothing flickers. For Cycles, which tells how things move":
        "笔触随其所在的物体移动，画面不闪烁。用于 Cycles，它能给出物体的运动",
    "Screen": "屏幕",
    "Brush strokes stay where they are in the picture, and things move behind them. Each frame is stylised by itself, "
    "by the same measure":
        "笔触停留在画面中的原处，物体在其后移动。每一帧单独风格化，采用同一尺度",
    "Frame Range": "帧范围",
    "Render other frames than those of the scene": "渲染与场景设置不同的帧",
    "Start": "起始",
    "First frame of the film": "影片的第一帧",
    "End": "结束",
    "Last frame of the film": "影片的最后一帧",
    "Strokes Cling To": "笔触附着于",
    "What the brush strokes move with": "笔触随什么移动",
    "Where the stylised frames are written. Frames of an earlier film of Vernissage's in it are replaced one by one; "
    "no other file is":
        "风格化的帧写入的位置。其中由 Vernissage 生成的旧影片的帧会被逐一替换；其他文件不受影响",
    "Format": "格式",
    "How the frames are kept": "各帧的保存方式",
    "Add Strip": "添加片段",
    "Also put the film into the scene's sequencer, above what is there. Blender then renders the strip instead of the "
    "camera, unless Sequencer is off under Output > Post Processing":
        "同时将影片放入场景的序列编辑器，位于已有片段之上。此后 Blender 会渲染该片段而非摄像机，"
        "除非在“输出 > 后期处理”中关闭“序列编辑器”",
    "Before": "之前",
    "The scene's render settings while a frame of a film is rendered. They are set again afterwards":
        "渲染影片的一帧时场景原有的渲染设置。之后会恢复",
    # The scene
    "Rendering the frames": "正在渲染各帧",
    "The scene {scene} is gone.": "场景 {scene} 已不存在。",
    "Open the file again.": "请重新打开该文件。",
    "Let it end no earlier than it starts.": "结束帧不能早于起始帧。",
    "The scene {scene} has no camera.": "场景 {scene} 没有摄像机。",
    "Add one, and make it the active one.": "请添加一台，并将其设为活动摄像机。",
    "The render engine {engine} does not tell how things move.": "渲染引擎 {engine} 不能给出物体的运动。",
    "Choose Cycles, or let the strokes cling to the screen.": "请选择 Cycles，或让笔触附着于屏幕。",
    "Only one frame of {step} would be rendered, and motion is known from frame to frame.":
        "每 {step} 帧只会渲染一帧，而运动是逐帧给出的。",
    "Set the step to 1, or let the strokes cling to the screen.": "请将步长设为 1，或让笔触附着于屏幕。",
    "The film is rendered without motion blur, with which Cycles does not tell how things move.":
        "影片渲染时不含运动模糊：启用它时 Cycles 不能给出物体的运动。",
    "Of several view layers, only the motion in {layer} is followed.": "有多个视图层，仅跟踪 {layer} 中的运动。",
    "Curves and the white balance under Color Management are left out of films.":
        "影片不采用“色彩管理”中的曲线和白平衡。",
    "{scene} cannot be rendered: {reason}.": "无法渲染 {scene}：{reason}。",
    "Render it with F12, and look what Blender says.": "请用 F12 渲染，并查看 Blender 的提示。",
    "The render was stopped at frame {frame}.": "渲染在第 {frame} 帧停止。",
    "Begin again: the frames before it are kept.": "请重新开始：之前的帧会保留。",
    # Folders
    "There is no folder for the film.": "没有影片的文件夹。",
    "Choose one.": "请选择一个。",
    "The folder {path} lies beside the file, which was never saved.": "文件夹 {path} 位于文件旁边，而该文件从未保存。",
    "Save the file, or choose another folder.": "请保存文件，或选择其他文件夹。",
    "There are no numbered frames in OpenEXR in {path}.": "{path} 中没有带编号的 OpenEXR 帧。",
    "Render them as OpenEXR MultiLayer, or choose another folder.": "请将其渲染为 OpenEXR 多层，或选择其他文件夹。",
    "Number of frames that are missing in {path}: {count}; the first is {number}.":
        "{path} 中缺少的帧数：{count}；第一个是 {number}。",
    "Render them, or choose start, end and step so that they are not needed.":
        "请渲染这些帧，或选择不需要它们的起始、结束和步长。",
    "{path} holds the frames of more than one film: {first}… and {second}….":
        "{path} 中有多部影片的帧：{first}… 和 {second}…。",
    "{path} holds frame {number} twice: {first} and {second}.": "{path} 中第 {number} 帧有两个：{first} 和 {second}。",
    "Another run is making a film in {path}.": "另一个进程正在 {path} 中制作影片。",
    "Wait until it has ended, or choose another folder.": "请等待其结束，或选择其他文件夹。",
    "Keep each film in a folder of its own.": "请将每部影片放在各自的文件夹中。",
    "The finished frames lie in {path}.": "完成的帧位于 {path}。",
    # Results
    "Frames of the film {name} that are painted one by one would flicker.": "影片 {name} 的各帧若逐一绘制会闪烁。",
    "Let the strokes cling to the surfaces, or choose the instant method.": "请让笔触附着于表面，或选择即时方法。",
    "The passes of {name} do not tell which way surfaces face as the camera sees them.":
        "{name} 的通道没有说明摄像机所见的表面朝向。",
    "Let the ControlNet follow the depth, and choose one that was made for it.":
        "请让 ControlNet 遵循深度，并选择用于深度的 ControlNet。",
    "The passes of {name} have no depth that the ControlNet could follow.":
        "{name} 的通道中没有可供 ControlNet 遵循的深度。",
    "A film is stylised without a mask.": "影片风格化时不使用遮罩。",
    "Empty the mask.": "请清空遮罩。",
    "Make the film again.": "请重新制作影片。",
    "The sequencer of {scene} has no free channel above its strips.": "{scene} 的序列编辑器在片段之上没有空闲通道。",
    "Move its strips down, or turn off Add Strip.": "请将片段下移，或关闭“添加片段”。",
    # Colours and passes
    "The view transform {view} cannot be used: {reason}.": "无法使用查看变换 {view}：{reason}。",
    "Choose another one under Render > Color Management.": "请在“渲染 > 色彩管理”中另选一个。",
    "The passes of {name} do not tell objects apart: where things touch, strokes may run from one to the other. Turn "
    "on Cryptomatte's Object, or give objects a pass index and turn on Object Index.":
        "{name} 的通道不能区分物体：在物体相接处，笔触可能从一个延伸到另一个。请启用 Cryptomatte 的“物体”，"
        "或为物体设置通道编号并启用“物体编号”。",
    "In {name}, up to {percent} % of a frame is brighter than white and was cut: choose a view transform.":
        "{name} 的一帧中最多有 {percent} % 比白色更亮，已被截断：请选择查看变换。",
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
}
