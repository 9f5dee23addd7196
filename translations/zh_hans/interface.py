"""What the panels, the preferences, buttons and tooltips say."""

from __future__ import annotations

__all__ = ["TEXTS"]

TEXTS = {
    # Panel
    "Texture": "纹理",
    "Advanced": "高级",
    "Prompt": "提示词",
    "red brick wall": "red brick wall（红砖墙）",
    "Negative Prompt": "负面提示词",
    "what to keep out": "画面中不要出现的内容",
    "Generate": "生成",
    "Folder": "文件夹",
    "{name} ({number} of {count})": "{name}（第 {number} 个，共 {count} 个）",
    "{stage}, {time} left": "{stage}，剩余 {time}",
    "{percent} % painted, {seconds} s": "已绘制 {percent} %，用时 {seconds} 秒",
    "Scores": "评分",
    "Seen": "可见",
    "Unseen, filled in": "未见，已填补",
    "Step over seams": "接缝跳变",
    "95 % of seams below": "95 % 的接缝低于",
    "Worst seam": "最差接缝",
    "Views apart, first step": "视图差异，首步",
    "Views apart, last step": "视图差异，末步",
    "Views computed": "已计算视图",
    "Changed outside": "区域外改动",
    "Finished: it appears in Object Mode, once nothing is moved or rendered":
        "已完成：回到物体模式，且没有变换或渲染在进行时，纹理就会出现",
    "Show in Material Preview": "在材质预览中显示",
    "Starting": "正在启动",
    "Cancelling": "正在取消",

    # Steps of a job
    "Reading the mesh": "读取网格",
    "Loading the model": "载入模型",
    "Planning views": "规划视图",
    "Painting views": "绘制视图",
    "Comparing views": "比对视图",
    "Decoding views": "解码视图",
    "Baking": "烘焙",
    "Filling unseen areas": "填补未见区域",
    "Writing files": "写入文件",

    # Operators
    "Generate Texture": "生成纹理",
    "Paint the selected meshes from the prompt, one after another or together, and give each a new material with its "
    "texture. The materials that it had stay in the file":
        "按提示词逐个或一起绘制选中的网格，并为每个网格新建一个带有该纹理的材质。原有材质保留在文件中",
    "Texture {name}": "为 {name} 生成纹理",
    "A job is at work: wait for it, or cancel it": "有任务正在进行：请等待其完成，或将其取消",
    "Switch to Object Mode first": "请先切换到物体模式",
    "Select a mesh object first": "请先选择一个网格物体",
    "Cancel": "取消",
    "Stop after the step at work. Objects that are textured already stay textured":
        "完成当前这一步后停止。已经生成纹理的物体保持不变",
    "Nothing is at work": "没有任务在进行",
    "Random Seed": "随机种",
    "Draw another seed: the next picture of the same prompt will look different":
        "换一个随机种：相同的提示词下一次会得到不同的画面",
    "Open Log": "打开日志",
    "Open what the backend wrote down, in the system's viewer for text": "用系统的文本查看器打开后端写下的记录",
    "Log File": "日志文件",
    "The file to open; empty opens the backend's log": "要打开的文件；留空则打开后端的日志",
    "There is no log yet": "还没有日志",
    "Open Preferences": "打开偏好设置",
    "Show Vernissage's preferences, where its backend is installed, checked and repaired":
        "显示 Vernissage 的偏好设置，可在其中安装、检查和修复后端",
    "Install": "安装",
    "Repair": "修复",
    "Check": "检查",
    "Download the backend's packages into the environment folder, or repair what is there. Blender's own Python "
    "stays as it is":
        "将后端所需的软件包下载到环境文件夹，或修复其中已有的内容。Blender 自带的 Python 不会改变",
    "Allow Online Access in Blender's preferences first, under System":
        "请先在 Blender 偏好设置的“系统”中勾选“允许联机访问”",
    "Start the backend's Python once and see whether everything that it needs is there":
        "启动一次后端的 Python，查看所需的内容是否齐全",

    # Properties of the scene
    "What the surface shall look like, for example \"red brick wall\". The material comes first, then its colour "
    "and its wear":
        "表面应有的样子，例如 \"red brick wall\"（红砖墙）。先写材料，再写颜色和磨损程度",
    "What to keep out of the picture, for example \"rust, scratches\"":
        "不希望出现在画面中的内容，例如 \"rust, scratches\"（锈迹、划痕）",
    "Model": "模型",
    "Who paints: it decides how rich and how faithful to the prompt the picture becomes":
        "由谁来画：它决定画面有多丰富、多贴合提示词",
    "Mini": "迷你",
    "The small model that comes with Vernissage: plain materials, on any computer, without a download":
        "Vernissage 自带的小模型：可画常见材料，任何电脑都能运行，无需下载",
    "A Stable Diffusion 1.5, SDXL or FLUX.1 model in the folder format of diffusers, for richer pictures. It wants a "
    "graphics card":
        "diffusers 文件夹格式的 Stable Diffusion 1.5、SDXL 或 FLUX.1 模型，画面更丰富。需要显卡",
    "Model Folder": "模型文件夹",
    "Folder of a diffusers model, the one that holds model_index.json. Its weights must be safetensors files":
        "diffusers 模型的文件夹，即含有 model_index.json 的那一个。其权重必须是 safetensors 文件",
    "ControlNet": "ControlNet",
    "Folder of a depth ControlNet of the model's family. The painting then follows the object's form more closely. "
    "Empty uses none":
        "与模型同系列的深度 ControlNet 的文件夹。使用后画面会更贴合物体的形状。留空则不使用",
    "Follow Shape": "跟随形状",
    "Show the model the shape while it paints: edges become lighter and hollows darker, and grain tends to run with "
    "the surface. Takes a fifth to a third longer":
        "绘制时向模型展示形状：边缘变亮，凹处变暗，纹理走向更贴合表面。用时增加约五分之一至三分之一",
    "Views": "视图",
    "How many pictures are painted around the object. More leave fewer unseen areas, and take longer":
        "环绕物体绘制多少张画面。越多则未见区域越少，用时也越长",
    "View Size": "视图尺寸",
    "Side of each painted picture. Larger gives finer detail, and takes longer; a model paints best at the size that "
    "it was trained for":
        "每张画面的边长。越大细节越精细，用时也越长；模型在其训练时的尺寸下效果最好",
    "File Format": "文件格式",
    "How the texture is kept. Blender gets the colour space that fits to it":
        "纹理以何种格式保存。Blender 会得到与之相符的色彩空间",
    "PNG, 8 Bit": "PNG，8 位",
    "sRGB with 256 tones a channel: small, and what every program reads":
        "sRGB，每通道 256 级：文件小，任何程序都能读取",
    "PNG, 16 Bit": "PNG，16 位",
    "sRGB with 65,536 tones a channel: no steps in soft gradients, also after grading":
        "sRGB，每通道 65,536 级：柔和渐变没有断阶，调色之后也是如此",
    "OpenEXR, Half": "OpenEXR，半精度",
    "Linear Rec.709 in 16-bit floats: what film pipelines keep colours in":
        "线性 Rec.709，16 位浮点：影视流程保存颜色的方式",
    "OpenEXR, Float": "OpenEXR，全精度",
    "Linear Rec.709 in 32-bit floats: all that was computed, in the largest files":
        "线性 Rec.709，32 位浮点：保留全部计算结果，文件最大",
    "Texture Size": "纹理尺寸",
    "Side of the square texture. Larger keeps more of the detail that was painted":
        "正方形纹理的边长。越大则保留的绘制细节越多",
    "Seed": "随机种",
    "Number that the painting starts from. Another seed gives another picture of the same prompt; the same seed gives "
    "the same picture again":
        "绘制起始时所用的数字。换一个随机种，相同的提示词会得到另一幅画面；相同的随机种会再次得到相同的画面",
    "Steps": "步数",
    "Denoising steps of each picture. More make it cleaner, up to a point, and take longer. 0 is what the model does "
    "best with":
        "每张画面的去噪步数。在一定范围内，步数越多画面越干净，用时也越长。0 表示采用模型的最佳值",
    "Guidance": "引导强度",
    "How strongly the prompt pulls. Higher follows the words more closely, too high looks harsh. 0 is what the model "
    "does best with":
        "提示词的作用强度。越高越贴合文字，过高则画面生硬。0 表示采用模型的最佳值",
    "UV Layer": "UV 层",
    "UV layer of the active object that the texture is laid out in. Empty takes the layer that renders use":
        "活动物体上用于排布纹理的 UV 层。留空则采用渲染所用的层",
    "Touch Up": "局部修饰",
    "Paint a region of the selected objects' textures anew, from the prompt, so that it fits to what is there. The "
    "rest of each texture stays as it is":
        "按提示词重新绘制所选物体纹理的一个区域，并与现有内容衔接。各纹理的其余部分保持不变",
    "Region": "区域",
    "Which part of the texture is painted anew. The rest stays as it is, to the last bit":
        "重新绘制纹理的哪一部分。其余部分逐位保持不变",
    "Selected Faces": "选中的面",
    "The faces that are selected in Edit Mode": "在编辑模式中选中的面",
    "What I See": "当前视图所见",
    "What the 3D viewport shows of the object, from where it shows it": "3D 视图当前所显示的物体部分，并从该视角绘制",
    "Mask": "遮罩",
    "What is white in an image of the same layout as the texture": "与纹理布局相同的图像中的白色部分",
    "Image that is white where the texture is to change": "在要改变纹理之处为白色的图像",
    "Strength": "强度",
    "How far the painting may leave what is there. 1 begins anew; less keeps its forms and colours":
        "绘制可偏离现有内容的程度。1 为全新绘制，较低则保留其形状与颜色",
    "Feather": "羽化",
    "Over how many pixels of the texture the new goes over into the old, inside of the region":
        "新内容在区域内过渡到旧内容所用的纹理像素数",
    "From Cameras": "使用摄像机",
    "Paint what the scene's visible cameras see first, each as one of the views; the other views are planned to see "
    "what they leave":
        "先绘制场景中可见摄像机所见的内容，每台摄像机算作一个视图；其余视图按其未见之处规划",
    "Quality Map": "质量图",
    "Also make an image of how well the views saw each part of the surface. Show View Quality shows it on the object":
        "同时生成一张图像，显示各视图对表面各处的观察质量。“显示视图质量”可将其显示在物体上",
    "Show View Quality": "显示视图质量",
    "Let the selected objects show how well the views saw them in place of their texture, or their texture again: "
    "yellow where a view looked straight at them, violet where only askew, striped where none did":
        "让所选物体显示视图质量以代替纹理，或恢复显示纹理：黄色表示有视图正对该处，紫色表示仅有斜视，条纹表示没有视图看到",
    "Turn on Quality Map and generate a texture first": "请先启用“质量图”并生成纹理",
    "Share Attention": "共享注意力",
    "Let each view look at its neighbours and at the front view while it is painted: forms and colours of large models "
    "go together better. Takes up to twice as long and more memory. Without effect on FLUX.1":
        "绘制时让每个视图参照相邻视图和正面视图：大模型的形状与颜色更协调。用时最多加倍，并占用更多内存。"
        "对 FLUX.1 不起作用",
    "Show While Painting": "绘制时显示",
    "Show on the objects themselves, in the 3D viewports, what is being painted. It is laid over them: their materials "
    "stay as they are until it is finished":
        "在三维视图中直接于物体上显示正在绘制的内容。它只是覆盖在物体之上：完成之前，材质保持不变",
    "Paint Together": "一起绘制",
    "Paint the selected objects in one job: they hide each other, and those of one prompt share their views. For "
    "objects that stand or lie on each other":
        "在一个任务中绘制所选物体：它们互相遮挡，提示词相同的物体共用视图。适用于彼此叠放或紧靠的物体",
    "Own Prompt": "自有提示词",
    "What this object shall look like. Empty takes the prompt of the panel":
        "此物体应有的外观。留空则采用面板中的提示词",
    "Own Prompts ({count} of {all})": "自有提示词（{all} 个中有 {count} 个）",
    "… and {count} more": "… 另有 {count} 个",
    "Shoot What Is Missing": "补拍遗漏处",
    "Plan a view for the largest area of each selected object that no view saw well, and paint only that area anew, so "
    "that it fits to what is there. Press it again for the next one":
        "为每个所选物体中没有视角看清的最大区域规划一个视角，只重新绘制该区域，使之与已有内容相衔接。再按一次则处理下一处",
    "Seen Below": "可见度低于",
    "What counts as missing: where the best view looked at the surface less frontally than this (the cosine of its "
    "angle). Small is only what hardly any view saw; 0.5 is what all saw at more than 60 degrees":
        "何为遗漏：最佳视角与表面的正对程度（夹角的余弦）低于此值之处。数值小则仅限几乎没有视角看到的地方；"
        "0.5 为所有视角都以大于 60 度看到的地方",
    "Plan Views": "规划视角",
    "Tell from how many views the selected meshes would be painted, and how much of them these would see. Takes a "
    "moment, and paints nothing":
        "告知将从多少个视角绘制所选网格，以及这些视角能看到多少。只需片刻，不绘制任何内容",
    "Planning views …": "正在规划视角…",
    "Changed since: plan again": "已有改动：请重新规划",
    "{count} views will see {percent} % of {name}": "{count} 个视角将看到 {name} 的 {percent} %",
    "{count} views will see {percent} % of {objects} objects": "{count} 个视角将看到 {objects} 个物体的 {percent} %",
    "{name}: {percent} % seen": "{name}：可见 {percent} %",
    "Add as Cameras": "添加为摄像机",
    "Put the planned views of the active object into the scene as cameras, in a collection of their own, and paint "
    "from them. Move, remove or add some as you like":
        "将活动物体的规划视角作为摄像机放入场景中的一个专用集合，并由其绘制。可随意移动、删除或增加",
    "Plan the views first": "请先规划视角",
    "Make an object active whose views are planned": "请将一个已规划视角的物体设为活动物体",
    "Camera Collection": "摄像机集合",
    "Take only the cameras of this collection. Empty takes all that are visible":
        "只采用此集合中的摄像机。留空则采用所有可见的摄像机",
    "Active Slot Only": "仅活动槽",
    "Paint only the faces of the active material slot. The other slots keep their materials":
        "只绘制活动材质槽的面，其余槽保留原有材质",
    "New UV Layer": "新建 UV 层",
    "Unwrap the object into a UV layer of Vernissage's own, for objects whose UVs overlap or repeat. Layers that are "
    "there stay as they are":
        "将物体展开到 Vernissage 自己的 UV 层，适用于 UV 重叠或重复的物体。已有的 UV 层保持不变",

    # Preferences
    "Backend": "后端",
    "Where the process that paints finds its packages": "负责绘制的进程从何处获取软件包",
    "Own Environment": "自有环境",
    "Vernissage installs what its backend needs into a folder of its own":
        "Vernissage 将后端所需的内容安装到自己的文件夹中",
    "Existing Python": "已有的 Python",
    "A Python on this computer has the backend's packages already": "这台电脑上已有一个装好后端软件包的 Python",
    "Environment Folder": "环境文件夹",
    "Where the backend's packages are installed, 1.5 to 6 GB. Empty is a folder beside Blender's other user data":
        "后端软件包的安装位置，占用 1.5 至 6 GB。留空则使用 Blender 用户数据旁的文件夹",
    "Compute": "计算设备",
    "What the backend computes on: it decides which packages Install downloads":
        "后端使用什么进行计算：它决定“安装”会下载哪些软件包",
    "CPU": "CPU",
    "Any computer. A texture takes a minute or two with the embedded model, and far too long with large ones":
        "任何电脑均可。使用内置模型时，一张纹理需要一两分钟；使用大型模型则过于缓慢",
    "NVIDIA (CUDA)": "NVIDIA (CUDA)",
    "Linux or Windows with an NVIDIA graphics card. A download of about 3 GB":
        "配有 NVIDIA 显卡的 Linux 或 Windows。下载量约 3 GB",
    "AMD (ROCm)": "AMD (ROCm)",
    "Linux with an AMD graphics card. A download of about 4 GB": "配有 AMD 显卡的 Linux。下载量约 4 GB",
    "Apple (Metal)": "苹果 (Metal)",
    "A Mac with Apple silicon": "搭载 Apple 芯片的 Mac",
    "Build With": "构建所用 Python",
    "The Python 3.11, 3.12 or 3.13 that the environment is made from. Empty looks for one":
        "用于创建环境的 Python 3.11、3.12 或 3.13。留空则自动查找",
    "Python": "Python 解释器",
    "The interpreter that has the backend's packages. The environment variable VERNISSAGE_PYTHON goes before it, and "
    "before an environment of Vernissage's own: for studios and farms":
        "装有后端软件包的解释器。环境变量 VERNISSAGE_PYTHON 优先于它，"
        "也优先于 Vernissage 的自有环境，供工作室和渲染农场使用",
    "Textures": "纹理",
    "Where a finished texture is kept": "完成的纹理保存在何处",
    "In the .blend": "打包进 .blend",
    "Pack each texture into the .blend: one file to hand on": "将每张纹理打包进 .blend：只需交付一个文件",
    "Beside the .blend": "存于 .blend 旁",
    "Save each texture as a file in a folder beside the .blend. A scene that was never saved packs them":
        "将每张纹理以文件形式保存到 .blend 旁的文件夹中。从未保存过的场景则打包纹理",
    "Idle Minutes": "闲置分钟数",
    "Stop the backend when it had nothing to do for this long, so that its memory goes back to Cycles. The next job "
    "then loads the model again. 0 keeps it until Blender is closed":
        "后端闲置达到此时长后将其停止，把内存和显存交还给 Cycles。"
        "下一个任务会重新载入模型。0 表示一直保留到 Blender 关闭",
    "{python} is used, as the environment variable {variable} says": "正在使用 {python}（由环境变量 {variable} 指定）",
    "{python} is used": "正在使用 {python}",
    "{step}: {detail}": "{step}：{detail}",
}
