/** What the page says about a work: its caption, its sheet, and the same as words for the voice. */

import type { House, MadeImage, Work } from "../house.ts";
import { element } from "./elements.ts";
import { languageOf, type Spoken } from "./languages.ts";
import { isWord, say } from "./words.ts";

/** Artist, year; what is empty is left out. */
export function caption(work: Work): string {
  return [work.artist, work.year].filter(Boolean).join(", ");
}

export function workContent(house: House, work: Work): Node[] {
  const language = (part: string): string => languageOf(house, part, work);
  const text = (part: "artist" | "medium" | "text" | "alt", content: string, name: string = part): Node[] =>
    content ? [element("p", { class: name, lang: language(part), dir: "auto" }, content)] : [];
  const size = work.size_cm.length > 0 ? say("size", { size: work.size_cm.map(rounded).join(" × ") }) : "";
  return [
    ...text("artist", caption(work), "by"),
    ...text("medium", work.medium),
    ...(size ? [element("p", { class: "medium" }, size)] : []),
    ...paragraphs(work.text).flatMap((each) => text("text", each)),
    ...(work.alt && work.alt !== work.text ? text("alt", work.alt) : []),
    ...named("provenance", work.provenance, language("provenance")),
    ...named("rights", work.rights, language("rights")),
    ...(work.made ? [made(say("made"), work.made, language("made"))] : []),
  ];
}

function named(word: "provenance" | "rights", content: string | undefined, language: string): Node[] {
  return content ? [element("p", { class: "rights" }, `${say(word)}: `, element("span", { lang: language, dir: "auto" }, content))] : [];
}

/** The steps that made something, each figure of the request under its name. */
export function made(title: string, facts: NonNullable<Work["made"]>, language: string): Node {
  const list = element("dl");
  for (const [name, value] of Object.entries(facts)) {
    if (value === null || typeof value === "object" || value === "") continue;
    const word = `made_${name}`;
    list.append(element("dt", {}, isWord(word) ? say(word) : name.replaceAll("_", " ")),
                element("dd", typeof value === "string" ? { lang: language, dir: "auto" } : {}, String(value)));
  }
  const strips = (facts.images ?? []).filter(({ kind }) => isWord(`${kind}Title`));
  return element("details", { class: "made", open: "" }, element("summary", {}, title), list,
                 ...strips.flatMap((image) => strip(image, language)));
}

/** Each of a strip's small pictures under its own caption: the strip, of which its place alone is seen. */
function strip(image: MadeImage, language: string): Node[] {
  const count = image.captions.length;
  const tiles = image.captions.map((told, place) => {
    const source = `source_${told}`;
    const caption = image.kind === "sources" && isWord(source) ? say(source) : told;
    const tile = element("img", { src: image.file, alt: say(`${image.kind}Alt`, { caption }), loading: "lazy" });
    tile.style.aspectRatio = `${image.size_px[0] / count} / ${image.size_px[1]}`;
    tile.style.objectPosition = `${count > 1 ? 100 * place / (count - 1) : 0}% 0`;
    return element("li", {}, tile, element("span", image.kind === "words" ? { lang: language, dir: "auto" } : {}, caption));
  });
  return [element("h3", {}, say(`${image.kind}Title`)), element("p", { class: "hint" }, say(`${image.kind}About`)),
          element("ol", { class: "strip" }, ...tiles)];
}

/** Title and lines that are shown to who wears a headset. */
export function placardOf(work: Work): [title: string, lines: string[]] {
  return [work.title || work.id, [caption(work), work.medium, ...paragraphs(work.text)].filter(Boolean)];
}

/** The words that the audio guide reads, those of one language together. */
export function spoken(house: House, work: Work): Spoken[] {
  const said: Spoken[] = [];
  for (const [part, text] of [["title", work.title], ["artist", caption(work)], ["medium", work.medium],
                              work.text ? ["text", work.text] : ["alt", work.alt]] as const) {
    const [last, language] = [said.at(-1), languageOf(house, part, work)];
    if (!text) continue;
    if (last?.language === language) said[said.length - 1] = { text: `${last.text}. ${text}`, language };
    else said.push({ text, language });
  }
  return said;
}

export function paragraphs(text: string): string[] {
  return text.split(/\n+/).map((each) => each.trim()).filter(Boolean);
}

function rounded(size: number): string {
  return String(Math.round(size * 10) / 10);
}
