/** The small card under the picture that names the work which the visitor looks at; pressing it reads on. */

import type { House, Work } from "../house.ts";
import { byId, element } from "./elements.ts";
import { languageOf } from "./languages.ts";
import { caption } from "./worktext.ts";
import { say } from "./words.ts";

const TOUCH = matchMedia("(pointer: coarse)");

export class CaptionCard {
  private readonly card = byId("caption") as HTMLButtonElement;
  private shown: Work | null = null;

  constructor(private readonly house: House, opened: (work: Work) => void) {
    this.card.addEventListener("click", () => { if (this.shown) opened(this.shown); });
  }

  get work(): Work | null {
    return this.shown;
  }

  show(work: Work | null): void {
    if (work === this.shown) return;
    this.shown = work;
    this.draw();
  }

  draw(): void {
    this.card.hidden = this.shown === null;
    if (!this.shown) return;
    const lang = (part: string): string => languageOf(this.house, part, this.shown!);
    this.card.replaceChildren(
      element("strong", { lang: lang("title"), dir: "auto" }, this.shown.title || this.shown.id),
      element("span", { lang: lang("artist"), dir: "auto", class: "by" }, caption(this.shown)),
      element("span", { class: "hint" }, say(TOUCH.matches ? "tapToRead" : "pressToRead")));
  }
}
