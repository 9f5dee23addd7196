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
    # Panel and operator
    "World": "世界环境",
    "Generate World": "生成世界环境",
    "Paint a panorama from the prompt, restore its light, and make it the World of the scene. The World that it had "
    "stays in the file":
        "根据提示绘制全景图，恢复其光照，并将其设为场景的世界环境。原有的世界环境保留在文件中",
    "World {name}": "世界环境 {name}",
    "There is no image that the panorama could begin with.": "没有可作为全景图起点的图像。",
    "sunset over the sea": "海上日落",
    # Scene
    "The scene has no perspective camera that could have seen the image.": "场景中没有可能拍到该图像的透视摄像机。",
    "Add one, and make it the scene's camera.": "请添加一个，并设为场景的摄像机。",
    "Make the world again.": "请重新生成世界环境。",
    "The preview {path} cannot be written: {reason}.": "无法写入预览图 {path}：{reason}。",
    # Properties
    "What shall be seen around, for example \"sunset over the sea\"": "四周应该看到什么，例如“sunset over the sea”",
    "What to keep out of the panorama": "全景图中不应出现的内容",
    "Who paints the panorama": "由哪个模型绘制全景图",
    "The small model that comes with Vernissage: skies and rooms, on any computer, without a download":
        "Vernissage 自带的小模型：天空与房间，任何电脑均可使用，无需下载",
    "A Stable Diffusion 1.5, SDXL or FLUX.1 model in the folder format of diffusers. It wants a graphics card, and a "
    "LoRA for panoramas":
        "diffusers 文件夹格式的 Stable Diffusion 1.5、SDXL 或 FLUX.1 模型。需要显卡，以及用于全景图的 LoRA",
    "LoRA": "LoRA 模型",
    "Safetensors file of a LoRA that the model paints with, such as one for panoramas. Empty uses none":
        "模型绘制时使用的 LoRA 的 safetensors 文件，例如用于全景图的 LoRA。留空则不使用",
    "LoRA Weight": "LoRA 权重",
    "How strongly the LoRA changes what the model paints": "LoRA 对模型绘制结果的影响强度",
    "Height": "高度",
    "Rows of the panorama, twice as wide. Larger shows a sharper background, and takes longer; for light alone 512 is "
    "plenty":
        "全景图的行数，宽度为其两倍。越大背景越清晰，耗时也越长；仅用于照明时 512 已足够",
    "Panorama Height": "全景图高度",
    "Detail": "细节",
    "How much is painted into the panorama each time that it is doubled to its height. 0 only enlarges it, which is "
    "fast":
        "全景图每次加倍放大时重新绘制多少细节。0 表示仅放大，速度快",
    "Number that the painting starts from. Another seed gives another panorama of the same prompt":
        "绘制起始的随机数。不同的随机种会为同一提示生成不同的全景图",
    "Denoising steps. More make it cleaner, up to a point, and take longer. 0 is what the model does best with":
        "去噪步数。在一定范围内越多越干净，耗时也越长。0 表示采用模型最合适的步数",
    "How strongly the prompt pulls. 0 is what the model does best with": "提示的引导强度。0 表示采用模型最合适的值",
    "Stops by which all light of the panorama is brighter or darker": "全景图所有光照变亮或变暗的曝光级数",
    "Sun": "太阳",
    "Whether the panorama has a sun": "全景图中是否有太阳",
    "Automatic": "自动",
    "As the prompt says: added under a clear sky where none is painted, none by night, in bad weather and indoors":
        "由提示词决定：晴空下若没有画出太阳则添加一个，夜晚、坏天气和室内则没有",
    "As Painted": "按画面",
    "The sun that is painted, if there is one": "画面中的太阳（若有）",
    "Always": "始终",
    "Where no sun is painted, one is added in the brightest place of the sky":
        "若画面中没有太阳，则在天空最亮处添加一个",
    "Nothing is taken for a sun": "不把任何东西当作太阳",
    "The horizon leaned by {degrees}° and was made level.": "地平线倾斜了 {degrees}°，已调平。",
    "No sun is painted: one was added where the sky is brightest.": "画面中没有太阳：已在天空最亮处添加了一个。",
    "Ground": "地面",
    "What the camera sees below the horizon lies on the plane of the height 0, so that things stand on it. The light "
    "stays as it is": "摄像机看到的地平线以下部分位于高度为 0 的平面上，使物体立于其上；光照保持不变",
    "Set Sun": "设定太阳",
    "Give the sun an irradiance of your own. Otherwise it is estimated from the picture":
        "自行指定太阳的辐照度，否则根据图像估计",
    "Sun Irradiance": "太阳辐照度",
    "What a surface that faces the sun gets from it, in W/m² as Blender's Sun lamps count it":
        "正对太阳的表面所接收的辐照度，单位为 W/m²，与 Blender 日光的计量一致",
    "Sun Exposure": "太阳曝光",
    "Stops by which the sun alone is brighter or darker": "仅太阳变亮或变暗的曝光级数",
    "Sun Lamp": "日光灯光",
    "Take the sun out of the panorama and give its light with a Sun lamp, which is aligned with it and turns with the "
    "World":
        "将太阳从全景图中移除，改用方向一致的日光灯光提供光照，并随世界环境一同旋转",
    "Rotation": "旋转",
    "How far the World is turned, counterclockwise as seen from above": "世界环境的旋转角度，从上方看为逆时针",
    "Light": "光照",
    "Strength of all light of the World, and of its Sun lamp": "世界环境所有光照及其日光灯光的强度",
    "Background": "背景",
    "Brightness of what the camera sees behind everything; it does not change the light":
        "摄像机在所有物体后方看到的亮度，不影响光照",
    "Shadow Catcher": "阴影捕捉",
    "Add a plane at the height 0 that shows nothing but the shadows that fall on it":
        "在高度 0 处添加一个只显示落在其上阴影的平面",
    "Begin With": "起始内容",
    "What the panorama is painted from besides the prompt": "除提示外，全景图从什么内容开始绘制",
    "Prompt Alone": "仅提示",
    "All of the panorama is painted from the prompt": "整幅全景图均根据提示绘制",
    "Around an Image": "围绕图像",
    "The image is what the scene's camera sees, and stays; all around it is painted":
        "图像为场景摄像机所见，保持不变；其四周全部为绘制内容",
    "From a Panorama": "从全景图",
    "The image is a panorama: it is changed as far as Strength says, or only where the mask is white and where it is "
    "transparent":
        "图像是全景图：按强度进行改变，或仅改变遮罩为白色及图像透明之处",
    "The image that the panorama begins with": "全景图的起始图像",
    "Image that is white where a panorama is to be painted anew": "白色区域表示全景图需要重新绘制之处的图像",
    "How far the painting may leave the panorama. 1 begins anew; 0.6 makes a dusk of a day":
        "绘制可以偏离原全景图的程度。1 表示重新开始；0.6 可将白天变为黄昏",
}
