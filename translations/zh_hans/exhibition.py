"""What is said about exhibitions and their plans."""

from __future__ import annotations

__all__ = ["TEXTS"]

TEXTS = {
    "Reading the works": "正在读取作品",
    "Choosing the rooms": "正在划分展厅",
    "Hanging the works": "正在布置作品",
    "Drawing the plan": "正在绘制平面图",
    # works
    "There are no works to exhibit.": "没有可以展出的作品。",
    "Choose a folder with pictures, films or GLB files.": "请选择包含图片、影片或 GLB 文件的文件夹。",
    "The works {path} are not there.": "找不到作品 {path}。",
    "The path {path} is not absolute.": "路径 {path} 不是绝对路径。",
    "{name} is no picture, film or GLB file.": "{name} 不是图片、影片或 GLB 文件。",
    "{name} is a {kind} picture, which an exhibition does not show.": "{name} 是 {kind} 图片，展览无法展示。",
    "Save a still picture as PNG, what moves as MP4, and a sculpture as GLB.":
        "请将静止图片另存为 PNG，活动影像另存为 MP4，雕塑另存为 GLB。",
    "The name of {name} is not valid UTF-8 text.": "{name} 的名称不是有效的 UTF-8 文本。",
    "Rename it.": "请重命名。",
    "{name} is no film that can be read.": "{name} 不是可以读取的影片。",
    "{name} is {width} × {height} m: no wall is larger than {most} × {high} m.":
        "{name} 为 {width} × {height} m：没有墙面大于 {most} × {high} m。",
    "Give it a smaller width_cm and height_cm in the sidecar.": "请在附表中为其填写较小的 width_cm 与 height_cm。",
    "{name} is not a GLB file that can be read: it is no glTF 2.0 in one file.":
        "{name} 不是可读取的 GLB 文件：不是单个文件的 glTF 2.0。",
    "Export it again, as GLB.": "请重新导出为 GLB。",
    "{name} is not a GLB file that can be read: it is empty or ends in the middle.":
        "{name} 不是可读取的 GLB 文件：文件为空或不完整。",
    "{name} shows nothing: it has no faces.": "{name} 不显示任何内容：没有面。",
    "Export it again, with its meshes.": "请连同网格重新导出。",
    "{name} is not a GLB file that can be read: {reason}.": "{name} 不是可以读取的 GLB 文件：{reason}。",
    "Export it again.": "请重新导出。",
    "{name} has too many pixels: at most {most} megapixels can be shown.":
        "{name} 的像素过多：最多可显示 {most} 百万像素。",
    "Scale it down.": "请将其缩小。",
    "{name} is one work too many: the most is {most}.": "{name} 超出了作品数量上限：最多 {most} 件。",
    "Make two exhibitions.": "请分成两个展览。",
    "{name} is {size} m long in its file: it is shown at {shown} m. Give its height_cm in the sidecar.":
        "{name} 在其文件中长 {size} m：现以 {shown} m 展示。请在附表中填写其 height_cm。",
    "{name} has {width} × {height} pixels, which are stretched to {wide} × {high} cm. Correct its size in the sidecar, "
    "or crop the picture.":
        "{name} 为 {width} × {height} 像素，将被拉伸为 {wide} × {high} cm。请更正附表中的尺寸，或裁剪图片。",
    # sidecar
    "The sidecar gives {name} the {column} {value}, which is no length in centimetres: it is not used.":
        "附表为 {name} 填写的 {column} 为 {value}，不是以厘米为单位的长度：未使用。",
    "The sidecar gives {name} the {column} {value}, which may be {whole} or {part} cm: it is not used. Write {whole} "
    "or {part}.":
        "附表为 {name} 填写的 {column} 为 {value}，可能是 {whole} 或 {part} 厘米：未使用。"
        "请写成 {whole} 或 {part}。",
    "The sidecar {name} is no list of works.": "附表 {name} 不是作品列表。",
    "Write a list of objects, each with the name of its file as “file”.":
        "请写成对象列表，每个对象以“file”给出其文件名。",
    "The sidecar {name} is not UTF-8 text.": "附表 {name} 不是 UTF-8 文本。",
    "Save it as UTF-8.": "请另存为 UTF-8。",
    "Of the sidecar these columns are not used: {columns}. Known are {known}.":
        "附表中以下列未使用：{columns}。可用的列为 {known}。",
    "The sidecar {name} has no column “file”.": "附表 {name} 没有“file”列。",
    "Give it one, with the name of each work's file.": "请添加该列，写入每件作品的文件名。",
    "The sidecar {name} cannot be read: {reason}.": "无法读取附表 {name}：{reason}。",
    "Correct it, or leave it out.": "请更正，或不使用附表。",
    "Line {line} of the sidecar {name} has a quote before “{words}” that is not closed.":
        "附表 {name} 第 {line} 行在“{words}”之前有未闭合的引号。",
    "Close it, or take it out.": "请闭合引号，或将其删除。",
    "Line {line} of the sidecar {name} is not used: its quote before “{words}” is not closed. Close it, or take it "
    "out.": "附表 {name} 第 {line} 行未使用：“{words}”之前的引号未闭合。请闭合引号，或将其删除。",
    "The sidecar gives {name} more than one value as {column}, none of which is used. Write one text or number there.":
        "附表为 {name} 的 {column} 填写了多个值，均未使用。请填写一段文字或一个数字。",
    "Entry {number} of the sidecar names no file and is not used.": "附表第 {number} 项未给出文件名，未使用。",
    "Number of works of which visitors who cannot see them hear nothing but the title: {count}, the first of them "
    "{name}. Tell in the column “alt” what they show.":
        "看不见作品的参观者只能听到标题的作品数：{count}，其中第一件为 {name}。请在“alt”一列说明画面内容。",
    "The sidecar has more cells for {name} than it has columns, so that some may be taken for others. Put what has a "
    "comma in it into quotes.":
        "附表中 {name} 的单元格多于列数，有些内容可能错位。请将含逗号的内容放在引号中。",
    "The sidecar tells of {name} twice: the first counts.": "附表中 {name} 出现两次：以第一次为准。",
    "The sidecar tells of works that are not there: {count}, the first of them {name}.":
        "附表中有 {count} 件作品不存在，其中第一件为 {name}。",
    "Pictures of earlier briefs do not hang: {count}, the first of them {name}. To hang them, name their files among "
    "the works.":
        "为先前的策展说明绘制的 {count} 幅图片未展出，其中第一幅为 {name}。如需展出，请在作品中列出其文件。",
    # a plan that is read
    "The plan cannot be read: {reason}.": "无法读取展览方案：{reason}。",
    "The plan cannot be read: {field} is not known.": "无法读取展览方案：{field} 不是已知的字段。",
    "The plan cannot be read: {field} is missing.": "无法读取展览方案：缺少 {field}。",
    "The plan cannot be read: {field} is {value}, and must be one of {allowed}.":
        "无法读取展览方案：{field} 是 {value}，须为以下之一：{allowed}。",
    "The plan cannot be read: {field} must be a number, and {value} is no number of metres.":
        "无法读取展览方案：{field} 须为数字，而 {value} 不是以米计的数值。",
    "The plan cannot be read: {field} is {value}, and must be a number.":
        "无法读取展览方案：{field} 是 {value}，须为数字。",
    "The plan cannot be read: {field} is {value}, and must be a whole number.":
        "无法读取展览方案：{field} 是 {value}，须为整数。",
    "The plan cannot be read: {field} is {value}, and must be a text in quotation marks.":
        "无法读取展览方案：{field} 是 {value}，须为引号中的文字。",
    "The plan cannot be read: {field} is {value}, and must be true or false.":
        "无法读取展览方案：{field} 是 {value}，须为 true 或 false。",
    "The plan cannot be read: {field} is {value}, and must be a list in square brackets.":
        "无法读取展览方案：{field} 是 {value}，须为方括号中的列表。",
    "The plan cannot be read: {field} is {value}, and must be fields in braces.":
        "无法读取展览方案：{field} 是 {value}，须为花括号中的字段。",
    "Undo the last change to the plan, or make it anew.": "请撤销对方案的最后一次修改，或重新生成。",
    "The plan is not a JSON object.": "展览方案不是 JSON 对象。",
    "The plan is of version {theirs}, this is {ours}.": "展览方案的版本为 {theirs}，此处为 {ours}。",
    "Make the plan anew.": "请重新生成方案。",
    "The plan has no rooms.": "展览方案没有展厅。",
    "Room {room} is {width} × {depth} × {height} m: each must be from 1 to 1000 m.":
        "展厅 {room} 为 {width} × {depth} × {height} m：每边须在 1 至 1000 m 之间。",
    "Give it a size in that range.": "请填写该范围内的尺寸。",
    "Work {work} is {width} × {height} × {depth} m: each must be from 0.001 to 100 m.":
        "作品 {work} 为 {width} × {height} × {depth} m：每边须在 0.001 至 100 m 之间。",
    "Give it its real size.": "请填写其真实尺寸。",
    "{count} have the ID {name}.": "有 {count} 项的 ID 为 {name}。",
    "Give each another.": "请为每项使用不同的 ID。",
    "There is no room {room}, which {name} names.": "{name} 所指的展厅 {room} 不存在。",
    "Name a room of the plan: {rooms}.": "请使用方案中的展厅：{rooms}。",
    # what of a plan cannot be so
    "The file of {name} cannot be shown: {reason} Correct its “file”.":
        "无法显示 {name} 的文件：{reason} 请更正其“file”。",
    "No door leads out of doors. Add one whose “to” is empty.": "没有通向室外的门。请添加一扇“to”为空的门。",
    "The door from {room} to {to} is {width} × {height} m: it must be at least {least} × {high} m.":
        "从 {room} 到 {to} 的门为 {width} × {height} m：至少须为 {least} × {high} m。",
    "The door from {room} to {to} is not within the {wall} wall of {where}. Move it along the wall.":
        "从 {room} 到 {to} 的门不在 {where} 的 {wall} 墙之内。请沿墙移动。",
    "The door from {room} to {to} does not meet that room's wall. Set the rooms {wall_m} m apart.":
        "从 {room} 到 {to} 的门未与对面展厅的墙相接。请使两个展厅相距 {wall_m} m。",
    "No door leads to {room} from a room before it. Add one, or order the rooms as they are visited.":
        "没有门从前面的展厅通向 {room}。请添加一扇门，或按参观顺序排列展厅。",
    "{one} and {other} are less than a wall apart. Move one of them.":
        "{one} 与 {other} 之间不足一道墙的距离。请移动其中之一。",
    "{room} has {count} focal works. Leave is_focal to one of them.":
        "{room} 有 {count} 件焦点作品。请只保留一件的 is_focal。",
    "{name} is the focal work of {room}, but is not seen from its entrance. Hang it opposite the entrance.":
        "{name} 是 {room} 的焦点作品，但从入口看不到。请将其挂在入口对面。",
    "{name} hangs on the {wall} wall of {room}, which is of glass. Hang it on another.":
        "{name} 挂在 {room} 的 {wall} 墙上，而该墙是玻璃墙。请挂到其他墙上。",
    "{name} reaches beyond the {wall} wall of {room}, which is {length} m long. Change its along_m.":
        "{name} 超出了 {room} 的 {wall} 墙，该墙长 {length} m。请修改其 along_m。",
    "{name} reaches into the floor or the ceiling of {room}, which is {height} m high. Change its centre_m.":
        "{name} 伸入了 {room} 的地面或天花板，该展厅高 {height} m。请修改其 centre_m。",
    "{name} reaches into the floor or the ceiling of {room}, which is {height} m high. Change its plinth_m.":
        "{name} 伸入了 {room} 的地面或天花板，该展厅高 {height} m。请修改其 plinth_m。",
    "{name} can be seen from {depth} m at most: it wants {least} m. Hang it in a larger room.":
        "{name} 最远只能从 {depth} m 处观看：它需要 {least} m。请挂到更大的展厅。",
    "{name} hangs across a door of {room}. Change its along_m.": "{name} 挡住了 {room} 的一扇门。请修改其 along_m。",
    "{one} and {other} overlap on the {wall} wall of {room}. Change the along_m of one.":
        "{one} 与 {other} 在 {room} 的 {wall} 墙上重叠。请修改其中之一的 along_m。",
    "{name} does not stand within {room}. Change its x_m and y_m.": "{name} 不在 {room} 之内。请修改其 x_m 与 y_m。",
    "{name} stands before a door of {room}. Change its x_m and y_m.":
        "{name} 立在 {room} 的一扇门前。请修改其 x_m 与 y_m。",
    "{one} and {other} stand in each other in {room}. Move one of them.":
        "{one} 与 {other} 在 {room} 中相互重叠。请移动其中之一。",
    "Nobody gets into {room}. Add a door, or clear the way to it.": "无法进入 {room}。请添加一扇门，或清出通道。",
    "Nobody can stand where {name} is to be looked at from. Move it, or what stands in the way.":
        "观看 {name} 的位置无法站人。请移动它，或移开挡路之物。",
    # an exhibition that is built
    "{name} cannot be read as a picture.": "无法将 {name} 作为图片读取。",
    "There is no tour to be filmed.": "没有可以拍摄的导览。",
    "Hang works, or build the exhibition anew.": "请挂上作品，或重新建造展览。",
    "The light on {name} differs by {percent} % from its mean: no track is far enough away. Give its room a higher "
    "ceiling.":
        "{name} 上的照度与平均值相差 {percent} %：没有足够远的轨道。请为其展厅设置更高的天花板。",
    "{name} is a film that browsers do not play: the page shows a still of it. Save it as an MP4 of H.264, or as WebM.":
        "浏览器无法播放影片 {name}：网页上显示其静帧。请将其另存为 H.264 的 MP4 或 WebM。",
    "What was built is the plan that was there: the panel says otherwise. Press Plan Exhibition to plan anew; this "
    "plan is kept under another name.":
        "所建的是已有的方案，与面板上的设置不同。按“规划展览”可重新规划；现有方案会以另一个名称保留。",
    "No light comes into {room}: the page shows it in plain light.": "没有光照进{room}：页面以均匀的光显示它。",
    "No wall of {room} has room for its text, which only the page shows.":
        "{room} 没有墙面可放其介绍文字，文字仅显示在网页上。",
    "There is a text for the room {title}, but no room of that title.":
        "有展厅“{title}”的介绍文字，但没有以此为名的展厅。",
    "Number of works that visitors cannot come to, because of what was moved or added: {count}, the first of them "
    "{name}. Leave a way of 1.5 m to it.":
        "由于移动或添加的物体，参观者无法到达的作品数量：{count}，第一件为 {name}。请留出 1.5 m 宽的通道。",
    "Number of objects that the page cannot show, because no mesh can be made of them: {count}, the first of them "
    "{name}. They are in renders.":
        "由于无法转换为网格而不能在网页上显示的物体数量：{count}，第一个为 {name}。它们会出现在渲染中。",
    "Number of works that show their new picture, or have their new size, where you have put them: {count}, the first "
    "of them {name}.":
        "在您所放之处显示新画面或采用新尺寸的作品数量：{count}，第一件为 {name}。",
    "{name} still shows its old picture, or has its old size: it was changed by hand, or its new file cannot be "
    "read. Put the new picture into its material.":
        "{name} 仍显示旧画面或保持旧尺寸：它已被手动更改，或其新文件无法读取。请将新画面放入其材质中。",
    "There is no room for the labels of {count} works, the first of them {name}. Hang them further apart, or put them "
    "on higher plinths.":
        "有 {count} 件作品的标签没有位置可放，第一件是 {name}。请将它们挂得更开，或使用更高的展台。",
    "{count} objects that you have changed or deleted are kept, though the plan has changed.":
        "您更改或删除过的 {count} 个物体予以保留，尽管方案已改变。",
    "The material in {folder} cannot be read, and the architecture's own is there in its place: {reason}":
        "无法读取 {folder} 中的材质，已改用建筑自带的材质：{reason}",
    "The panorama outside cannot be read, and a plain sky is there in its place: {reason}":
        "无法读取室外的全景图，已改用单色天空：{reason}",
    "The plan has changed since the exhibition was built.": "展览搭建之后方案已改变。",
    "Build the exhibition again.": "请重新搭建展览。",
    "{name} lies in the page's folder, and could be written over.": "{name} 位于网页文件夹中，可能会被覆盖。",
    "Choose another folder for the page.": "请为网页选择其他文件夹。",
    "What you have told of works is of the plan in {folder}.": "您填写的作品说明属于 {folder} 中的方案。",
    "Choose that Plan Folder, or press Read Plan.": "请选择该方案文件夹，或点击“读取方案”。",
    "What lies outside is not shown, because the scene has a World of its own. Build in an empty scene, or add the "
    "panorama with the World panel.":
        "室外景象未显示，因为场景有自己的世界。请在空场景中搭建，或用“世界”面板添加全景图。",
    "{path} could not be written.": "无法写入 {path}。",
    "Name another folder, or make room on the disk.": "请指定其他文件夹，或腾出磁盘空间。",
    # visits
    "There are no visits.": "没有参观数据。",
    "Choose the files that visitors saved, or a folder with them.": "请选择参观者保存的文件，或包含这些文件的文件夹。",
    "There is no file {path}.": "没有文件 {path}。",
    "{name} is not a visit that the exhibition's page saved.": "{name} 不是展览页面保存的参观数据。",
    "Leave it out.": "请将其排除。",
    "{name} is a visit that is empty: it tells of no work.": "{name} 是空的参观数据：其中没有任何作品。",
    "None of these files is a visit to count. Without any work: {empty}. Of another exhibition: {others}. Not saved by "
    "the exhibition's page, or not to be read: {unread}.":
        "这些文件均非可计入的参观数据。没有任何作品：{empty}。属于另一个展览：{others}。"
        "并非展览页面所保存或无法读取：{unread}。",
    "{name} is a visit of another exhibition: most of its works are not in the plan.":
        "{name} 是另一个展览的参观数据：其中大多数作品不在此方案中。",
    "Number of works that came after all visits, of which nothing is told: {count}.":
        "在所有参观之后才加入、因此没有数据的作品数：{count}。",
    "Number of works whose pictures cannot be read, so that their styles are not known: {count}.":
        "图片无法读取、因此风格未知的作品数：{count}。",
    "Nothing is foretold of unseen works: that takes at least {least} works with pictures that are not looked at all "
    "alike.": "未对未展出的作品作预测：至少需要 {least} 件有图片且观看时间不尽相同的作品。",
    "Leave it out, or choose that one's plan.": "请将其排除，或选择该展览的方案。",
    "Styles do not tell how long these works are looked at, so nothing is foretold of unseen ones.":
        "风格无法说明这些作品被观看多久，因此不对未展出的作品作预测。",
    "Number of files that are copies of other visits, or later ones of the same visit, and count with them once: "
    "{count}.": "与其他参观重复或属于同一次参观、合并计为一次的文件数：{count}。",
    "The language {language} is no language tag.": "语言 {language} 不是语言标签。",
    "Write one as BCP 47 has it, such as en, pt-BR or zh-Hans.": "请按 BCP 47 填写，例如 en、pt-BR 或 zh-Hans。",
    "The language of {name} is said to be {language}, which is no language tag: it is not used. Write one as BCP 47 "
    "has it, such as en, pt-BR or zh-Hans.":
        "{name} 的语言写作 {language}，这不是语言标签，未予采用。请按 BCP 47 填写，例如 en、pt-BR 或 zh-Hans。",
    "Number of visits: {count}. With fewer than {few}, the intervals are narrower than they should be.":
        "参观次数：{count}。少于 {few} 次时，区间会比应有的更窄。",
}
