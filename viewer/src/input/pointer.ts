/** Mouse and fingers on the picture: a drag looks around, a tap points at something. */

const DRAG_PX = 6;
const LOOK_RAD_PX = 0.0042;

export interface PointerEvents {
  /** Look further left and up, in radians. */
  look(yaw: number, pitch: number): void;
  /** A click or a tap at (u, v), each -1 … 1, v upwards. */
  tap(u: number, v: number): void;
}

export function listenToPointer(view: HTMLElement, events: PointerEvents): void {
  let active: { id: number; x: number; y: number; travelled: number } | null = null;
  view.addEventListener("pointerdown", (event) => {
    if (active || event.button !== 0) return;
    active = { id: event.pointerId, x: event.clientX, y: event.clientY, travelled: 0 };
    view.setPointerCapture(event.pointerId);
  });
  view.addEventListener("pointermove", (event) => {
    if (active?.id !== event.pointerId) return;
    const [dx, dy] = [event.clientX - active.x, event.clientY - active.y];
    active.travelled += Math.hypot(dx, dy);
    [active.x, active.y] = [event.clientX, event.clientY];
    if (active.travelled > DRAG_PX) events.look(dx * LOOK_RAD_PX, dy * LOOK_RAD_PX);
  });
  view.addEventListener("pointerup", (event) => {
    if (active?.id !== event.pointerId) return;
    const isTap = active.travelled <= DRAG_PX;
    active = null;
    if (!isTap) return;
    const box = view.getBoundingClientRect();
    events.tap(((event.clientX - box.left) / box.width) * 2 - 1, 1 - ((event.clientY - box.top) / box.height) * 2);
  });
  view.addEventListener("pointercancel", () => { active = null; });
}
