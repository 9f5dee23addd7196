/** Every sentence of the page, in English and Chinese. The works' own texts come from house.json as they are. */

export type Language = "en" | "zh";

const ENGLISH = {
  loading: "Loading the exhibition",
  loadingRoom: "Loading {room}: {percent} %",
  roomLoaded: "{room} is open.",
  roomFailed: "{room} could not be loaded; another try follows. Check the connection.",
  failed: "The exhibition cannot be shown: {reason}",
  noGraphics: "this browser has no WebGL 2. The list of works can be read all the same.",
  tools: "Tools",
  works: "Works",
  map: "Map",
  tour: "Tour",
  voice: "Voice",
  headset: "Headset",
  help: "Help",
  language: "中文",
  close: "Close",
  view: "Walk through the exhibition",
  untitled: "Exhibition",
  viewFewKeys: "Arrow keys walk, Tab goes from work to work, Enter reads.",
  viewHelp: "Arrow keys or W A S D walk, Tab goes from work to work, Enter reads.",
  youAreIn: "You are in {room}.",
  goThere: "Go there",
  read: "Read",
  pressToRead: "Enter or click to read",
  tapToRead: "Tap to read",
  size: "{size} cm",
  filmPlay: "Play the film",
  filmPause: "Pause the film",
  filmFailed: "This browser cannot play the film; it hangs as a still.",
  provenance: "Provenance",
  rights: "Rights",
  made: "How it was made",
  made_prompt: "Prompt",
  made_negative_prompt: "Unwanted",
  made_model: "Model",
  made_steps: "Steps",
  made_seed: "Seed",
  made_guidance_scale: "Guidance scale",
  made_strength: "Denoising strength",
  made_style: "Style",
  made_licence: "Licence of the model",
  made_license: "Licence of the model",
  surroundings: "How the rooms were made",
  surface_floor: "Floors",
  surface_walls: "Walls",
  surface_outside: "What lies outside",
  stepsTitle: "Step by step",
  stepsAbout: "The picture as the model imagined it after some of its steps.",
  stepsAlt: "The picture after step {caption}",
  wordsTitle: "Word by word",
  wordsAbout: "Where the model looked for each word while it painted: yellow most, violet least.",
  wordsAlt: "Where the model looked for “{caption}”",
  sourcesTitle: "What it was made of",
  sourcesAbout: "The pictures that the model was given.",
  sourcesAlt: "What the model was given: {caption}",
  source_content: "Picture",
  source_style: "Style",
  source_depth: "Depth",
  source_normal: "Normals",
  source_control: "Control picture",
  tourStop: "Stop {number} of {count}",
  next: "Next",
  previous: "Back",
  endTour: "End the tour",
  tourEnded: "The tour has ended.",
  noWay: "There is no way to this place.",
  voiceOn: "The audio guide is on: it reads what you open.",
  voiceOff: "The audio guide is off.",
  voiceNone: "This device has no voice of its own for this language, so the audio guide cannot speak.",
  headsetNone: "No headset found. Open this page in the headset's browser.",
  headsetFailed: "The headset did not start: {reason}",
  offline: "The whole exhibition is kept on this device and opens without a connection.",
  keepOffline: "Keep for offline ({size} MB)",
  keeping: "Keeping the exhibition: {percent} %",
  keepFailed: "Not everything could be kept: {reason}",
  roomsOf: "Rooms",
  room: "Room {number}",
  passage: "Passage",
  doorOut: "Way out",
  helpTitle: "How to move",
  helpMouse: "Mouse: drag to look, click on the floor to walk there, click on a work or its label to read.",
  helpTouch: "Touch: drag to look, tap on the floor to walk, tap on a work to read; the ring walks.",
  helpKeys: "Keys: arrows or W A S D walk and turn, Q and E turn, Shift runs, Tab goes from work to work, Enter reads, "
    + "Escape closes, M opens the map, T starts the tour, N goes to its next stop, V switches the voice.",
  helpFewKeys: "Keys: arrows walk and turn, Shift runs, Tab goes from work to work, Enter reads, Escape closes. Letters do "
    + "nothing.",
  letterKeys: "Letter keys",
  helpGamepad: "Gamepad: left stick walks, right stick looks, A reads, B closes, shoulder buttons change the stop.",
  helpHeadset: "Headset: point at the floor and press the trigger (or pinch) to go there, point at a work to read, "
    + "stick aside turns, squeeze closes, A or X goes to the next stop of the tour.",
  helpMotion: "If your device asks for reduced motion, walks are cuts.",
  visit: "Your visit",
  visitAbout: "If you agree, this page counts how many seconds you look at each work. The figures stay on this device "
    + "until you save, send or delete them, and say nothing about who you are or when you came. A number drawn by chance "
    + "keeps them from being counted twice.",
  visitCount: "Count how long I look",
  visitSave: "Save the figures",
  visitSend: "Send the figures to {host}",
  visitSaved: "The figures were saved. They stay here, too, until you delete them.",
  visitSent: "The figures were sent. Thank you. They stay here, too, until you delete them.",
  visitNotSent: "The figures could not be sent: {reason}. Save them instead.",
  visitForget: "Stop and delete the figures",
  seconds: "{count} s",
};

export type Word = keyof typeof ENGLISH;

const CHINESE: Record<Word, string> = {
  loading: "正在载入展览",
  loadingRoom: "正在载入{room}：{percent}%",
  roomLoaded: "{room}已开放。",
  roomFailed: "无法载入{room}，将再次尝试。请检查网络连接。",
  failed: "无法显示展览：{reason}",
  noGraphics: "此浏览器没有 WebGL 2。仍可阅读作品列表。",
  tools: "工具",
  works: "作品",
  map: "地图",
  tour: "导览",
  voice: "语音",
  headset: "头显",
  help: "帮助",
  language: "English",
  close: "关闭",
  view: "参观展览",
  untitled: "展览",
  viewFewKeys: "方向键行走，Tab 键依次前往各作品，回车键阅读。",
  viewHelp: "方向键或 W A S D 行走，Tab 键依次前往各作品，回车键阅读。",
  youAreIn: "您在{room}。",
  goThere: "前往",
  read: "阅读",
  pressToRead: "按回车键或点击阅读",
  tapToRead: "轻触阅读",
  size: "{size} 厘米",
  filmPlay: "播放影片",
  filmPause: "暂停影片",
  filmFailed: "此浏览器无法播放该影片；展出的是静帧。",
  provenance: "来源",
  rights: "版权",
  made: "创作过程",
  made_prompt: "提示词",
  made_negative_prompt: "反向提示词",
  made_model: "模型",
  made_steps: "步数",
  made_seed: "种子",
  made_guidance_scale: "引导强度",
  made_strength: "去噪强度",
  made_style: "风格",
  made_licence: "模型许可证",
  made_license: "模型许可证",
  surroundings: "展厅是如何制作的",
  surface_floor: "地面",
  surface_walls: "墙面",
  surface_outside: "室外景色",
  stepsTitle: "逐步成画",
  stepsAbout: "模型在若干步之后所设想的画面。",
  stepsAlt: "第 {caption} 步之后的画面",
  wordsTitle: "逐词对照",
  wordsAbout: "模型作画时为每个词关注的位置：黄色最多，紫色最少。",
  wordsAlt: "模型为“{caption}”关注的位置",
  sourcesTitle: "创作素材",
  sourcesAbout: "提供给模型的图片。",
  sourcesAlt: "提供给模型的素材：{caption}",
  source_content: "原图",
  source_style: "风格图",
  source_depth: "深度图",
  source_normal: "法线图",
  source_control: "控制图",
  tourStop: "第 {number} 站，共 {count} 站",
  next: "下一站",
  previous: "上一站",
  endTour: "结束导览",
  tourEnded: "导览已结束。",
  noWay: "无法走到该处。",
  voiceOn: "语音导览已开启：将朗读您打开的内容。",
  voiceOff: "语音导览已关闭。",
  voiceNone: "此设备没有该语言的本地语音，语音导览无法朗读。",
  headsetNone: "未找到头显。请在头显的浏览器中打开此页面。",
  headsetFailed: "头显未能启动：{reason}",
  offline: "整个展览已保存在此设备上，无需网络即可打开。",
  keepOffline: "保存以供离线使用（{size} MB）",
  keeping: "正在保存展览：{percent}%",
  keepFailed: "未能全部保存：{reason}",
  roomsOf: "展厅",
  room: "{number} 号展厅",
  passage: "过道",
  doorOut: "出口",
  helpTitle: "如何移动",
  helpMouse: "鼠标：拖动以环视，点击地面走到该处，点击作品或标签以阅读。",
  helpTouch: "触摸：拖动以环视，轻触地面以行走，轻触作品以阅读；圆环用于行走。",
  helpKeys: "键盘：方向键或 W A S D 行走和转身，Q 和 E 转身，Shift 加速，Tab 依次前往各作品，回车键阅读，"
    + "Esc 关闭，M 打开地图，T 开始导览，N 前往下一站，V 开关语音。",
  helpFewKeys: "键盘：方向键行走和转身，Shift 加速，Tab 依次前往各作品，回车键阅读，Esc 关闭。字母键不起作用。",
  letterKeys: "字母快捷键",
  helpGamepad: "手柄：左摇杆行走，右摇杆环视，A 阅读，B 关闭，肩键切换站点。",
  helpHeadset: "头显：指向地面并按扳机（或捏合）前往该处，指向作品以阅读，"
    + "摇杆左右转身，握键关闭，A 或 X 前往导览的下一站。",
  helpMotion: "如果设备要求减少动态效果，行走将变为直接切换。",
  visit: "您的参观",
  visitAbout: "如果您同意，本页将统计您在每件作品前观看的秒数。在您保存、发送或删除之前，这些数据只留在此设备上，"
    + "不会透露您是谁、何时来访。其中的随机编号使数据不会被重复计算。",
  visitCount: "统计我的观看时间",
  visitSave: "保存数据",
  visitSend: "将数据发送至 {host}",
  visitSaved: "数据已保存。在您删除之前，它们仍留在此处。",
  visitSent: "数据已发送，谢谢。在您删除之前，它们仍留在此处。",
  visitNotSent: "数据无法发送：{reason}。请改为保存。",
  visitForget: "停止统计并删除数据",
  seconds: "{count} 秒",
};

let language: Language = "en";

/** The language of the page: ?lang=, else what was chosen before, else the browser's. */
export function startLanguage(query: URLSearchParams, browser: readonly string[]): Language {
  const asked = query.get("lang") ?? stored() ?? browser[0] ?? "en";
  return setLanguage(asked.toLowerCase().startsWith("zh") ? "zh" : "en");
}

export function setLanguage(to: Language): Language {
  language = to;
  document.documentElement.lang = languageTag(to);
  return to;
}

export function keepLanguage(to: Language): void {
  try {
    localStorage.setItem("vernissage-language", to);
  } catch { /* a browser that keeps nothing asks again next time */ }
}

export function pageLanguage(): Language {
  return language;
}

export function languageTag(of: Language): string {
  return of === "zh" ? "zh-Hans" : "en";
}

/** The sentence in the page's language, its {names} filled in. */
export function say(word: Word, values: Readonly<Record<string, string | number>> = {}): string {
  const sentence = language === "zh" ? CHINESE[word] : ENGLISH[word];
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export function isWord(name: string): name is Word {
  return name in ENGLISH;
}

function stored(): string | null {
  try {
    return localStorage.getItem("vernissage-language");
  } catch {
    return null;
  }
}
