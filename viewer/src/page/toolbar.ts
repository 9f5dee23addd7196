/** The row of buttons. Each has a name in words, and a key of its own where the help says so. */

import { button, byId } from "./elements.ts";
import { pageLanguage, say, type Word } from "./words.ts";

export const TOOLS = ["works", "map", "tour", "voice", "headset", "help", "language"] as const;
export type Tool = (typeof TOOLS)[number];

export class Toolbar {
  private readonly root = byId("tools");
  private readonly buttons = new Map<Tool, HTMLButtonElement>();

  constructor(acts: Readonly<Record<Tool, () => void>>) {
    for (const tool of TOOLS) {
      const made = button("", () => acts[tool](), { id: `tool-${tool}` });
      this.buttons.set(tool, made);
      this.root.append(made);
    }
    this.draw();
  }

  draw(): void {
    this.root.setAttribute("aria-label", say("tools"));
    for (const [tool, made] of this.buttons) made.textContent = say(tool as Word);
    this.buttons.get("language")!.lang = pageLanguage() === "zh" ? "en" : "zh-Hans";
  }

  press(tool: Tool, isOn: boolean): void {
    this.buttons.get(tool)!.setAttribute("aria-pressed", String(isOn));
  }

  hide(tool: Tool, isHidden: boolean): void {
    this.buttons.get(tool)!.hidden = isHidden;
  }
}
