/** With ?figures in the address: what the picture costs and where the visitor is, for builders and tests. */

import type { WebGLRenderer } from "three";

import type { Streaming } from "../space/streaming.ts";
import type { Visitor } from "../space/visitor.ts";
import { element } from "./elements.ts";

export class Figures {
  private readonly output = element("output", { id: "figures", "aria-hidden": "true" });
  private frames = 0;

  constructor(
    private readonly renderer: WebGLRenderer,
    private readonly streaming: Streaming,
    private readonly visitor: Visitor,
    private readonly room: () => string,
    private readonly placard: () => string | null,
    private readonly playing: () => readonly string[],
  ) {
    document.body.append(this.output);
  }

  update(): void {
    const { render, memory } = this.renderer.info;
    const rounded = (value: number): number => Math.round(value * 1000) / 1000;
    this.output.textContent = JSON.stringify({
      draw_calls: render.calls, triangles: render.triangles, textures: memory.textures, geometries: memory.geometries,
      rooms: [...this.streaming.rooms.keys()],
      seen: [...this.streaming.rooms.values()].filter((room) => room.scene.visible).map((room) => room.id),
      room: this.room(), x: rounded(this.visitor.x), z: rounded(this.visitor.z), yaw: rounded(this.visitor.yaw),
      pitch: rounded(this.visitor.pitch), walking: this.visitor.isWalking, headset: this.renderer.xr.isPresenting,
      placard: this.placard(), playing: this.playing(), frames: ++this.frames,
    });
  }
}
