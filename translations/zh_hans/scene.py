"""What reading the scene and applying a texture say, and what a request must not hold."""

from __future__ import annotations

__all__ = ["TEXTS"]

TEXTS = {
    "The catalogue {path} cannot be written ({reason}): the asset is found under All.":
        "无法写入资产目录文件 {path}（{reason}）：该资产可在“全部”中找到。",
    "{name} has no face attribute {attribute} that is true or false.": "{name} 没有可判真假的面属性 {attribute}。",
    "Its face attributes of that kind: {attributes}.": "它的此类面属性：{attributes}。",
    "The collection {collection} shows no camera.": "集合 {collection} 中没有可见的摄像机。",
    "Add one, unhide one, or leave Camera Collection empty.": "请添加或显示一台摄像机，或将“摄像机集合”留空。",
    # Requests
    "The prompt is empty.": "提示词为空。",
    "Write what the surface shall look like.": "请写出表面应有的样子。",
    "No model is chosen.": "没有选择模型。",
    "Choose mini, or the folder of a diffusers model.": "请选择迷你模型，或一个 diffusers 模型的文件夹。",
    "{field} is {value}: must be from {low} to {high}.": "{field} 的值为 {value}：必须在 {low} 到 {high} 之间。",
    "Choose a value in that range.": "请选择该范围内的值。",
    "{field} is {value}: must be a multiple of {step} from {low} to {high}.":
        "{field} 的值为 {value}：必须是 {step} 的倍数，且在 {low} 到 {high} 之间。",
    "Try {nearest}.": "请试试 {nearest}。",
    "The {field} file {name} is not a plain file name.": "{field} 文件 {name} 不是单纯的文件名。",
    "Paint the object anew, or give it a texture in a UV layer within 0 to 1 (New UV Layer).":
        "请重新绘制该物体，或在 0 到 1 的 UV 层中为其提供纹理（新建 UV 层）。",
    "There is no camera to say what is to be touched up.": "没有摄像机来指明要修饰的部分。",
    "Give at least one camera.": "请至少提供一台摄像机。",
    "{name} shows no texture that could be changed.": "{name} 没有显示可供更改的纹理。",
    "Generate one first, or make an image texture the active node of its active material.":
        "请先生成纹理，或将图像纹理设为其活动材质的活动节点。",
    "The image {image} cannot be changed in place: it is {width} x {height} pixels.":
        "图像 {image} 无法修饰：其尺寸为 {width} x {height} 像素。",
    "Only square images of a multiple of {step} pixels from {low} to {high} can.":
        "只能修饰边长为 {step} 像素的倍数、在 {low} 至 {high} 之间的方形图像。",
    "The image {image} is in the working space {space}, which Vernissage does not read.":
        "图像 {image} 处于工作空间 {space}，Vernissage 无法读取。",
    "Save it as a PNG in sRGB or as an OpenEXR in Linear Rec.709, and load that.":
        "请将其另存为 sRGB 的 PNG 或 Linear Rec.709 的 OpenEXR，再载入该文件。",
    "The image {image} cannot be read: {path} is missing or broken.": "无法读取图像 {image}：{path} 缺失或已损坏。",
    "Find its file again (File > External Data > Find Missing Files).":
        "请重新查找其文件（文件 > 外部数据 > 查找丢失文件）。",
    "The image {image} is in the colour space {space}, in which a painting would look wrong.":
        "图像 {image} 的色彩空间为 {space}，在其中绘制会显得不正确。",
    "Set its colour space to sRGB, if it shows colours.": "如果它显示的是颜色，请将其色彩空间设为 sRGB。",
    "The image {image} is transparent in places, which would be lost.":
        "图像 {image} 有透明之处，修饰会使其丢失。",
    "Give the object a texture without alpha first, or paint it anew.": "请先给物体一个不带 alpha 的纹理，或重新绘制。",
    "The image {image} has UDIM tiles, which cannot be changed in place.": "图像 {image} 有 UDIM 图块，无法就地更改。",
    "{path} could not be written: glTF has no UDIM tiles, and Blender cannot make a material of tile {number}.":
        "无法写入 {path}：glTF 没有 UDIM 图块，而 Blender 无法为图块 {number} 建立材质。",
    "Save a .blend, or lay the UVs out in 9 columns and 10 rows of tiles.":
        "请保存为 .blend，或将 UV 排布在 9 列 10 行的图块之内。",
    "The image {image} has no pixels.": "图像 {image} 没有像素。",
    "Load it again, or choose another one.": "请重新载入，或选择另一张图像。",
    "There is no image {image}.": "没有名为 {image} 的图像。",
    "Choose the mask again.": "请重新选择遮罩。",
    "There is no 3D viewport to look through.": "没有可供观看的 3D 视图。",
    "Press the button in a 3D viewport's sidebar.": "请在 3D 视图的侧栏中按下按钮。",
    "No mask is chosen.": "尚未选择遮罩。",
    "Choose an image that is white where the texture is to change.": "请选择一张在要改变纹理之处为白色的图像。",
    "Name a file in the folder of the request.": "请指定请求所在文件夹中的文件。",

    # Which objects
    "The view layer {layer} shows no camera.": "视图层 {layer} 未显示任何摄像机。",
    "Add one, unhide one, or turn off From Cameras.": "请添加或取消隐藏一台摄像机，或关闭“使用摄像机”。",
    "There is no camera {name}.": "没有名为 {name} 的摄像机。",
    "The cameras of this file: {cameras}.": "此文件中的摄像机：{cameras}。",
    "The camera {name} is not in the view layer {layer}.": "摄像机 {name} 不在视图层 {layer} 中。",
    "The camera {name} is panoramic.": "摄像机 {name} 是全景摄像机。",
    "Choose a perspective or an orthographic one.": "请选择透视或正交摄像机。",
    "There is no object {name}.": "没有名为 {name} 的物体。",
    "Did you mean {close}?": "您是指 {close} 吗？",
    "The meshes of this file: {meshes}.": "此文件中的网格：{meshes}。",
    "Open the file that has it.": "请打开包含它的文件。",
    "The view layer {layer} shows no mesh.": "视图层 {layer} 中没有可见的网格。",
    "Name an object, or unhide one.": "请指定一个物体，或取消某个物体的隐藏。",
    "{name} was deleted while it was being painted.": "{name} 在绘制过程中被删除了。",
    "Undo the deletion, then paint it again.": "请撤销删除，然后重新绘制。",

    # Whether an object can be textured
    "{name} is of type {kind}, not a mesh.": "{name} 的类型为 {kind}，不是网格。",
    "{name} only shows the collection {collection}, without a mesh of its own.":
        "{name} 只是集合 {collection} 的实例，自身没有网格。",
    "Texture the objects of the collection, or use Object > Apply > Make Instances Real.":
        "请为该集合中的物体绘制纹理，或使用“物体 > 应用 > 实例独立化(实现实例)”。",
    "Convert it with Object > Convert > Mesh.": "请用“物体 > 转换 > 网格”进行转换。",
    "Choose a mesh.": "请选择一个网格。",
    "{name} is not in the view layer {layer}.": "{name} 不在视图层 {layer} 中。",
    "Include its collection in the view layer, in the Outliner.": "请在大纲视图中将其所在集合包含进视图层。",
    "{name} is hidden in the viewport.": "{name} 在视图中被隐藏。",
    "Show it and its collections in the Outliner.": "请在大纲视图中显示它及其所在集合。",
    "{name} is in Edit Mode.": "{name} 处于编辑模式。",
    "Leave Edit Mode first.": "请先退出编辑模式。",
    "{name} is in Sculpt Mode.": "{name} 处于雕刻模式。",
    "Leave Sculpt Mode first.": "请先退出雕刻模式。",
    "{name} is linked from {library}.": "{name} 关联自 {library}。",
    "Make it local, or make a library override of it (Object > Relations).":
        "请将其转为本地项，或为其创建库重写（物体 > 关系）。",
    "{name} is a library override that is not editable.": "{name} 是不可编辑的库重写。",
    "Make it editable in the Outliner: Library Override > Make.": "请在大纲视图中使其可编辑：库重写 > 生成。",
    "The mesh of {name} is linked from a library: it cannot get a new UV layer or material slot.":
        "{name} 的网格关联自库：无法为其添加新的 UV 层或材质槽。",
    "Make the object's data local (Object > Relations > Make Local).":
        "请将物体数据转为本地项（物体 > 关系 > 转为本地项）。",
    "{name} has {count} UV layers already, the most that Blender allows.":
        "{name} 已有 {count} 个 UV 层，达到 Blender 的上限。",
    "Remove one in Properties > Data > UV Maps.": "请在“属性 > 数据 > UV 贴图”中移除一个。",
    "{name} has no material slot {slot}: it has {count}.": "{name} 没有材质槽 {slot}：它共有 {count} 个。",
    "Choose a slot that it has, counted from 0.": "请选择已有的材质槽，从 0 开始计数。",
    "{name} shares its mesh with {others}: what is painted on one shows on all. To paint it alone, use Object > "
    "Relations > Make Single User.":
        "{name} 与 {others} 共用同一网格：画在其中一个上的内容会显示在所有物体上。"
        "若要单独绘制，请用“物体 > 关系 > 使其独立化”。",

    # Reading the mesh
    "{name} has no faces.": "{name} 没有面。",
    "Choose an object with faces.": "请选择有面的物体。",
    "The modifiers of {name} leave no faces.": "{name} 的修改器没有留下任何面。",
    "Check its modifiers; geometry nodes need Realize Instances at their end.":
        "请检查其修改器；几何节点末尾需要“实现实例”。",
    "The modifiers of {name} give a different mesh each time.": "{name} 的修改器每次给出的网格都不同。",
    "Apply the modifiers first.": "请先应用修改器。",
    "The modifiers of {name} drop UV layers.": "{name} 的修改器丢弃了 UV 层。",
    "All faces of {name} have an area of zero.": "{name} 的所有面的面积都为零。",
    "Choose an object whose faces can be seen.": "请选择面可见的物体。",
    "The transform of {name} holds numbers that are not finite.": "{name} 的变换中含有非有限的数值。",
    "Clear it with Object > Clear, or mend its constraints and drivers.":
        "请用“物体 > 清空”将其清除，或修正其约束和驱动器。",
    "{name} is scaled to zero along an axis.": "{name} 沿某个轴的缩放为零。",
    "Set a scale other than 0, for the object and its parents.": "请为该物体及其父级设置不为 0 的缩放。",
    "{name} has {count} vertices at places that are not finite.": "{name} 有 {count} 个顶点的位置不是有限数值。",
    "Remove them, or mend the modifier or shape key that makes them.": "请移除它们，或修正产生它们的修改器或形态键。",
    "{name} is too large or too far away: it reaches {reach} m from the origin, the most is {most} m.":
        "{name} 过大或过远：它距原点达 {reach} 米，最多为 {most} 米。",
    "Choose a smaller scale or a nearer place for it, or for its parents.":
        "请为它或其父级选择较小的缩放或较近的位置。",
    "{name} is too small: its size is {size} m, the least is {least} m.":
        "{name} 过小：其尺寸为 {size} 米，最小为 {least} 米。",
    "Choose a larger scale for it, or for its parents.": "请为它或其父级选择较大的缩放。",
    "{name} has no UV layer {layer}.": "{name} 没有名为 {layer} 的 UV 层。",
    "{name} has no UV layer {layer}: it has none.": "{name} 没有名为 {layer} 的 UV 层：它没有任何 UV 层。",
    "Its layers: {layers}.": "它的 UV 层：{layers}。",
    "Leave the layer empty to have one made.": "请将 UV 层留空，以便自动创建。",
    "The modifiers of {name} drop its UV layer {layer}.": "{name} 的修改器丢弃了其 UV 层 {layer}。",
    "Apply the modifiers, then unwrap; or let geometry nodes store the layer again.":
        "请应用修改器后再展开；或让几何节点重新存储该层。",
    "The UV layer {layer} of {name} has {count} coordinates that are not finite.":
        "{name} 的 UV 层 {layer} 有 {count} 个坐标不是有限数值。",
    "Unwrap it again, or have a new UV layer made.": "请重新展开，或新建一个 UV 层。",
    "The UV layer {layer} of {name} lies on one point.": "{name} 的 UV 层 {layer} 全部落在一个点上。",
    "Unwrap it, or have a new UV layer made.": "请将其展开，或新建一个 UV 层。",
    "No face of {name} uses the chosen material slots.": "{name} 没有面使用所选的材质槽。",
    "Choose a slot that faces use.": "请选择有面使用的材质槽。",
    "The modifiers of {name} set the material {materials} themselves: where they do, the texture does not show.":
        "{name} 的修改器自行设置了材质 {materials}：这些部分不会显示纹理。",
    "{name} has no faces of its own to unwrap: its modifiers make them.":
        "{name} 自身没有可展开的面：它的面由修改器生成。",
    "Apply the modifiers, or let them store a UV layer.": "请应用修改器，或让修改器存储一个 UV 层。",
    "The unwrap came out empty.": "展开的结果为空。",
    "Unwrap the object by hand.": "请手动展开该物体。",
    "The mesh cannot be written to {folder}: {reason}.": "无法将网格写入 {folder}：{reason}。",
    "Free space there, or choose another folder in the preferences.": "请释放该处的空间，或在偏好设置中另选文件夹。",

    # Applying the texture
    "{name} is in Edit Mode, where it cannot get its UV layer.": "{name} 处于编辑模式，无法获得 UV 层。",
    "Leave Edit Mode, then apply the texture again.": "请退出编辑模式，然后重新应用纹理。",
    "The mesh of {name} was changed while it was being painted.": "{name} 的网格在绘制过程中被更改。",
    "Paint it again.": "请重新绘制。",
    "The UV layer {layer} of {name} was removed while it was being painted.":
        "{name} 的 UV 层 {layer} 在绘制过程中被移除。",
    "Undo that, or paint the object again.": "请撤销该操作，或重新绘制该物体。",
    "The file has never been saved, so the texture is packed into it instead of saved beside it.":
        "文件从未保存过，因此纹理打包进文件，而没有存于文件旁。",
    "The picture {path} is not a whole {kind} file.": "图像 {path} 不是完整的 {kind} 文件。",
    "Paint the object again.": "请重新绘制该物体。",
    "The picture {path} cannot be read: {reason}.": "无法读取图像 {path}：{reason}。",
    "The texture cannot be saved in {folder}: {reason}.": "无法将纹理保存到 {folder}：{reason}。",
    "Free space there, or have textures packed, in the preferences.": "请释放该处的空间，或在偏好设置中选择打包纹理。",
    "The finished texture lies in {path}.": "完成的纹理位于 {path}。",
}
