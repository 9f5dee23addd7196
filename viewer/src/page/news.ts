/** What happens, in one line: seen for a while, and read out by screen readers. Also the progress of loading. */

import { byId } from "./elements.ts";

const SHOWN_S = 6;

export class News {
  private readonly line = byId("news");
  private readonly bar = byId("progress") as HTMLProgressElement;
  private timer = 0;

  tell(sentence: string): void {
    this.line.textContent = sentence;
    this.line.classList.add("shown");
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.line.classList.remove("shown"), SHOWN_S * 1000);
  }

  /** 0 to 1; null when nothing is loading. `label` says what. */
  progress(fraction: number | null, label = ""): void {
    this.bar.hidden = fraction === null;
    if (fraction === null || this.bar.getAttribute("aria-label") === label) return;
    this.bar.value = fraction;
    this.bar.setAttribute("aria-label", label);
  }
}
