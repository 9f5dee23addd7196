/** The help sheet: how to move, and keeping the exhibition for visits without a connection. */

import type { House } from "../house.ts";
import { keepAll, totalBytes } from "../offline/keep.ts";
import { button, element } from "./elements.ts";
import type { Visitbook } from "../visits/visitbook.ts";
import type { News } from "./news.ts";
import { languageTag, say } from "./words.ts";
import { paragraphs } from "./worktext.ts";

const WAYS = ["helpMouse", "helpTouch", "helpKeys", "helpGamepad", "helpHeadset", "helpMotion"] as const;

export class Help {
  /** Whether a worker runs that can keep the exhibition, and whether it has all of it. */
  canKeep = false;
  isKept = false;

  constructor(private readonly house: House, private readonly news: News, private readonly visitbook: Visitbook,
              private readonly changed: () => void) {}

  content(): Node[] {
    const lang = languageTag(this.house.language);
    const about = paragraphs(this.house.text).map((each) => element("p", { lang, dir: "auto" }, each));
    const megabytes = Math.ceil(totalBytes(this.house) / 2 ** 20);
    const keep = !this.canKeep ? []
      : this.isKept ? [element("p", {}, say("offline"))]
      : [button(say("keepOffline", { size: megabytes }), () => void this.keep(), { class: "wide" })];
    return [...about, element("h3", {}, say("helpTitle")),
            element("ul", { class: "ways" }, ...WAYS.map((way) => element("li", {}, say(way)))), ...keep, ...this.visitbook.content()];
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
