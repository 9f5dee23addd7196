/** The ring on a touch screen that walks: up and down, and turns to the sides. */

import type { Push } from "../space/visitor.ts";

export class ThumbRing {
  private forward = 0;
  private turn = 0;

  constructor(ring: HTMLElement) {
    const knob = ring.firstElementChild as HTMLElement;
    const move = (event: PointerEvent): void => {
      const box = ring.getBoundingClientRect();
      const x = limited((event.clientX - box.left) / box.width * 2 - 1);
      const y = limited((event.clientY - box.top) / box.height * 2 - 1);
      [this.forward, this.turn] = [-y, x];
      knob.style.transform = `translate(${x * box.width / 4}px, ${y * box.height / 4}px)`;
    };
    const end = (): void => {
      this.forward = this.turn = 0;
      knob.style.transform = "";
    };
    ring.addEventListener("pointerdown", (event) => {
      ring.setPointerCapture(event.pointerId);
      move(event);
    });
    ring.addEventListener("pointermove", (event) => {
      if (ring.hasPointerCapture(event.pointerId)) move(event);
    });
    ring.addEventListener("pointerup", end);
    ring.addEventListener("pointercancel", end);
  }

  addTo(push: Push): void {
    push.forward += this.forward;
    push.turn += this.turn * 0.7;
  }
}

function limited(value: number): number {
  return Math.max(-1, Math.min(1, value));
}
