/** A placard before the eyes of who wears a headset: text painted on a canvas, as text. */

import {
  type Camera, CanvasTexture, Group, Mesh, MeshBasicMaterial, PlaneGeometry, SRGBColorSpace, Vector3,
} from "three";

const [WIDTH_PX, HEIGHT_PX] = [1024, 768];
const WIDTH_M = 0.75;
const AWAY_M = 1;
const ASIDE_M = 0.72; // the work stays in sight
const MARGIN_PX = 56;
const FONT = "system-ui, 'Noto Sans CJK SC', sans-serif";

export class Placard {
  readonly root = new Group();
  private readonly canvas = document.createElement("canvas");
  private readonly texture: CanvasTexture;

  constructor() {
    this.canvas.width = WIDTH_PX;
    this.canvas.height = HEIGHT_PX;
    this.texture = new CanvasTexture(this.canvas);
    this.texture.colorSpace = SRGBColorSpace;
    const board = new Mesh(new PlaneGeometry(WIDTH_M, WIDTH_M * HEIGHT_PX / WIDTH_PX),
                           new MeshBasicMaterial({ map: this.texture, toneMapped: false, depthTest: false }));
    board.renderOrder = 10;
    this.root.add(board);
    this.root.visible = false;
  }

  hide(): void {
    this.root.visible = false;
  }

  show(title: string, lines: readonly string[], head: Camera): void {
    this.paint(title, lines);
    const eye = head.getWorldPosition(new Vector3());
    const ahead = head.getWorldDirection(new Vector3()).setY(0).normalize();
    const aside = new Vector3(-ahead.z, 0, ahead.x);
    this.root.position.copy(eye).addScaledVector(ahead, AWAY_M).addScaledVector(aside, ASIDE_M).setY(eye.y - 0.12);
    this.root.lookAt(eye);
    this.root.visible = true;
  }

  private paint(title: string, lines: readonly string[]): void {
    const pen = this.canvas.getContext("2d")!;
    pen.fillStyle = "#fbfaf7";
    pen.fillRect(0, 0, WIDTH_PX, HEIGHT_PX);
    pen.fillStyle = "#1b1d20";
    pen.textBaseline = "top";
    let y = MARGIN_PX;
    const write = (text: string, size: number, weight: number): void => {
      pen.font = `${weight} ${size}px ${FONT}`;
      for (const line of wrapped(pen, text, WIDTH_PX - 2 * MARGIN_PX)) {
        if (y + size > HEIGHT_PX - MARGIN_PX / 2) return;
        pen.fillText(line, MARGIN_PX, y);
        y += size * 1.3;
      }
      y += size * 0.4;
    };
    write(title, 56, 650);
    for (const line of lines) write(line, 40, 400);
    this.texture.needsUpdate = true;
  }
}

/** Lines no wider than `most`: broken at spaces, or between any letters where there are none, as in Chinese. */
function wrapped(pen: CanvasRenderingContext2D, text: string, most: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const piece of text.match(/[⺀-鿿豈-﫿＀-￯]|[^\s⺀-鿿豈-﫿＀-￯]+\s*|\s+/gu) ?? []) {
    if (line && pen.measureText(line + piece.trimEnd()).width > most) {
      lines.push(line.trimEnd());
      line = piece.trimStart();
    } else {
      line += piece;
    }
  }
  return [...lines, line.trimEnd()].filter(Boolean);
}
