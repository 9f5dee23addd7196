/** A gamepad in the standard layout: the left stick walks, the right one looks. */

import type { Push } from "../space/visitor.ts";

const DEAD = 0.15;
const A = 0, B = 1, X = 2, Y = 3, LEFT_SHOULDER = 4, RIGHT_SHOULDER = 5;

export interface GamepadCommands {
  read(): void;
  close(): void;
  map(): void;
  tour(): void;
  previous(): void;
  next(): void;
}

export class GamepadInput {
  private pressed = new Set<number>();
  private readonly commands: ReadonlyMap<number, () => void>;

  constructor(commands: GamepadCommands) {
    this.commands = new Map([
      [A, commands.read], [B, commands.close], [X, commands.map], [Y, commands.tour],
      [LEFT_SHOULDER, commands.previous], [RIGHT_SHOULDER, commands.next],
    ]);
  }

  /** Add the sticks to `push` and call the command of each button that went down since the last frame. */
  addTo(push: Push): void {
    const pad = navigator.getGamepads?.().find((each) => each?.connected && each.mapping === "standard");
    if (!pad) return;
    push.right += alive(pad.axes[0]);
    push.forward -= alive(pad.axes[1]);
    push.turn += alive(pad.axes[2]);
    push.pitch -= alive(pad.axes[3]) * 0.6;
    const down = new Set(pad.buttons.flatMap((button, index) => button.pressed ? [index] : []));
    const fresh = [...down].filter((index) => !this.pressed.has(index));
    this.pressed = down;
    for (const index of fresh) this.commands.get(index)?.();
  }
}

function alive(value = 0): number {
  return Math.abs(value) < DEAD ? 0 : value;
}
