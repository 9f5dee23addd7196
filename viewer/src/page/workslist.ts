/** All works as a list: for screen readers at any time, for eyes as soon as Tab comes to it or Works is pressed. */

import type { House, Work } from "../house.ts";
import { button, byId, element } from "./elements.ts";
import { languageOf } from "./languages.ts";
import { roomLanguage, roomName } from "./roomname.ts";
import { caption } from "./worktext.ts";
import { say } from "./words.ts";

export class WorksList {
  private readonly root = byId("works");

  /**
   * @param approached Tab came to this work: go and stand before it
   * @param opened Enter or a click
   */
  constructor(
    private readonly house: House,
    private readonly approached: (work: Work) => void,
    private readonly opened: (work: Work) => void,
  ) {
    this.draw();
  }

  toggle(): boolean {
    const open = this.root.classList.toggle("open");
    if (open) this.root.querySelector("button")?.focus();
    return open;
  }

  close(): void {
    this.root.classList.remove("open");
  }

  get isOpen(): boolean {
    return this.root.classList.contains("open");
  }

  draw(): void {
    const focused = (document.activeElement as HTMLElement | null)?.dataset["work"];
    this.root.setAttribute("aria-label", say("works"));
    const content: Node[] = [element("h2", {}, say("works"))];
    for (const room of this.house.rooms) {
      const works = this.house.works.filter((work) => work.room === room.id);
      if (works.length === 0) continue;
      content.push(element("h3", { lang: roomLanguage(this.house, room), dir: "auto" }, roomName(this.house, room)),
                   element("ul", {}, ...works.map((work) => element("li", {}, this.entry(work)))));
    }
    this.root.replaceChildren(...content);
    if (focused !== undefined) this.button(focused)?.focus();
  }

  private entry(work: Work): HTMLElement {
    const lang = (part: string): string => languageOf(this.house, part, work);
    const made = button("", () => this.opened(work), { dir: "auto", "data-work": work.id });
    made.append(element("span", { class: "title", lang: lang("title") }, work.title || work.id),
                element("span", { class: "by", lang: lang("artist") }, caption(work)),
                element("span", { class: "unseen", lang: lang("alt") }, work.alt ? ` — ${work.alt}` : ""));
    made.addEventListener("focus", () => {
      if (made.matches(":focus-visible")) this.approached(work);
    });
    return made;
  }

  private button(id: string): HTMLButtonElement | undefined {
    return [...this.root.querySelectorAll("button")].find((each) => each.dataset["work"] === id);
  }
}
