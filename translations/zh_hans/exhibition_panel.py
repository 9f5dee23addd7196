"""What the Exhibition panel says."""

from __future__ import annotations

__all__ = ["TEXTS"]

TEXTS = {
    "Exhibition": "展览",
    "Plan Exhibition": "规划展览",
    "Build Exhibition": "搭建展览",
    "Plan rooms for the works and where each hangs or stands, as exhibition.json, which can be edited, "
    "and as an image. A plan that is there is kept under another name":
        "为作品规划展厅以及悬挂或摆放的位置，写成可编辑的 exhibition.json 和一张图像。已有的方案会改名保留",
    "Build the rooms of the plan, with the works, their frames, labels and light, in a collection of this"
    " scene. Without a plan one is made first. An exhibition that is there is brought up to date, and "
    "what you have changed of it stays":
        "按方案在此场景的一个集合中搭建展厅，包括作品、画框、标签与灯光。没有方案时先制作方案。已有的展览会更新，"
        "您改动过的部分保持不变",
    "Write Page": "写出网页",
    "Write the exhibition as a page that any web host serves, into “web” in the plan's folder, as it is in"
    " this scene. The light of its rooms is baked beside you, by another Blender":
        "将此场景中的展览写成任何网站主机都能提供的网页，存入方案文件夹中的“web”。展厅灯光由另一个 Blender 在旁烘焙",
    "Build the exhibition first": "请先搭建展览",
    "The page is in {folder}": "网页位于 {folder}",
    "Light": "灯光",
    "How much work goes into the light of the page's rooms, which Cycles bakes with the lamps and all else"
    " as they are in the scene":
        "为网页展厅的灯光花费多少计算；由 Cycles 按场景中的灯具等现状烘焙",
    "Off": "关",
    "Plain light, at once": "均匀的光，立即完成",
    "Draft": "草稿",
    "To see whether all is right: half a minute of one core a room": "用于检查是否一切无误：每厅约半分钟（单核）",
    "Good": "良好",
    "For visitors: about two minutes of one core a room": "供访客观看：每厅约两分钟（单核）",
    "Best": "最佳",
    "Finer shadows, no noise: many minutes a room": "阴影更细致，没有噪点：每厅需要许多分钟",
    "{name} is not in the plan's folder.": "方案文件夹中没有 {name}。",
    "Choose the Plan Folder that the exhibition was built from.": "请选择搭建展览所用的方案文件夹。",
    "This Blender has no program that could bake beside it.": "此 Blender 没有可在旁烘焙的程序。",
    "Use the command line: exhibition --web.": "请使用命令行：exhibition --web。",
    "The page could not be written: {reason}": "网页无法写出：{reason}",
    "Plan Exhibition {name}": "规划展览 {name}",
    "Build Exhibition {name}": "搭建展览 {name}",
    "Works: {works}, rooms: {rooms}, floor: {floor} m²": "{works} 件作品，{rooms} 间展厅，{floor} m²",
    "Works": "作品",
    "Title": "标题",
    "Date": "日期",
    "Folder with pictures, films and GLB sculptures; those in folders within it count, too. A works.csv "
    "in it may tell their titles, artists, sizes and rooms":
        "包含图片、影片和 GLB 雕塑的文件夹；其子文件夹中的也算在内。其中的 works.csv 可说明标题、艺术家、尺寸和展"
        "厅",
    "Images of This File": "本文件的图像",
    "Hang the pictures that Vernissage has painted or stylised in this file, and the panoramas of its "
    "Worlds, too. They are written into “works” in the plan's folder":
        "同时展出 Vernissage 在本文件中绘制或风格化的图像，以及其世界的全景图。它们会写入方案文件夹中的“works”",
    "Selected Objects": "选中的物体",
    "Show the selected mesh objects, too, as sculptures in their real size. They are written into "
    "“works” in the plan's folder":
        "同时将选中的网格物体作为雕塑按真实尺寸展出。它们会写入方案文件夹中的“works”",
    "Plan Folder": "方案文件夹",
    "Folder for exhibition.json, which can be edited, and plan.png, which shows it":
        "存放可编辑的 exhibition.json 以及展示它的 plan.png 的文件夹",
    "What visitors read of the exhibition, on a wall of its first room and on the page":
        "参观者读到的展览介绍，写在第一个展厅的墙上和页面上",
    "Of the exhibition, on its poster and over its plan": "展览的标题，显示在海报上和平面图上方",
    "Rooms": "展厅",
    "What decides on the room of a work": "由什么决定作品所在的展厅",
    "Automatic": "自动",
    "By hand where works.csv names rooms, by theme where it names themes, else by style":
        "works.csv 写明展厅时按其指定，写明主题时按主题，否则按风格",
    "By Hand": "手动指定",
    "As the column “room” of works.csv says": "按 works.csv 的“room”一列",
    "Theme": "主题",
    "As the column “theme” of works.csv says": "按 works.csv 的“theme”一列",
    "Works that are alike share a room": "相似的作品同处一室",
    "From the oldest to the newest": "从最早到最新",
    "Architecture": "建筑",
    "What rooms, doors and light are like": "展厅、门和灯光的样式",
    "White Cube": "白盒子",
    "White walls, a light floor, even light": "白墙、浅色地面、均匀的光",
    "Enfilade": "串联厅",
    "Rooms with doors in one line, painted walls and skirting, parquet":
        "门在一条直线上的展厅，涂色墙面与踢脚线，木地板",
    "Black Box": "黑盒子",
    "Dark rooms, light on the works alone": "暗室，光只照在作品上",
    "Brutalist": "粗野主义",
    "High halls of concrete": "高大的混凝土厅",
    "Pavilion": "亭阁",
    "Walls of glass, in the open": "玻璃墙，位于户外",
    "Works per Room": "每厅作品数",
    "How many works a room has about; rooms that are chosen by hand have theirs":
        "每间展厅大约有多少作品；手动指定的展厅以其为准",
    "The same seed gives the same plan": "相同的种子得到相同的方案",
    "The plan's folder is beside a file that has never been saved.": "方案的文件夹位于从未保存过的文件旁。",
    "Save the file, or choose another folder.": "请保存文件，或选择其他文件夹。",
    "What was there is kept as {name}.": "原有的文件保留为 {name}。",
    "{path} is there, and of no page that Vernissage wrote.": "{path} 已存在，且不属于 Vernissage 写出的网页。",
    "Move it, or choose another folder for the page.": "请移走它，或为网页选择其他文件夹。",
    "The page shows nothing of {name}: {file} is not there, or cannot be read. Put another copy there.":
        "网页上看不到{name}：{file} 不存在或无法读取。请在那里放一份副本。",
    "Edit exhibition.json, or plan anew.": "请编辑 exhibition.json，或重新规划。",
    "There is no folder for the plan.": "没有存放方案的文件夹。",
    "Choose a Plan Folder.": "请选择方案文件夹。",
    "The plan's folder is within the works: its picture would hang among them.":
        "方案文件夹位于作品之中：其图片会与作品一同展出。",
    "Choose a Plan Folder outside of the works.": "请在作品之外选择方案文件夹。",
    "The light is that of a museum, made for an exposure of {stops}: set it in the scene's Color "
    "Management, or build in an empty scene.":
        "灯光按博物馆设置，适合 {stops} 的曝光：请在场景的色彩管理中设置，或在空场景中搭建。",
    # the works of an exhibition, as an artist tells of them
    "Read Plan": "读取方案",
    "List the works of the plan that is in Plan Folder, as it tells of them. What you have changed in the list, and "
    "not built yet, is lost": "列出“方案文件夹”中方案的作品及其说明。您在列表中更改但尚未搭建的内容将丢失",
    "{height} cm high": "高 {height} 厘米",
    "ID": "标识",
    "What the plan names it by": "方案中使用的名称",
    "The work's file, as the plan names it": "作品的文件，与方案中的写法一致",
    "As Planned": "方案所述",
    "What the plan tells of it, as JSON": "方案对它的说明，JSON 格式",
    "What of that was told in the list, as JSON": "其中在列表中填写的内容，JSON 格式",
    "Ratio": "比例",
    "Of its height to its width": "高与宽之比",
    "What it is": "它是什么",
    "Of the work, on its label and in the list of works": "作品标题，用于展签和作品列表",
    "Artist": "作者",
    "Who made it": "创作者",
    "Year": "年份",
    "When it was made, as the label says it": "创作时间，与展签上的写法一致",
    "Medium": "材质",
    "What it is made of, for example \"oil on canvas\"": "所用材料，例如“布面油画”",
    "Width (cm)": "宽度（厘米）",
    "Real width in centimetres. The height follows, as the picture has it":
        "真实宽度，单位厘米。高度按图片比例随之变化",
    "Text": "文字",
    "What the label says of it below the title": "展签标题下方的说明文字",
    "Description": "描述",
    "What it shows, for visitors who cannot see it. A screen reader on the page reads it out":
        "画面内容，供看不见的访客了解。网页上的屏幕阅读器会朗读它",
    "Rights": "权利",
    "Who may do what with it, for example \"CC0\"": "谁可以如何使用它，例如“CC0”",
    "Provenance": "来源",
    "Where it comes from, and who had it before": "它来自何处，曾由谁收藏",
    "It hangs": "悬挂展示",
    "It is shown on a screen": "在屏幕上播放",
    "Sculpture": "雕塑",
    "It stands on a plinth": "立于展台上",
    "Folder of the List": "列表的文件夹",
    "Plan Folder of the plan whose works are listed": "所列作品的方案所在的文件夹",
    "Works of the Plan": "方案中的作品",
    "What labels and the page tell of each work. Build Exhibition writes it into the plan":
        "展签和网页对每件作品的说明。“搭建展览”会将其写入方案",
    "Work": "作品",
    "The one that is shown below": "下方显示的作品",
}
