/** The map: floors, doors, works and the visitor. A room or a work on it is a place to go to. */

import type { Flat, House, Work } from "../house.ts";
import { isInside, type Plan } from "../space/plan.ts";
import type { Visitor } from "../space/visitor.ts";
import { button, drawing, element } from "./elements.ts";
import { languageOf } from "./languages.ts";
import { roomLanguage, roomName, roomNumber } from "./roomname.ts";
import { say } from "./words.ts";
import { paragraphs } from "./worktext.ts";

const MARGIN_M = 1;

export class HouseMap {
  private you: SVGElement | null = null;

  constructor(
    private readonly house: House,
    private readonly plan: Plan,
    private readonly visitor: Visitor,
    private readonly goTo: (place: Flat) => void,
    private readonly goToWork: (work: Work) => void,
  ) {}

  content(): Node[] {
    const points = this.house.rooms.flatMap((room) => room.floor);
    const [xs, zs] = [points.map(([x]) => x), points.map(([, z]) => z)];
    const [left, top] = [Math.min(...xs) - MARGIN_M, Math.min(...zs) - MARGIN_M];
    const [width, height] = [Math.max(...xs) + MARGIN_M - left, Math.max(...zs) + MARGIN_M - top];
    const svg = drawing("svg", { viewBox: `${left} ${top} ${width} ${height}`, class: "map", "aria-hidden": "true" });
    const unit = Math.max(width, height) / 40; // one fortieth of the map, for what is drawn in its own size
    for (const room of this.house.rooms) {
      const floor = drawing("polygon", { points: room.floor.map((point) => point.join(",")).join(" "), class: "floor" });
      floor.style.strokeWidth = String(unit / 4);
      floor.addEventListener("click", (event) => this.goTo(placeOf(svg, event)));
      const [x, z] = middle(room.floor);
      const number = drawing("text", { x: String(x), y: String(z), class: "number" }, String(roomNumber(this.house, room) || ""));
      number.style.fontSize = `${unit * 2}px`;
      svg.append(floor, number);
    }
    for (const room of this.house.rooms) {
      for (const door of room.doors) {
        const [a, b] = this.plan.threshold(room, door);
        const line = drawing("line", { x1: `${a[0]}`, y1: `${a[1]}`, x2: `${b[0]}`, y2: `${b[1]}`, class: "door" });
        line.style.strokeWidth = String(unit * 0.6);
        svg.append(line);
      }
    }
    for (const work of this.house.works) {
      const dot = drawing("circle", { cx: `${work.at[0]}`, cy: `${work.at[2]}`, r: `${unit / 2}`, class: "work" },
                          drawing("title", { lang: languageOf(this.house, "title", work) }, work.title));
      dot.addEventListener("click", () => this.goToWork(work));
      svg.append(dot);
    }
    this.you = drawing("path", { d: `M0,${-unit * 1.1} L${unit * 0.8},${unit} L0,${unit * 0.5} L${-unit * 0.8},${unit} Z`, class: "you" });
    svg.append(this.you);
    this.update();
    const rooms = this.house.rooms.map((room) => element("li", {}, button(
      `${room.title ? `${roomNumber(this.house, room) || ""}  ` : ""}${roomName(this.house, room)}`.trim(),
      () => this.goTo(middle(room.floor)), { lang: roomLanguage(this.house, room), dir: "auto" }),
      ...paragraphs(room.text).map((text) => element("p", { lang: languageOf(this.house, "text", room), dir: "auto" }, text))));
    return [svg, element("h3", {}, say("roomsOf")), element("ol", { class: "rooms" }, ...rooms)];
  }

  update(): void {
    if (!this.you?.isConnected && this.you?.parentNode === null) return;
    const degrees = -this.visitor.yaw * 180 / Math.PI;
    this.you?.setAttribute("transform", `translate(${this.visitor.x} ${this.visitor.z}) rotate(${degrees})`);
  }
}

function placeOf(svg: SVGSVGElement, event: MouseEvent): Flat {
  const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM()!.inverse());
  return [point.x, point.y];
}

/** A place inside the polygon, its centre where that lies inside. */
function middle(floor: readonly Flat[]): Flat {
  const x = floor.reduce((sum, point) => sum + point[0], 0) / floor.length;
  const z = floor.reduce((sum, point) => sum + point[1], 0) / floor.length;
  if (isInside(floor, x, z)) return [x, z];
  const [a, b, c] = [floor[0]!, floor[1]!, floor[2]!];
  return [(a[0] + b[0] + c[0]) / 3, (a[1] + b[1] + c[1]) / 3];
}
