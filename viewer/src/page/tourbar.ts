/** The bar of the guided tour: where it is, on, back, end. */

import type { Tour } from "../guide/tour.ts";
import { button, byId, element } from "./elements.ts";
import { say } from "./words.ts";

export class TourBar {
  private readonly root = byId("tourbar");

  draw(tour: Tour): void {
    const focused = document.activeElement?.id;
    this.root.hidden = !tour.isRunning;
    this.root.setAttribute("aria-label", say("tour"));
    if (!tour.isRunning) return;
    const back = button(say("previous"), () => tour.previous(), { id: "tour-previous" });
    back.disabled = tour.number === 1;
    this.root.replaceChildren(
      back,
      element("span", { class: "stop" }, say("tourStop", { number: tour.number, count: tour.count })),
      button(say("next"), () => tour.next(), { id: "tour-next" }),
      button("✕", () => tour.end(), { id: "tour-end", "aria-label": say("endTour") }));
    if (focused?.startsWith("tour-")) (document.getElementById(focused) ?? byId("tour-next")).focus();
  }
}
