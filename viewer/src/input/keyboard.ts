/** Keys held down, as a push, and keys that command. Letters among them can be switched off, for who speaks to their
 * device or hits keys by accident (WCAG 2.1.4). */

import type { Push } from "../space/visitor.ts";

const HELD: Readonly<Record<string, Partial<Push>>> = {
  KeyW: { forward: 1 }, ArrowUp: { forward: 1 },
  KeyS: { forward: -1 }, ArrowDown: { forward: -1 },
  KeyA: { right: -1 }, KeyD: { right: 1 },
  ArrowLeft: { turn: -1 }, ArrowRight: { turn: 1 },
  KeyQ: { turn: -1 }, KeyE: { turn: 1 },
  PageUp: { pitch: 1 }, PageDown: { pitch: -1 },
};

const LETTER = "Key";
const KEPT = "vernissage-letter-keys";

export class Keyboard {
  private letters = kept() !== "off";
  private readonly held = new Set<string>();
  private readonly tapped = new Set<string>(); // since the last picture: a short press counts for one
  private isRunning = false;

  /** `commands` by `KeyboardEvent.code`; they get no keys with Ctrl, Alt or Meta, which are the browser's. */
  constructor(commands: Readonly<Record<string, () => void>>) {
    window.addEventListener("keydown", (event) => {
      this.isRunning = event.shiftKey;
      if (event.ctrlKey || event.altKey || event.metaKey || !belongsToView(event)) return;
      if (!this.letters && event.code.startsWith(LETTER)) return;
      const command = commands[event.code];
      if (event.code in HELD) [this.held, this.tapped].forEach((codes) => codes.add(event.code));
      else if (command && !event.repeat) command();
      else return;
      event.preventDefault();
    });
    window.addEventListener("keyup", (event) => {
      this.isRunning = event.shiftKey;
      this.held.delete(event.code);
    });
    window.addEventListener("blur", () => [this.held, this.tapped].forEach((codes) => codes.clear()));
  }

  get hasLetters(): boolean {
    return this.letters;
  }

  /** Switch the letters, also for the next visit. */
  useLetters(on: boolean): void {
    this.letters = on;
    [this.held, this.tapped].forEach((codes) => codes.clear());
    try {
      localStorage.setItem(KEPT, on ? "on" : "off");
    } catch { /* a browser that keeps nothing has them on again next time */ }
  }

  push(): Push {
    const push: Push = { forward: 0, right: 0, turn: 0, pitch: 0, run: this.isRunning };
    const codes = new Set([...this.held, ...this.tapped]);
    this.tapped.clear();
    for (const code of codes) {
      for (const [name, value] of Object.entries(HELD[code]!)) push[name as "turn"] += value as number;
    }
    return push;
  }
}

/** Arrows scroll a sheet and Enter presses a button: those keys stay theirs. Letters and Escape work from anywhere. */
function belongsToView(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement;
  if (target === document.body || target.id === "view") return true;
  const isField = target.isContentEditable || (target instanceof HTMLInputElement && target.type !== "checkbox");
  return (event.code.startsWith(LETTER) || event.code === "Escape") && !isField;
}

function kept(): string | null {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}
