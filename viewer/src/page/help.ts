/** The help sheet: how to move, whether letters are keys, and keeping the exhibition for visits without a connection. */

import type { House } from "../house.ts";
import type { Keyboard } from "../input/keyboard.ts";
import { keepAll, totalBytes } from "../offline/keep.ts";
import { button, element } from "./elements.ts";
import type { Visitbook } from "../visits/visitbook.ts";
import { languageOf } from "./languages.ts";
import type { News } from "./news.ts";
import { isWord, say } from "./words.ts";
import { made, paragraphs } from "./worktext.ts";

const WAYS = ["helpMouse", "helpTouch", "helpKeys", "helpGamepad", "helpHeadset", "helpMotion"] as const;
const LETTERS = "letter-keys";

export class Help {
  /** Whether a worker runs that can keep the exhibition, and whether it has all of it. */
  canKeep = false;
  isKept = false;

  constructor(private readonly house: House, private readonly news: News, private readonly visitbook: Visitbook,
              private readonly keyboard: Keyboard, private readonly changed: () => void) {}

  content(): Node[] {
    const lang = languageOf(this.house, "text");
    const about = paragraphs(this.house.text).map((each) => element("p", { lang, dir: "auto" }, each));
    const megabytes = Math.ceil(totalBytes(this.house) / 2 ** 20);
    const keep = !this.canKeep ? []
      : this.isKept ? [element("p", {}, say("offline"))]
      : [button(say("keepOffline", { size: megabytes }), () => void this.keep(), { class: "wide" })];
    return [...about, element("h3", {}, say("helpTitle")),
            element("ul", { class: "ways" }, ...WAYS.map((way) => element("li", {}, say(
              way === "helpKeys" && !this.keyboard.hasLetters ? "helpFewKeys" : way)))),
            this.letters(), ...keep, ...this.surroundings(), ...this.visitbook.content()];
  }

  /** How floors, walls and what lies outside were made, as works tell it. */
  private surroundings(): Node[] {
    const told = (this.house.surroundings ?? []).filter(({ surface }) => isWord(`surface_${surface}`));
    if (told.length === 0) return [];
    return [element("h3", {}, say("surroundings")), ...told.map(({ surface, made: facts }) =>
      made(say(`surface_${surface}`), facts, this.house.language))];
  }

  private letters(): Node {
    const box = element("input", { type: "checkbox", id: LETTERS });
    box.checked = this.keyboard.hasLetters;
    box.addEventListener("change", () => {
      this.keyboard.useLetters(box.checked);
      this.changed(); // what the keys do is told anew
      document.getElementById(LETTERS)?.focus();
    });
    return element("label", { class: "choice" }, box, say("letterKeys"));
  }

  /** Keep every file, and say how far it is; `quietly` says nothing. */
  async keep(quietly = false): Promise<void> {
    try {
      await keepAll(this.house, (fraction) => {
        if (!quietly) this.news.tell(say("keeping", { percent: Math.round(fraction * 100) }));
      });
      this.isKept = true;
      this.changed();
      if (!quietly) this.news.tell(say("offline"));
    } catch (error) {
      if (!quietly) this.news.tell(say("keepFailed", { reason: String((error as Error).message) }));
    }
  }
}
