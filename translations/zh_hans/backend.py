"""What the backend says: models, memory, meshes and how well the views cover them."""

from __future__ import annotations

__all__ = ["TEXTS"]

TEXTS = {
    # Choosing a model
    "No model is called {model}.": "没有名为 {model} 的模型。",
    "Choose {names}, or give the folder of a diffusers model.": "请选择 {names}，或指定一个 diffusers 模型的文件夹。",
    "The catalogue's view words of {model} cannot be read.": "无法读取模型目录中 {model} 的视角用语。",
    "Give words for some of {sides}, or false.": "请为 {sides} 中的若干项给出用语，或写 false。",
    "{model} does not come with Vernissage.": "Vernissage 不附带 {model}。",
    "Get {repository} (revision {revision}) and choose its folder.":
        "请获取 {repository}（版本 {revision}）并选择其文件夹。",
    "There is no model folder at {folder}.": "{folder} 处没有模型文件夹。",
    "Choose a folder that exists.": "请选择存在的文件夹。",
    "{file} is a single file.": "{file} 是单个文件。",
    "Convert the checkpoint to a diffusers folder (from_single_file, then save_pretrained), and choose that folder.":
        "请将检查点转换为 diffusers 文件夹（先 from_single_file，再 save_pretrained），然后选择该文件夹。",
    "{file} is a pickled checkpoint: reading it could run any program.":
        "{file} 是 pickle 格式的检查点：读取它可能会运行任意程序。",
    "Choose a diffusers folder with .safetensors weights.": "请选择权重为 .safetensors 的 diffusers 文件夹。",
    "{folder} is not a diffusers folder: it has no model_index.json.":
        "{folder} 不是 diffusers 文件夹：其中没有 model_index.json。",
    "Choose the folder with model_index.json.": "请选择含有 model_index.json 的文件夹。",
    "{folder} holds one part of a model, not the whole.": "{folder} 只含有模型的一部分，而不是整个模型。",
    "{folder} holds a single checkpoint ({file}), not a diffusers folder.":
        "{folder} 含有单个检查点（{file}），而不是 diffusers 文件夹。",
    "{folder} is a {found}, which Vernissage cannot paint with.": "{folder} 是 {found}，Vernissage 无法用它绘制。",
    "Choose a model of {supported}.": "请选择 {supported} 系列的模型。",
    "{folder} is made for inpainting or editing: its network takes {channels} channels.":
        "{folder} 用于局部重绘或编辑：其网络有 {channels} 个输入通道。",
    "The model folder {folder} cannot be read: {error}.": "无法读取模型文件夹 {folder}：{error}。",
    "Choose a folder that can be read.": "请选择可以读取的文件夹。",
    "{model} cannot paint in {steps} steps: {error}": "{model} 无法以 {steps} 步绘制：{error}",
    "Choose another number of steps.": "请选择其他步数。",
    "Choose the text-to-image model that it was made from.": "请选择它所基于的文生图模型。",
    "{folder} is a {found} with a UNet of another kind.": "{folder} 是 {found}，但其 UNet 属于另一种类型。",
    "Choose a model of {supported}; a refiner is none.": "请选择 {supported} 系列的模型；精修模型不在其列。",
    "The parts of {folder} do not belong together: its text is {text} wide, its network expects {width}.":
        "{folder} 的各部分不匹配：其文本宽度为 {text}，而网络需要 {width}。",
    "The {part} of {folder} is a {found}: must be {allowed}.": "{folder} 的 {part} 是 {found}：必须是 {allowed}。",
    "The scheduler of {folder} is a {found}, which is unknown.": "{folder} 的调度器是 {found}，无法识别。",
    "{folder} holds a {found}, not a ControlNet.": "{folder} 含有 {found}，而不是 ControlNet。",
    "Choose the folder of a ControlNetModel, or leave the field empty.":
        "请选择 ControlNetModel 的文件夹，或将此项留空。",
    "The ControlNet {controlnet} is for {theirs} ({their_width}), but {model} is {ours} ({our_width}).":
        "ControlNet {controlnet} 适用于 {theirs}（{their_width}），而 {model} 属于 {ours}（{our_width}）。",
    "Choose a ControlNet of the model's family, or leave the field empty.":
        "请选择与模型同系列的 ControlNet，或将此项留空。",

    # A model's files
    "The model is incomplete: {folder} has no {part}.": "模型不完整：{folder} 中没有 {part}。",
    "The model is incomplete: {file} is missing.": "模型不完整：缺少 {file}。",
    "The model is incomplete: {folder} holds no .safetensors weights.":
        "模型不完整：{folder} 中没有 .safetensors 权重。",
    "Download the whole folder again.": "请重新下载整个文件夹。",
    "Install Vernissage again, or switch Follow Shape off.": "请重新安装 Vernissage，或关闭“跟随形状”。",
    "Download that file again.": "请重新下载该文件。",
    "The weights in {folder} are pickled ({file}): reading them could run any program.":
        "{folder} 中的权重是 pickle 格式（{file}）：读取它们可能会运行任意程序。",
    "Get the model's .safetensors files, or have it saved again with safe_serialization=True.":
        "请获取该模型的 .safetensors 文件，或用 safe_serialization=True 重新保存。",
    "{file} is not the description of a model.": "{file} 不是模型的描述文件。",
    "{file} is not the index of a model's weights.": "{file} 不是模型权重的索引文件。",
    "{file} is cut off or damaged.": "{file} 被截断或已损坏。",
    "{file} cannot be read: {error}.": "无法读取 {file}：{error}。",
    "{file} is a Git LFS pointer: the weights themselves were never downloaded.":
        "{file} 是 Git LFS 指针：权重本身从未下载。",
    "Run “git lfs pull” in the model's folder.": "请在模型的文件夹中运行“git lfs pull”。",
    "The weights in {folder} do not fit its config.json: {count} are missing, {name} among them.":
        "{folder} 中的权重与其 config.json 不符：缺少 {count} 项，例如 {name}。",
    "{folder} cannot be loaded: {error}.": "无法载入 {folder}：{error}。",
    "The language model of the embedded model is missing (package {package}).":
        "缺少内置模型的语言模型（软件包 {package}）。",
    "Repair the backend's environment in the preferences.": "请在偏好设置中修复后端的环境。",
    "A file of the language model is missing: {path}.": "缺少语言模型的文件：{path}。",
    "{path} is not the file this version was made for: its SHA-256 is {actual}, must be {expected}.":
        "{path} 不是此版本对应的文件：其 SHA-256 为 {actual}，应为 {expected}。",

    "{model} painted pictures that are not finite.": "{model} 绘制的图像含有非有限数值。",
    "Download its folder again, or choose another model or another guidance scale.":
        "请重新下载其文件夹，或选择其他模型或引导强度。",

    # Memory
    "There is not enough memory to load {model}.": "内存不足，无法载入 {model}。",
    "Close other programs, or choose a smaller model.": "请关闭其他程序，或选择较小的模型。",
    "One view of {size} px does not fit into the memory.": "内存容纳不下一张 {size} 像素的视图。",
    "Choose a smaller view size or a smaller model, or close other programs.":
        "请减小视图尺寸或选择较小的模型，或关闭其他程序。",
    "The memory was not enough for this job.": "内存不足，无法完成此任务。",
    "Choose smaller views, fewer views or a smaller texture, or close other programs.":
        "请减小视图尺寸、减少视图或减小纹理尺寸，或关闭其他程序。",
    "The views are painted one by one: how the scheduler {scheduler} works is not known.":
        "各视图将逐个绘制：不清楚调度器 {scheduler} 的工作方式。",
    "Memory ran out with {tried} views at once: went on with {batch}.":
        "同时绘制 {tried} 张视图时内存耗尽：改为同时绘制 {batch} 张继续。",
    "Memory ran out: went on more slowly, with less of the model on the graphics card.":
        "显存耗尽：已减少放在显卡上的模型部分，以较慢的速度继续。",
    "The graphics card has too little free memory for the whole model: painting more slowly, with part of it in the "
    "machine's memory.":
        "显卡的可用显存不足以容纳整个模型：将部分模型放在内存中，以较慢的速度绘制。",

    # What went wrong in the backend
    "Vernissage failed at this step: {stage} ({error}).": "Vernissage 在此步骤中失败：{stage}（{error}）。",
    "The backend's environment cannot load {module}: {reason}.": "后端的环境无法载入 {module}：{reason}。",
    "Repair the environment in the add-on's preferences.": "请在插件的偏好设置中修复环境。",

    # Painting
    "The prompt is too long for {model}, which does not read its end: {unread}":
        "提示词对 {model} 来说过长，其末尾不会被读取：{unread}",
    "{model} understands English alone, and nothing of “{words}”. Write the prompt in English.":
        "{model} 只懂英文，不理解“{words}”。请用英文书写提示词。",
    "{model} has never seen “{unknown}”, and reads “{known}”, the nearest that it can paint.":
        "{model} 从未见过“{unknown}”，因此按它能画的最相近的“{known}”来理解。",
    "The negative prompt has no effect: the guidance scale is {guidance}, and it works above 1.":
        "负面提示词不起作用：引导强度为 {guidance}，大于 1 时才起作用。",
    "The negative prompt has no effect: {model} was made without one.":
        "负面提示词不起作用：{model} 在制作时就不支持它。",
    "Share Attention has no effect: {model} has no UNet.": "“共享注意力”不起作用：{model} 没有 UNet。",
    "Without a ControlNet, {model} does not know the shape of {name}. Give a depth ControlNet of its family.":
        "没有 ControlNet 时，{model} 无法得知 {name} 的形状。请提供同系列的深度 ControlNet。",
    "{model} was trained on pictures of {native} px: views of {size} px may look poor.":
        "{model} 是用 {native} 像素的图像训练的：{size} 像素的视图可能效果不佳。",

    # The mesh and its UVs
    "The mesh file {file} of the job is missing.": "缺少任务的网格文件 {file}。",
    "The mesh file {file} cannot be read: {error}.": "无法读取网格文件 {file}：{error}。",
    "The mesh has no faces.": "网格没有面。",
    "No face of the mesh has an area.": "网格的所有面都没有面积。",
    "Check the object's scale (it must not be 0) and its vertices.": "请检查物体的缩放（不能为 0）及其顶点。",
    "Run Mesh > Clean Up on the object.": "请对物体执行“网格 > 清理”。",
    "{name} has {count} triangles of no area, which were left out.":
        "{name} 有 {count} 个没有面积的三角面，已将其略去。",
    "The picture {path} is of the shape {shape}, not {size} x {size} pixels of RGB.":
        "图像 {path} 的形状为 {shape}，而不是 {size} x {size} 像素的 RGB。",
    "The texture {path} cannot be written: {reason}.": "无法写入纹理 {path}：{reason}。",
    "The UVs of {name} reach from {low} to {high}, outside of 0 to 1 and of all UDIM tiles.":
        "{name} 的 UV 范围是 {low} 到 {high}，超出了 0 到 1，也不在任何 UDIM 图块内。",
    "The UVs of {name} lie in {count} UDIM tiles: of {size} pixels the most is {most}.":
        "{name} 的 UV 位于 {count} 个 UDIM 图块：每块 {size} 像素时最多为 {most} 块。",
    "Choose a smaller Texture Size (--texture-size), or turn on New UV Layer (--unwrap).":
        "请选择较小的纹理尺寸（--texture-size），或启用“新建 UV 层”（--unwrap）。",
    "The UVs of {name} lie in {count} UDIM tiles: each has a picture of its own. Where they were meant to repeat one, "
    "turn on New UV Layer (--unwrap).":
        "{name} 的 UV 位于 {count} 个 UDIM 图块：每块有各自的图像。"
        "如果原意是重复同一图像，请启用“新建 UV 层”（--unwrap）。",
    "The UVs of {name} lie in UDIM tiles, which cannot be touched up.": "{name} 的 UV 位于 UDIM 图块，无法修饰。",
    "Paint the object anew, or touch it up in a UV layer within 0 to 1 (New UV Layer).":
        "请重新绘制该物体，或在 0 到 1 之内的 UV 层中修饰（新建 UV 层）。",
    "The panorama is {width}×{height} with {channels} channels: it must be twice as wide as high, with 3.":
        "全景图为 {width}×{height}，有 {channels} 个通道：宽度必须是高度的两倍，且为 3 个通道。",
    "Give it {wanted}×{height} pixels.": "请改为 {wanted}×{height} 像素。",
    "The prompt is not valid UTF-8 text.": "提示词不是有效的 UTF-8 文本。",
    "Write it in UTF-8.": "请使用 UTF-8 编写。",
    "Pack the UVs into 0 to 1, or turn on New UV Layer (--unwrap).":
        "请将 UV 排布到 0 到 1 之内，或启用“新建 UV 层”（--unwrap）。",
    "{percent} % of the texels of {name} belong to several faces, which get the same picture. Turn on "
    "New UV Layer (--unwrap) to give each its own.":
        "{name} 有 {percent} % 的纹素属于多个面，这些面会得到相同的画面。"
        "启用“新建 UV 层”（--unwrap）可让每个面各有自己的画面。",
    "{percent} % of the surface of {name} has no area in its UVs, so it cannot hold a picture. Turn on New UV "
    "Layer (--unwrap).":
        "{name} 有 {percent} % 的表面在 UV 中没有面积，因此无法承载画面。请启用“新建 UV 层”（--unwrap）。",
    "The object's UVs cover no texel of the texture.": "物体的 UV 没有覆盖纹理的任何纹素。",
    "Unwrap the object, or choose a larger texture.": "请展开物体，或选择更大的纹理尺寸。",
    "Choose another size.": "请选择其他尺寸。",
    "The views saw {percent} % of {name}; the rest was filled in from what is beside it. More views may see more.":
        "视图看到了 {name} 的 {percent} %；其余部分由相邻区域填补。增加视图可能会看到更多。",

    "{array} of the mesh has shape {given} and type {type}: must be {shape} numbers.":
        "网格的 {array} 形状为 {given}、类型为 {type}：必须是 {shape} 个数值。",
    "The mesh has no {array}.": "网格没有 {array}。",
    "{count} vertices have positions that are not numbers (NaN or infinite).":
        "{count} 个顶点的位置不是数值（NaN 或无穷大）。",
    "Delete these vertices, or undo the last change.": "请删除这些顶点，或撤销上一次更改。",
    "{count} UV coordinates are not numbers (NaN or infinite).": "{count} 个 UV 坐标不是数值（NaN 或无穷大）。",
    "Unwrap the object again.": "请重新展开该物体。",
    "A face uses vertex {vertex}, but there are {count} vertices.":
        "有面使用了顶点 {vertex}，但总共只有 {count} 个顶点。",
    "An object ID is {id}: the smallest is -1.": "有物体 ID 为 {id}：最小值是 -1。",
    "The mesh has no face with object ID {id}.": "网格没有物体 ID 为 {id} 的面。",
    "The texture size is {size} px: must be from 1 to 8192.": "纹理尺寸为 {size} 像素：必须在 1 到 8192 之间。",

    # Cameras
    "The view is {width} by {height} px: each side must be at least 2.":
        "视图为 {width}×{height} 像素：每边至少为 2。",
    "Choose a larger view.": "请选择更大的视图。",
    "The camera's matrix is not 4 by 4 finite numbers.": "摄像机的矩阵不是 4×4 的有限数值。",
    "Reset the camera's transform.": "请重置摄像机的变换。",
    "The camera's matrix scales or shears.": "摄像机的矩阵含有缩放或切变。",
    "Apply the scale of the camera and its parents.": "请应用摄像机及其父级的缩放。",
    "A camera must be either perspective or orthographic.": "摄像机必须是透视或正交其中之一。",
    "Give either an angle of view or a scale.": "请给出视角或比例其中之一。",
    "The angle of view is {angle} rad: must be from 0.001 to 3.1.": "视角为 {angle} 弧度：必须在 0.001 到 3.1 之间。",
    "Choose another focal length.": "请选择其他焦距。",
    "The orthographic scale is {scale}: must be above 0.": "正交比例为 {scale}：必须大于 0。",
    "Choose another scale.": "请选择其他比例。",
    "The camera clips from {start} to {end}: the start must be above 0 and below the end.":
        "摄像机的裁剪范围是 {start} 到 {end}：起始必须大于 0 且小于终点。",
    "Correct the camera's Clip Start and End.": "请修正摄像机的裁剪起始和终点。",
    "The camera stands on the point that it looks at.": "摄像机与其注视点位于同一位置。",
    "Move one of the two.": "请移动其中之一。",
    "The number of views is {count}: must be from 1 to {most}.": "视图数为 {count}：必须在 1 到 {most} 之间。",
    "Choose another number of views.": "请选择其他视图数。",
    "The mesh file {mesh} does not fit the objects of the request.": "网格文件 {mesh} 与请求中的物体不相符。",
    "There are {cameras} cameras, but only {views} views are to be painted.":
        "有 {cameras} 台摄像机，但只绘制 {views} 个视图。",
    "Choose at least as many views as cameras, or fewer cameras.": "视图数请不少于摄像机数，或减少摄像机。",
    "The camera {camera} sees nothing that is painted, and was left out.":
        "摄像机 {camera} 看不到任何要绘制的表面，已略过。",
    "{folder} holds a whole model, not a ControlNet.": "{folder} 是完整的模型，而不是 ControlNet。",
    "{folder} is not a ControlNet's folder: it has no config.json.":
        "{folder} 不是 ControlNet 文件夹：缺少 config.json。",
    "No view sees anything of {name}.": "没有任何视图能看到 {name}。",
    "Move what hides it, or paint it alone.": "请移开遮挡它的物体，或单独绘制它。",
    "No face of {name} that has an area is to be painted.": "{name} 没有要绘制的、面积不为零的面。",
    "Choose a material slot that has faces; check the scale of the object and its vertices.":
        "请选择有面的材质槽，并检查物体的缩放及其顶点。",
    "Nothing can be touched up with the scheduler of {model}.": "无法用 {model} 的调度器进行修饰。",
    "Choose another model, or paint the whole texture.": "请选择其他模型，或重新绘制整张纹理。",
    "The views saw {percent} % of the region of {name}; the rest stays as it was. More views may see more.":
        "视图看到了 {name} 区域的 {percent} %，其余保持原样。增加视图可看到更多。",
    "Faces of {name} may be turned inwards: no view sees those. If they are, choose Mesh > Normals > Recalculate "
    "Outside in Edit Mode.":
        "{name} 的某些面可能朝内，任何视图都看不到它们。若确实如此，请在编辑模式中选择 网格 > 法向 > 重新计算外侧。",
    "The selected faces of {name} have no area in its UVs.": "{name} 的所选面在其 UV 中没有面积。",
    "Unwrap them, or select other faces.": "请展开这些面，或选择其他面。",
    "Nothing of {name} is to be touched up: the region is empty.": "{name} 没有要修饰的部分：区域为空。",
    "Select faces in Edit Mode, paint a mask, or look at the object.":
        "请在编辑模式中选择面、绘制遮罩，或将视图对准物体。",
    "The mesh file {mesh} does not say which faces are to be touched up.": "网格文件 {mesh} 未指明要修饰哪些面。",
    "No face of {name} is selected.": "{name} 没有选中的面。",
    "Select the faces to be touched up in Edit Mode (--faces: an attribute that is true of some).":
        "请在编辑模式中选择要修饰的面（--faces：指定一个对某些面为真的属性）。",
    "It is not known what earlier views saw of {name}.": "尚不清楚之前的视角看到了 {name} 的哪些部分。",
    "Generate its texture anew, or touch up faces, a mask or a view of it.":
        "请重新生成其纹理，或修饰它的若干面、一个遮罩或一个视图。",
    "Views saw every part of {name} that they can see well.": "视角已看清 {name} 所有能看清的部分。",
    "Raise Seen Below (--missing) to have more painted anew, or touch up faces of it.":
        "请调高“可见度低于”（--missing）以重绘更多部分，或修饰它的若干面。",
    "There is no object to paint.": "没有可绘制的物体。",
    "Choose at least one mesh object.": "请至少选择一个网格物体。",
    "There is no object to look at.": "没有可供观察的物体。",
}
