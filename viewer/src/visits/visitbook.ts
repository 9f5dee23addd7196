/** The part of the help that asks whether looking may be counted, and gives the visitor what was. */

import type { House } from "../house.ts";
import { button, element } from "../page/elements.ts";
import { languageOf } from "../page/languages.ts";
import type { News } from "../page/news.ts";
import { say } from "../page/words.ts";
import type { Dwell } from "./dwell.ts";

export class Visitbook {
  private isSending = false;

  constructor(private readonly house: House, private readonly dwell: Dwell, private readonly news: News,
              private readonly changed: () => void) {}

  content(): Node[] {
    const about = [element("h3", {}, say("visit")), element("p", {}, say("visitAbout"))];
    if (!this.dwell.isAgreed) {
      return [...about, button(say("visitCount"), () => { this.dwell.agree(); this.changed(); },
                               { class: "wide", id: "visit-count" })];
    }
    const seen = this.house.works.filter((work) => this.dwell.of(work.id) >= 1)
      .sort((a, b) => this.dwell.of(b.id) - this.dwell.of(a.id));
    const list = element("ol", { class: "visit" }, ...seen.map((work) => element("li", {},
      element("span", { lang: languageOf(this.house, "title", work), dir: "auto" }, work.title || work.id),
      ` ${say("seconds", { count: Math.round(this.dwell.of(work.id)) })}`)));
    return [...about, list,
            button(say("visitSave"), () => this.save(), { class: "wide", id: "visit-save" }),
            ...(this.house.visits ? [button(say("visitSend", { host: new URL(this.house.visits, location.href).host }),
                                            () => void this.send(), { class: "wide", id: "visit-send" })] : []),
            button(say("visitForget"), () => { this.dwell.forget(); this.changed(); },
                   { class: "wide", id: "visit-forget" })];
  }

  private save(): void {
    const file = new Blob([this.text()], { type: "application/json" });
    const link = element("a", { href: URL.createObjectURL(file), download: "visit.json" });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    this.news.tell(say("visitSaved"));
  }

  /** To the address that the exhibition's owner set. */
  private async send(): Promise<void> {
    if (this.isSending) return;
    this.isSending = true;
    try {
      const answer = await fetch(this.house.visits!, {
        method: "POST", body: this.text(), credentials: "omit", referrerPolicy: "no-referrer",
        headers: { "Content-Type": "application/json" } });
      if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
      this.news.tell(say("visitSent"));
    } catch (error) {
      this.news.tell(say("visitNotSent", { reason: String((error as Error).message) }));
    } finally {
      this.isSending = false;
    }
  }

  private text(): string {
    return `${JSON.stringify(this.dwell.record(), null, 1)}\n`;
  }
}
