"""What is said about style: pictures and the looks that they are given."""

from __future__ import annotations

__all__ = ["TEXTS"]

TEXTS = {
    # Steps of the job
    "Reading the pictures": "正在读取图片",
    "Transferring the style": "正在迁移风格",
    # Panel
    "Style": "风格",
    "Stylise": "风格化",
    "Give the image of this editor the look of the chosen styles, as a new image. The image itself stays as it is":
        "按所选风格处理此编辑器中的图像，结果为一张新图像。原图像保持不变",
    "Name of the image to stylise. Empty takes the one that the editor shows":
        "要风格化的图像名称。留空则取编辑器中显示的图像",
    "Show an image in this editor first": "请先在此编辑器中显示一张图像",
    "There is no image to stylise.": "没有可以风格化的图像。",
    "Show one in an Image Editor, or name one.": "请在图像编辑器中显示一张图像，或给出其名称。",
    "Stylise {name}": "风格化 {name}",
    "Add Style": "添加风格",
    "Add a style to the list. All of the list are mixed by their weights":
        "在列表中添加一个风格。列表中的所有风格按权重混合",
    "Remove Style": "移除风格",
    "Remove the active style from the list. Its picture stays": "从列表中移除当前风格。其图片保留",
    "Without a style of yours: number {number}, in pale blues": "未添加风格时：使用编号 {number}（淡蓝色调）",
    "Number {number}": "编号 {number}",
    "No picture yet": "尚无图片",
    "Finished: it appears once nothing is moved or rendered": "已完成：不再移动或渲染后就会出现",
    "It begins once the render has ended": "渲染结束后开始",
    "Wait until the render has ended": "请等待渲染结束",
    "{width} × {height} px, {seconds} s": "{width} × {height} 像素，用时 {seconds} 秒",
    "and {count} before it": "以及之前的 {count} 张",
    # Properties of the scene
    "Kind": "种类",
    "Where the look comes from": "样貌的来源",
    "Image": "图像",
    "The look of an image in this file": "取自此文件中的一张图像",
    "File": "文件",
    "The look of a picture on the disk": "取自磁盘上的一张图片",
    "Number": "编号",
    "One of the looks that come with Vernissage, for the instant method only":
        "Vernissage 自带的风格之一，仅用于即时方法",
    "Trained": "训练所得",
    "A look that was learnt on this computer or another, for the instant method only":
        "在这台或另一台电脑上训练得到的风格，仅用于即时方法",
    "Trained Style": "训练所得的风格",
    "A trained style: its name in the list of those that were trained here, or the file of another (.safetensors)":
        "训练所得的风格：在此训练的风格列表中的名称，或另一风格的文件（.safetensors）",
    "Style {number} of the list has no file.": "列表中的第 {number} 个风格没有文件。",
    "Image whose look the picture shall have": "结果将具有这张图像的样貌",
    "Picture whose look it shall have: PNG, JPEG, TIFF, WebP or OpenEXR":
        "结果将具有这张图片的样貌：PNG、JPEG、TIFF、WebP 或 OpenEXR",
    "Which of the looks that come with Vernissage": "Vernissage 自带的哪一种风格",
    "Weight": "权重",
    "How much of the mixture is of this style, against the weights of the others":
        "此风格在混合中所占的份量，相对于其他风格的权重",
    "Active Style": "当前风格",
    "The style of the list that is shown under it": "列表下方所显示的风格",
    "Method": "方法",
    "How the style is transferred: at once, step by step, or painted anew":
        "如何迁移风格：一次完成、逐步进行，或重新绘制",
    "Instant": "即时",
    "One pass of a network: a second for a picture of one megapixel, on any computer":
        "网络一次计算即可：任何电脑上，一百万像素的图片约需一秒",
    "Gram Matrices": "Gram 矩阵",
    "The picture is changed step by step until a network finds the same textures in it as in the style. Richer, and "
    "takes minutes":
        "逐步改变图片，直到网络在其中看到与风格相同的纹理。更丰富，需要几分钟",
    "Transport": "最优传输",
    "Step by step, where each part of the picture takes what fits to it from the style. It keeps the forms best, and "
    "takes longest":
        "逐步进行，图片的每一部分取用风格中与之相合的部分。形体保持得最好，用时最长",
    "Diffusion": "扩散",
    "A diffusion model paints the picture anew while it looks at the style. Mini brings strokes and colours, but "
    "softens small forms: faces and lettering want a larger model and a graphics card":
        "扩散模型一边参照风格，一边重新绘制图片。Mini 能带来笔触和颜色，但会柔化细小的形体："
        "人脸和文字需要更大的模型和显卡",
    "Denoising Steps": "去噪步数",
    "In how many steps the picture is painted anew. More keep its forms more exactly, and take longer":
        "分多少步重新绘制图片。越多形体保持得越准确，用时也越长",
    "What the picture shows, and in what manner, for example \"a cat, ink wash\". Empty leaves it to the style alone, "
    "which is quicker":
        "图片的内容和表现手法，例如 “a cat, ink wash”。留空则只由风格决定，速度更快",
    "Styles are injected into UNets, and {model} is {found}, a transformer.":
        "风格只能注入 UNet，而 {model} 属于 {found}，是一种 Transformer。",
    "Choose mini, or a Stable Diffusion or SDXL model.": "请选择 mini，或 Stable Diffusion、SDXL 模型。",
    "The noise of {model} cannot be followed back from a picture (its scheduler is a {found}).":
        "无法从图片反推 {model} 的噪声（其调度器为 {found}）。",
    "Choose mini, or a Stable Diffusion or SDXL model with a usual scheduler.":
        "请选择 mini，或使用常规调度器的 Stable Diffusion、SDXL 模型。",
    "A picture of {width} × {height} px does not fit into the memory.": "内存放不下 {width} × {height} 像素的图片。",
    "Raise the stroke scale, choose a smaller model, or close other programs.":
        "请增大笔触缩放、选择更小的模型，或关闭其他程序。",
    "Raise the stroke scale, choose a smaller picture, or close other programs.":
        "请增大笔触缩放、选择更小的图片，或关闭其他程序。",
    "There is no ControlNet that could follow the picture.": "没有可遵循该图片的 ControlNet。",
    "Choose its folder.": "请选择其文件夹。",
    "Choose the other of the two.": "请选择另一项。",
    "There is no picture that the ControlNet could follow.": "没有可供 ControlNet 遵循的图片。",
    "Give one, or stylise a picture of the scene from Blender.": "请提供一张，或在 Blender 中对场景的图片进行风格化。",
    "{path} has no depth that the ControlNet could follow.": "{path} 中没有可供 ControlNet 遵循的深度。",
    "Turn on Z in the view layer's passes, and render again.": "请在视图层的通道中开启 Z，然后重新渲染。",
    "The scene has more than {most} million triangles: too many to draw normals of.":
        "场景的三角面超过 {most} 百万个：过多，无法绘制法线。",
    "Let the ControlNet follow the depth, or hide what the picture does not show.":
        "请让 ControlNet 遵循深度，或隐藏图片中看不到的物体。",
    "There is no ControlNet that could follow the normals.": "没有可遵循法线的 ControlNet。",
    "The ControlNet of a texture follows the depth or the normals of its views.":
        "纹理的 ControlNet 遵循其各视图的深度或法线。",
    "Leave the picture that it shall follow out.": "请去掉供其遵循的图片。",
    "Follows": "遵循",
    "What the ControlNet sees of the scene, so that the painting keeps its forms: choose what it was made for. For "
    "renders and views of this scene, its textures and films":
        "ControlNet 看到场景的什么，使画面保持其形状：请按其用途选择。适用于此场景的渲染图与视图、其纹理和影片",
    "Nothing": "无",
    "The ControlNet is left out": "不使用 ControlNet",
    "Depth": "深度",
    "How far away things are, for a ControlNet of depth. The passes of the render tell it, or the meshes as the "
    "scene's camera sees them":
        "物体的远近，用于深度 ControlNet。取自渲染通道，或取自场景摄像机所见的网格",
    "Normals": "法线",
    "Which way surfaces face, for a ControlNet of normals: it keeps folds and edges that are hardly deep. The meshes "
    "tell it as the scene's camera sees them. Not for films":
        "表面的朝向，用于法线 ControlNet：它能保持几乎没有深度的褶皱和边缘。取自场景摄像机所见的网格。不适用于影片",
    # IP-Adapter
    "IP-Adapter": "IP-Adapter",
    "Folder with an IP-Adapter of the model's family (ip-adapter….safetensors) and CLIP's image encoder "
    "(image_encoder). It shows the styles to a Stable Diffusion or SDXL model while it paints, so that the look comes "
    "through more strongly. Empty uses none":
        "与模型同系列的 IP-Adapter（ip-adapter….safetensors）及 CLIP 图像编码器（image_encoder）所在的文件夹。"
        "绘制时，它会把风格图片展示给 Stable Diffusion 或 SDXL 模型，使风格体现得更强。留空则不使用",
    "IP-Adapter Scale": "IP-Adapter 强度",
    "How strongly the IP-Adapter shows the styles. 0 shows nothing, 1 is what it was made for":
        "IP-Adapter 展示风格的强度。0 表示不展示，1 是它的设计值",
    "An IP-Adapter wants a Stable Diffusion or SDXL model, and {model} is {found}.":
        "IP-Adapter 需要 Stable Diffusion 或 SDXL 模型，而 {model} 属于 {found}。",
    "Choose such a model, or leave the IP-Adapter out.": "请选择这类模型，或不使用 IP-Adapter。",
    "There is no IP-Adapter's folder at {folder}.": "{folder} 处没有 IP-Adapter 文件夹。",
    "Choose the folder that holds ip-adapter….safetensors and image_encoder.":
        "请选择含有 ip-adapter….safetensors 和 image_encoder 的文件夹。",
    "{folder} holds no IP-Adapter (ip-adapter….safetensors).":
        "{folder} 中没有 IP-Adapter（ip-adapter….safetensors）。",
    "{folder} holds {count} IP-Adapters, {first} and {second} among them.":
        "{folder} 中有 {count} 个 IP-Adapter，其中包括 {first} 和 {second}。",
    "Keep the one that you want in a folder of its own, with image_encoder.":
        "请将需要的那一个与 image_encoder 放在单独的文件夹中。",
    "Get the IP-Adapter's .safetensors file.": "请获取该 IP-Adapter 的 .safetensors 文件。",
    "The IP-Adapter in {folder} has no image encoder: there is no {place}.":
        "{folder} 中的 IP-Adapter 缺少图像编码器：没有 {place}。",
    "Put the image encoder that the IP-Adapter was published with there.":
        "请将与该 IP-Adapter 一同发布的图像编码器放在那里。",
    "{file} is no IP-Adapter that sees pictures by CLIP.": "{file} 不是通过 CLIP 观看图片的 IP-Adapter。",
    "Choose an IP-Adapter for whole pictures; those for faces (FaceID) see by another network.":
        "请选择用于整张图片的 IP-Adapter；用于人脸的（FaceID）通过另一种网络观看。",
    "The image encoder in {folder} is a {found}, not CLIP's.": "{folder} 中的图像编码器是 {found}，不是 CLIP 的。",
    "The image encoder in {folder} tells {found} numbers, but {file} wants {wanted}.":
        "{folder} 中的图像编码器给出 {found} 个数，而 {file} 需要 {wanted} 个。",
    "The IP-Adapter {adapter} is {their_width} wide, but {model} ({family}) is {our_width}.":
        "IP-Adapter {adapter} 的宽度为 {their_width}，而 {model}（{family}）为 {our_width}。",
    "The layers of the IP-Adapter {adapter} do not fit those of {model}.":
        "IP-Adapter {adapter} 的层与 {model} 的层不匹配。",
    "Choose an IP-Adapter of the model's family, or leave the field empty.":
        "请选择与模型同系列的 IP-Adapter，或将此项留空。",
    "{folder} sees what is not finite.": "{folder} 得到的结果不是有限数值。",
    "How much of the style is laid over the picture. 0 leaves it as it is, 1 shows the style only":
        "风格覆盖图片的程度。0 保持原样，1 只显示风格",
    "Keep Colours": "保留颜色",
    "How far the colours of the picture stay. 1 takes only light and dark from the style":
        "图片颜色保留的程度。1 只从风格中取明暗",
    "Stroke Scale": "笔触缩放",
    "How large brush strokes and patterns become. 2 draws them twice as large": "笔触和图案的大小。2 表示放大一倍",
    "Image that is white where the picture is to be stylised, and black where it stays. Empty stylises all of it":
        "白色处进行风格化、黑色处保持不变的图像。留空则全部风格化",
    "Content Weight": "内容权重",
    "How firmly the forms of the picture are held against the style. More keeps it more legible":
        "相对于风格，图片形体保持的牢固程度。越大越清晰可辨",
    "How often the picture is changed, at each of its sizes from coarse to fine. More come closer to the style, and "
    "take longer":
        "从粗到细的每一级尺寸上改变图片的次数。越多越接近风格，用时也越长",
    "Number that the slow methods start from. The same seed gives the same picture again":
        "慢速方法的起始数。相同的随机种会得到相同的图片",
    "Stylise Renders": "风格化渲染",
    "Stylise every finished render: a still becomes an image, each frame that is written gets a second file beside it "
    "(\"NAME_styled.png\"). What the renderer wrote stays as it is. Each frame is stylised by itself, so a film "
    "flickers: Stylise Film makes one that does not":
        "风格化每一次完成的渲染：静帧成为一张图像，写入的每一帧旁边另存一个文件（“名称_styled.png”）。渲染器写入的文件保持不变。"
        "每一帧单独风格化，因此影片会闪烁：“风格化影片”生成的则不会",
    # Styles of single objects
    "Everywhere": "全图",
    "All of the picture": "整张图片",
    "Object": "物体",
    "What a render shows of an object. An empty stands for all that hangs on it":
        "渲染画面中该物体所在的部分。空物体代表其下的所有子级",
    "Collection": "集合",
    "What a render shows of the objects of a collection": "渲染画面中该集合的物体所在的部分",
    "Where": "位置",
    "Which part of a render the style is for. Styles of one place are mixed; those of an object or a collection are "
    "laid over those of everywhere":
        "风格用于渲染画面的哪一部分。同一位置的风格会混合；物体或集合的风格覆盖在全图风格之上",
    "Object that the style is for": "风格所用于的物体",
    "Collection that the style is for, with those within it": "风格所用于的集合，包括其中的子集合",
    "All But It": "除它之外",
    "Stylise all that is not of the object or the collection": "风格化不属于该物体或集合的一切",
    "Strength There": "此处强度",
    "How much of the style is laid over this part of the render, as a share of Strength. Of several styles of one "
    "place the mean counts":
        "风格覆盖画面这一部分的程度，相对于“强度”。同一位置有多个风格时取平均值",
    "As Layer": "作为图层",
    "Make a picture that is transparent where nothing is stylised, to be laid over the render in the compositor (Alpha "
    "Over) or in another program":
        "生成一张在未风格化处透明的图片，可在合成器（Alpha 上叠）或其他程序中叠加到渲染画面上",
    "It is not chosen what style {number} of the list is for.": "尚未选择列表中第 {number} 个风格的用途。",
    "Choose an object or a collection, or let it be for everywhere.": "请选择一个物体或集合，或将其用于全图。",
    "{area} has no object that a render could show.": "{area} 没有渲染可以显示的物体。",
    "Choose other objects for the style.": "请为该风格选择其他物体。",
    "There is no camera that the render could be from.": "没有可能用于该渲染的摄像机。",
    "Give the scene a camera.": "请为场景添加摄像机。",
    "It is not known where {area} is in {name}.": "不知道 {area} 在 {name} 中的位置。",
    "Nothing of {area} is to be seen in {name}.": "在 {name} 中看不到 {area} 的任何部分。",
    "Choose what the camera sees, or let the style be for everything.": "请选择摄像机能看到的对象，或将风格用于全图。",
    "Where {areas} is seen was found from the meshes of the viewport: without hair, volumes, motion blur and what only "
    "a render shows. With Cryptomatte (Object) among the passes the render itself tells it.":
        "{areas} 的位置由视图中的网格求得：不含毛发、体积、运动模糊以及仅在渲染中出现的内容。"
        "若启用 Cryptomatte（物体）通道，"
        "则由渲染本身给出。",
    "{name} is {width} × {height} px: the scene's camera does not render that format.":
        "{name} 为 {width} × {height} 像素：场景摄像机不会渲染这种画幅。",
    "Choose a render of this scene, or set the resolution that it was rendered with.":
        "请选择此场景的渲染，或设置其渲染时的分辨率。",
    "{path} has no Cryptomatte of objects in 32 bit.": "{path} 没有 32 位的物体 Cryptomatte。",
    "Turn on Cryptomatte: Object in the view layer's passes, and render again.":
        "请在视图层的通道中启用 Cryptomatte：物体，然后重新渲染。",
    "Turn on Cryptomatte: Object in the view layer's passes and Full Float in the output, and render again.":
        "请在视图层的通道中启用 Cryptomatte：物体，在输出中选择全精度浮点，然后重新渲染。",
    "{path} is no frame of the film {name}.": "{path} 不是影片 {name} 的帧。",
    "Name one of its frames.": "请指定它的某一帧。",
    "The scene has more than {most} million triangles: too many to find an object by.":
        "场景超过 {most} 百万个三角形：太多，无法据此找到物体。",
    "The scene shows no mesh.": "场景中没有显示任何网格。",
    "Unhide what the style is for.": "请取消隐藏该风格所用于的对象。",
    "In a window the frames of a film are stylised as a whole only: where objects are is known for the current frame.":
        "在窗口中，影片的各帧只能整体风格化：只知道当前帧中物体的位置。",
    "Render with blender -b, or let all styles be for everywhere.": "请使用 blender -b 渲染，或将所有风格用于全图。",
    "The styles of a film are for all of it.": "影片的风格用于整部影片。",
    "Let them be for everywhere.": "请将其用于全图。",
    # The view
    "Stylise View": "风格化视图",
    "Give a picture of what this viewport shows, as it is shaded and without overlays, the look of the chosen styles, "
    "as a new image. An Image Editor without an image shows it":
        "按所选风格处理此视图所显示的画面（按其着色方式，不含叠加层），得到一张新图像。没有图像的图像编辑器会显示它",
    "Press the button in a 3D viewport's sidebar": "请在 3D 视图的侧边栏中按此按钮",
    "Show {image} in an Image Editor to see it.": "要查看 {image}，请在图像编辑器中显示它。",
    "The viewport cannot be drawn: {reason}.": "无法绘制视图：{reason}。",
    "Render instead (F12), and stylise the Render Result.": "请改为渲染（F12），并对渲染结果进行风格化。",
    # Textures
    "Stylise Texture": "风格化纹理",
    "Give the textures of the selected objects the look of the chosen styles, on their surface: without seams, "
    "whatever their layout. Each gets a new image, in a copy of its material":
        "按所选风格在表面上处理所选物体的纹理：无论 UV 布局如何都没有接缝。每个物体得到一张新图像，用于其材质的副本中",
    "From how many sides a texture is stylised, at most. More leave fewer parts that none sees, and take longer":
        "最多从多少个方向对纹理进行风格化。越多，看不到的部分越少，用时也越长",
    "The styles of a texture are for all of it.": "纹理的风格用于整张纹理。",
    "Let them be for everywhere, and limit them with a mask.": "请将其用于全图，并用遮罩加以限制。",
    "{name} has no UV layer that its texture could lie in.": "{name} 没有可供其纹理使用的 UV 层。",
    "Unwrap it first.": "请先展开 UV。",
    "The UVs of {name} reach beyond 0 to 1: its texture repeats, or has UDIM tiles.":
        "{name} 的 UV 超出 0 到 1：其纹理重复，或带有 UDIM 图块。",
    "Lay it out within 0 to 1, and bake the texture there first.": "请先将其展开到 0 到 1 之内，并将纹理烘焙到那里。",
    # Bringing and delivering
    "There is no picture {path}.": "没有图片 {path}。",
    "Choose the file again.": "请重新选择该文件。",
    "Style {number} of the list has no picture.": "列表中的第 {number} 个风格没有图片。",
    "Choose one, or remove the style.": "请选择一张，或移除该风格。",
    "The finished picture lies in {path}.": "完成的图片位于 {path}。",
    "There is no image {image}.": "没有图像 {image}。",
    "Choose another one.": "请另选一张。",
    "{image} is no single picture: it is a film, a sequence or has UDIM tiles.":
        "{image} 不是单张图片：它是影片、序列，或带有 UDIM 图块。",
    "Choose an image of one picture.": "请选择只有一张图片的图像。",
    "{image} holds no picture that can be saved.": "{image} 中没有可以保存的画面。",
    "Render first (F12).": "请先渲染（F12）。",
    "{path} is no picture that Blender reads.": "{path} 不是 Blender 能读取的图片。",
    "{path} is there already, and was not made by Vernissage.": "{path} 已经存在，且不是由 Vernissage 生成的。",
    "Rename it, or choose another folder.": "请将其重命名，或选择其他文件夹。",
    "A film file is not stylised in a window.": "在窗口中不能风格化影片文件。",
    "Choose a picture format under Output, or render with blender -b.":
        "请在“输出”中选择图片格式，或使用 blender -b 渲染。",
    # Styles
    "No style is chosen.": "没有选择风格。",
    "Choose a picture whose look it shall have.": "请选择一张图片，结果将具有它的样貌。",
    "A style is a picture, a number or a trained style: give one of the three.":
        "风格可以是图片、编号或训练所得的风格：请给出三者之一。",
    "Choose the style again.": "请重新选择风格。",
    "There is no style {number}: they are numbered from 0 to {last}.": "没有风格 {number}：编号从 0 到 {last}。",
    "Choose one of those.": "请从中选择。",
    "The weight of a style is {value}: must be above 0, at most 100.": "风格的权重为 {value}：必须大于 0，最大为 100。",
    "Choose a value in that range, or leave the style out.": "请选择该范围内的值，或去掉该风格。",
    "Numbered and trained styles are for the instant method only.": "编号风格和训练所得的风格只能用于即时方法。",
    "Choose the instant method, or a picture as the style.": "请选择即时方法，或以图片作为风格。",
    "The style networks are missing.": "缺少风格网络。",
    "The style is the picture itself: little will change.": "风格就是该图片本身：变化会很小。",
    # Pictures
    "{name} is not a picture that can be read: {reason}.": "{name} 不是可以读取的图片：{reason}。",
    "Choose a PNG, JPEG, TIFF, WebP or OpenEXR file.": "请选择 PNG、JPEG、TIFF、WebP 或 OpenEXR 文件。",
    "The file of {name} is broken: {reason}.": "{name} 的文件已损坏：{reason}。",
    "Choose another copy of it.": "请选择它的另一份副本。",
    "{name} is not a picture that can be read.": "{name} 不是可以读取的图片。",
    "{name} has no colours: its channels are {channels}.": "{name} 没有颜色：其通道为 {channels}。",
    "Save it with its colours.": "请连同颜色一起保存。",
    "{name} shows nothing: none of its pixels is a number.": "{name} 什么也没有显示：没有一个像素是数值。",
    "Render or save it again.": "请重新渲染或保存。",
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
}
