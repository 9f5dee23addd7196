/** The sheet beside the picture: one at a time, of a work, the map or the help. Escape closes it. */

import { button, byId, element } from "./elements.ts";
import { say } from "./words.ts";

export class Sheet {
  private readonly root = byId("sheet");
  private returnTo: HTMLElement | null = null;
  private redraw: (() => void) | null = null;
  name: string | null = null;

  constructor(private readonly closed: () => void) {
    this.root.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
    });
  }

  /**
   * @param name what it is about, for those who toggle it
   * @param title shown as its heading; `content` is asked again when the language changes
   */
  open(name: string, title: () => string, content: () => readonly Node[], language?: string): void {
    const opener = document.activeElement; // also of another sheet: closing does not lead back to an earlier work
    if (opener instanceof HTMLElement && !this.root.contains(opener)) this.returnTo = opener;
    this.name = name;
    this.redraw = () => {
      const heading = element("h2", { id: "sheet-title", tabindex: "-1" }, title());
      if (language !== undefined) heading.lang = language;
      const close = button("✕", () => this.close(), { class: "close", "aria-label": say("close") });
      this.root.replaceChildren(element("div", { class: "head" }, heading, close), ...content());
      this.root.hidden = false;
    };
    this.redraw();
    this.root.scrollTop = 0;
    byId("sheet-title").focus({ preventScroll: true });
  }

  close(): void {
    if (this.name === null) return;
    this.name = null;
    this.redraw = null;
    this.root.hidden = true;
    this.root.replaceChildren();
    const target = this.returnTo?.isConnected ? this.returnTo : byId("view");
    target.focus({ preventScroll: true });
    this.closed();
  }

  /** What it shows has changed, or the language. */
  redrawn(): void {
    this.redraw?.();
  }
}
