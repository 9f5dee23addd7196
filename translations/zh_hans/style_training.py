"""What is said about training a style."""

from __future__ import annotations

__all__ = ["TEXTS"]

TEXTS = {
    "Number of styles: {count}; of names: {names}.": "风格数：{count}；名称数：{names}。",
    "Give each a name, or none.": "请为每个都命名，或都不命名。",
    # Panel
    "Train Style": "训练风格",
    "Train": "训练",
    "Go On": "继续",
    "Use": "使用",
    "Use Trained Style": "使用训练所得的风格",
    "Trained Styles": "训练所得的风格",
    "None yet: train one below": "尚无：请在下方训练一个",
    "Learn the style of the images and files of the list, or of the image that this editor shows: one is enough. Takes "
    "about ten minutes on two cores; what is learnt is then used like the numbered styles":
        "学习列表中图像和文件的风格，或此编辑器所显示图像的风格：一张即可。在双核上约需十分钟；"
        "所学的风格随后可像带编号的风格一样使用",
    "Go on with the last training, as if it had not been stopped, up to the rounds and with the patience of this "
    "panel; all else stays as it was begun":
        "继续上一次训练，如同从未停止，直到此面板中的轮数，并采用其中的耐心；其余设置保持开始时的样子",
    "Take a style that was trained here, or that comes with Vernissage, with the instant method":
        "采用在此训练的或 Vernissage 自带的风格，并使用即时方法",
    "woodcut": "木刻",
    "stained glass": "彩色玻璃",
    "ink wash": "水墨",
    "watercolour": "水彩",
    "pointillism": "点彩",
    "mosaic": "马赛克",
    "charcoal": "炭笔",
    "impressionism": "印象派",
    "tapestry": "挂毯",
    "cubism": "立体派",
    "batik": "蜡染",
    "crayon": "蜡笔",
    "Its name in the list of styles that were trained here": "它在此处所训练风格的列表中的名称",
    "Add": "添加",
    "Add it to the list of styles, rather than put it in place of the active one":
        "添加到风格列表，而不是替换当前的风格",
    "There is no picture to learn a style from.": "没有可供学习风格的图片。",
    "Add an image or a file to the list of styles, or show one in this editor.":
        "请在风格列表中添加图像或文件，或在此编辑器中显示一张。",
    "There is no training to go on with.": "没有可以继续的训练。",
    "Begin one.": "请开始一次训练。",
    "{path} holds no training that can be gone on with.": "{path} 中没有可以继续的训练。",
    "Choose the folder of one, or begin a training.": "请选择训练所在的文件夹，或开始一次训练。",
    "No folder is chosen to learn on.": "未选择用于练习的文件夹。",
    "Choose one, or learn on drawn pictures.": "请选择一个，或用绘制的图片练习。",
    "There is a style {name} already.": "已有名为 {name} 的风格。",
    "Choose another name, or remove {path}.": "请选择其他名称，或删除 {path}。",
    "What was learnt until then is kept in {path}, and can be gone on with.":
        "此前所学已保存在 {path}，可以由此继续。",
    "Learns from {count} pictures of the list above": "从上方列表中的 {count} 张图片学习",
    "Learns from {name}, which this editor shows": "从此编辑器显示的 {name} 学习",
    "Add the picture to learn from to the list above, or show it here": "请将要学习的图片添加到上方列表，或在此显示",
    "Held out, at step {step}: {score}, best {best} (style {style}, content {content}; less is better)":
        "留出测试，第 {step} 步：{score}，最佳 {best}（风格 {style}，内容 {content}；越小越好）",
    "Losses: style {adversarial}, content {content}, identity {identity}, discriminator {discriminator}":
        "损失：风格 {adversarial}，内容 {content}，恒等 {identity}，判别器 {discriminator}",
    "{step} steps, {time}: from {before} to {after} (less is better)":
        "{step} 步，用时 {time}：从 {before} 到 {after}（越小越好）",
    # Properties of the scene
    "Style Name": "风格名称",
    "What the style will be called in the list. Empty takes the name of its first picture":
        "风格在列表中的名称。留空则取其第一张图片的名称",
    "Learn On": "练习图片",
    "The pictures that the style is practised on. The style comes from the pictures of the list of styles, not from "
    "these":
        "用来练习该风格的图片。风格取自风格列表中的图片，而不是这些图片",
    "Drawn": "绘制",
    "Pictures of bodies in light that Vernissage draws: no pictures of your own are needed":
        "由 Vernissage 绘制的光照物体图片：无需自备图片",
    "Renders": "渲染图",
    "What lies in the folder that the scene renders into: the style is then at its best on pictures like these":
        "场景渲染输出文件夹中的内容：风格在类似的图片上效果最好",
    "A folder with many pictures, such as photographs": "包含许多图片（例如照片）的文件夹",
    "Folder with pictures to practise on; those in folders within it count, too":
        "用于练习的图片所在的文件夹；其子文件夹中的也算在内",
    "Rounds": "轮数",
    "Training steps at most. More come nearer to the style; with Patience it ends before, once nothing gets better":
        "训练步数的上限。越多越接近风格；设有耐心时，不再改善就会提前结束",
    "Size": "尺寸",
    "Shorter side that all pictures are scaled to. Strokes come out as large against the picture as they are in the "
    "style, in pictures of about this size":
        "所有图片缩放到的短边长度。在约为此尺寸的图片中，笔触相对于画面的大小与风格图片中一致",
    "Crop": "裁剪",
    "Side of the crops that are learnt from, a multiple of 16. Larger ones show larger forms of the style, and take "
    "longer":
        "用于学习的裁剪块边长，须为 16 的倍数。较大的裁剪块能呈现风格中较大的形状，用时更长",
    "Batch": "批量",
    "Crops in each step. More make each step steadier, and longer": "每一步的裁剪块数。越多每步越稳定，也越慢",
    "Optimiser": "优化器",
    "How both networks follow what they are told": "两个网络如何依照反馈调整",
    "Adam": "Adam",
    "Each weight has a pace of its own: learns fast with the given rates": "每个权重有各自的步调：以默认学习率学得很快",
    "SGD": "SGD",
    "Plain descent with momentum: slower, and wants rates of its own": "带动量的普通梯度下降：较慢，需要另设学习率",
    "Rate": "学习率",
    "How fast the painting network learns. Too fast breaks down, too slow comes to nothing":
        "绘画网络的学习速度。过快会发散，过慢则一无所获",
    "Discriminator Rate": "判别器学习率",
    "How fast the network learns that tells the paintings from the style": "区分画作与风格的网络的学习速度",
    "Style Weight": "风格权重",
    "How much it counts to be taken for the style": "被当作该风格的重要程度",
    "How much it counts to keep what a picture shows. More keeps it more legible":
        "保留画面内容的重要程度。越大画面越清晰可辨",
    "Identity Weight": "恒等权重",
    "How much it counts to leave the style's own pictures as they are: it holds the colours":
        "使风格自身的图片保持不变的重要程度：可稳住颜色",
    "Penalty": "惩罚",
    "How much the discriminator is kept from steep judgements. More is steadier, and slower":
        "抑制判别器作出陡峭判断的程度。越大越稳定，也越慢",
    "Penalty Every": "惩罚间隔",
    "It is computed in each so many-th step, that much stronger": "每隔这么多步计算一次，并相应加强",
    "Augment": "增强",
    "How far the discriminator's pictures are shifted, coloured and cut, so that it does not learn the style's few "
    "pictures by heart":
        "判别器所见图片被平移、变色和裁切的程度，以免它把为数不多的风格图片死记下来",
    "Smallest Scale": "最小缩放",
    "How much smaller than they are strokes of the style may be learnt": "学习时风格的笔触最多缩小到多少",
    "Largest Scale": "最大缩放",
    "How much larger than they are strokes of the style may be learnt": "学习时风格的笔触最多放大到多少",
    "Average": "平均",
    "Share of the averaged network that stays in each step. What is kept is the average, which is calmer than the "
    "network itself":
        "每一步中平均网络保留的份额。最终保存的是平均值，它比网络本身更平稳",
    "Test Every": "测试间隔",
    "Steps between two tests on pictures that are held out": "两次留出测试之间的步数",
    "Patience": "耐心",
    "After so many tests without a better score it ends. 0 goes on to the last round":
        "连续这么多次测试没有改善后结束。0 表示一直进行到最后一轮",
    "Held Out": "留出",
    "Share of the pictures that is not learnt on, only tested on": "不用于学习、只用于测试的图片份额",
    "Begin With": "起点",
    "Which of the looks that come with Vernissage it begins with. -1 takes the one that is nearest":
        "从 Vernissage 自带的哪一种风格开始。-1 表示取最接近的一种",
    "Number that chance begins with. The same seed gives the same style again":
        "随机数的起点。相同的随机种会再次得到相同的风格",
    "TensorBoard": "TensorBoard",
    "Folder that TensorBoard reads: losses, scores and pictures of the tests. Empty keeps them with the job":
        "TensorBoard 读取的文件夹：损失、得分和测试图片。留空则与任务放在一起",
    "Licence": "许可证",
    "A line for the style's card, such as CC0-1.0: under what others may use it":
        "写入风格卡片的一行文字，例如 CC0-1.0：他人可依此使用",
    "Choosing what to begin with": "正在选择起点",
    "Training the style": "正在训练风格",
    "Testing the style": "正在测试风格",
    "{name} cannot be the name of a style.": "{name} 不能作为风格的名称。",
    "Choose a name that can also name a file.": "请选择也能作为文件名的名称。",
    "There are {count} style pictures: must be from {low} to {high}.":
        "有 {count} 张风格图片：必须为 {low} 到 {high} 张。",
    "Choose one or a few pictures of one look.": "请选择一张或几张同一风格的图片。",
    "Choose a folder with many pictures.": "请选择包含许多图片的文件夹。",
    "{field} is {path}: must be an absolute path.": "{field} 为 {path}：必须是绝对路径。",
    "Choose it again.": "请重新选择。",
    "The licence has {count} letters: at most {high} are kept.": "许可证有 {count} 个字符：最多保留 {high} 个。",
    "Write its name only.": "请只写其名称。",
    "Crop is {value}: must be a multiple of {step}, at most the size of {size}.":
        "裁剪为 {value}：必须是 {step} 的倍数，且不超过尺寸 {size}。",
    "Choose a smaller crop.": "请选择较小的裁剪。",
    "The smallest scale is {low}, the largest {high}.": "最小缩放为 {low}，最大缩放为 {high}。",
    "Exchange them.": "请将二者互换。",
    "The pictures {path} are not there.": "图片 {path} 不存在。",
    "Choose them again.": "请重新选择。",
    "{name} is {width} × {height} px: smaller than the crops of {crop} px.":
        "{name} 为 {width} × {height} 像素：小于 {crop} 像素的裁剪。",
    "Choose a larger picture, or a smaller crop.": "请选择较大的图片，或较小的裁剪。",
    "Only {count} pictures can be learnt on, at least {low} are needed; {bad} cannot be used, the first because: "
    "{reason}":
        "只有 {count} 张图片可用于学习，至少需要 {low} 张；{bad} 张无法使用，第一张的原因：{reason}",
    "Add more pictures that differ from each other.": "请添加更多互不相同的图片。",
    "There are {count} different pictures to learn on: at least {low} are needed.":
        "有 {count} 张不同的图片可用于学习：至少需要 {low} 张。",
    "{count} pictures were not learnt on, the first because: {reason}":
        "{count} 张图片未用于学习，第一张的原因：{reason}",
    "{count} pictures were left out: there are more than can be learnt on.":
        "{count} 张图片被略去：图片多于可学习的数量。",
    "{path} is not a training that can be gone on with: {reason}.": "{path} 不是可以继续的训练：{reason}。",
    "The training cannot be kept in {path}: {reason}.": "无法将训练保存到 {path}：{reason}。",
    "Begin the training anew.": "请重新开始训练。",
    "{path} is of a training with other pictures or settings.": "{path} 属于使用其他图片或设置的训练。",
    "Choose those again, or begin the training anew; only the rounds and the patience may differ.":
        "请重新选择那些图片和设置，或重新开始训练；只有轮数和耐心可以不同。",
    "The style {path} cannot be written: {reason}.": "无法写入风格 {path}：{reason}。",
    "Free space there, or choose another folder.": "请在那里释放空间，或选择其他文件夹。",
    "The trained style {path} is not there.": "训练所得的风格 {path} 不存在。",
    "Choose it again, or train it anew.": "请重新选择，或重新训练。",
    "The file of the trained style {path} is broken: {reason}.": "训练所得的风格文件 {path} 已损坏：{reason}。",
    "Choose another copy of it, or train it anew.": "请选择它的另一份副本，或重新训练。",
    "{path} holds no style of Vernissage.": "{path} 中没有 Vernissage 的风格。",
    "Choose the file of a style that was trained with Vernissage.": "请选择用 Vernissage 训练所得的风格文件。",
    "{path} would become the same file as {other}.": "{path} 会与 {other} 写成同一个文件。",
    "Rename one of them, or leave it out.": "请重命名其中一个，或将其略去。",
    "{path} would be written over, and is read.": "{path} 是要读取的文件，却会被覆盖。",
    "Choose another folder for what is made.": "请为结果选择另一个文件夹。",
    "The pictures of the style are too plain to learn from.": "风格图片过于单调，无法学习。",
    "Choose pictures that show more than one colour.": "请选择不止一种颜色的图片。",
    "Exposure": "曝光",
    "Gamma": "伽马",
    "Encoder": "编码器",
    "Folder with the weights of a VGG19 (vgg19.safetensors) that sees pictures in place of the network that comes "
    "along; for the instant method with its decoder (decoder.safetensors) too. Empty for none":
        "存有 VGG19 权重（vgg19.safetensors）的文件夹，用它代替自带的网络来观察图片；即时方法还需要其解码器"
        "（decoder.safetensors）。留空则不使用",
    "{path} is not there.": "{path} 不存在。",
    "Choose a folder with vgg19.safetensors, and for the instant method with decoder.safetensors too; or leave Encoder "
    "empty.": "请选择存有 vgg19.safetensors 的文件夹，即时方法还需要 decoder.safetensors；或将“编码器”留空。",
    "The network {path} cannot be read: {reason}.": "无法读取网络 {path}：{reason}。",
    "{path} holds another network.": "{path} 中是另一种网络。",
    "Get the weights of VGG19, and the decoder that was trained with them, as safetensors.":
        "请获取 VGG19 的权重以及与之一同训练的解码器，格式为 safetensors。",
    "The training broke down at step {round} and was stopped: lower the rate. The best style before that is kept.":
        "训练在第 {round} 步发散，已停止：请降低学习率。已保留此前最好的风格。",
    "The training broke down at step {round}, before it was better than its start.":
        "训练在第 {round} 步发散，此前从未优于起点。",
    "Lower the rate, or choose other pictures.": "请降低学习率，或选择其他图片。",
}
