/** Films that hang: those near the visitor play on their screens, without sound; all others are stills. */

import { Mesh, type Material, MeshBasicMaterial, type MeshStandardMaterial, SRGBColorSpace, type Texture, VideoTexture } from "three";

import type { House, Work } from "../house.ts";
import { type LoadedRoom, workOf } from "./roomfile.ts";

const NEAR_M = 9; // of a visitor, in the film's own room
const AT_ONCE = 2;

interface Screen {
  readonly work: Work;
  readonly video: HTMLVideoElement;
  readonly texture: VideoTexture;
  readonly surface: Surface;
}

interface Surface {
  readonly material: MeshBasicMaterial | MeshStandardMaterial;
  readonly slot: "map" | "emissiveMap";
  readonly still: Texture;
}

export class Films {
  private readonly films: readonly Work[];
  private readonly screens = new Map<string, Screen>();
  private readonly wishes = new Map<string, boolean>();
  private readonly broken = new Set<string>();

  /**
   * @param isStill whether nothing shall move unless it is asked for
   * @param changed a film has begun or stopped, or cannot be played
   * @param draw a new picture of a film is there
   */
  constructor(house: House, private readonly isStill: () => boolean, private readonly changed: () => void,
              private readonly draw: () => void) {
    this.films = house.works.filter((work) => work.film);
  }

  /** Play those that are near the place, and give back the memory of all others. */
  update(x: number, z: number, room: LoadedRoom | undefined): void {
    const near = this.films.filter((work) => room?.id === work.room && this.wants(work) && !this.broken.has(work.id))
      .map((work) => ({ work, away: Math.hypot(work.at[0] - x, work.at[2] - z) }))
      .filter(({ away }) => away < NEAR_M).sort((a, b) => a.away - b.away).slice(0, AT_ONCE).map(({ work }) => work);
    for (const id of [...this.screens.keys()]) if (!near.some((work) => work.id === id)) this.stop(id);
    for (const work of near) if (!this.screens.has(work.id)) this.play(work, room!);
  }

  /** Stop all: their room is being left. */
  leave(): void {
    for (const id of [...this.screens.keys()]) this.stop(id);
  }

  /** Ids of those that play. */
  get playing(): string[] {
    return [...this.screens.values()].filter(({ video }) => !video.paused && video.readyState >= 2).map(({ work }) => work.id);
  }

  wants(work: Work): boolean {
    return this.wishes.get(work.id) ?? !this.isStill();
  }

  cannotPlay(work: Work): boolean {
    return this.broken.has(work.id);
  }

  toggle(work: Work): void {
    this.wishes.set(work.id, !this.wants(work));
    this.changed();
  }

  private play(work: Work, room: LoadedRoom): void {
    const surface = surfaceOf(work, room);
    if (!surface) return;
    const video = document.createElement("video");
    Object.assign(video, { muted: true, loop: true, playsInline: true, preload: "auto", src: work.film!.file });
    const texture = new VideoTexture(video);
    texture.colorSpace = SRGBColorSpace;
    texture.flipY = false; // glTF counts v downwards
    this.screens.set(work.id, { work, video, texture, surface });
    video.addEventListener("loadeddata", () => {
      if (this.screens.get(work.id)?.video !== video) return;
      show(surface, texture);
      this.follow(video);
      this.changed();
    }, { once: true });
    const fail = (): void => {
      if (this.screens.get(work.id)?.video !== video) return; // it was stopped meanwhile
      this.broken.add(work.id);
      this.stop(work.id);
    };
    video.addEventListener("error", fail, { once: true });
    video.play().catch((error: unknown) => {
      if (!(error instanceof DOMException) || error.name !== "NotAllowedError") return fail();
      this.wishes.set(work.id, false); // the device plays nothing that was not asked for: the sheet's button asks
      if (this.screens.get(work.id)?.video === video) this.stop(work.id);
    });
  }

  private stop(id: string): void {
    const { video, texture, surface } = this.screens.get(id)!;
    this.screens.delete(id);
    show(surface, surface.still);
    texture.dispose();
    video.pause();
    video.removeAttribute("src");
    video.load(); // gives back what was decoded
    this.changed();
    this.draw();
  }

  private follow(video: HTMLVideoElement): void {
    if (!("requestVideoFrameCallback" in video)) { // an older browser: a few pictures a second
      (video as HTMLVideoElement).addEventListener("timeupdate", () => this.draw());
      return;
    }
    video.requestVideoFrameCallback(() => {
      if (!video.hasAttribute("src")) return;
      this.draw();
      this.follow(video);
    });
  }
}

function show({ material, slot }: Surface, texture: Texture): void {
  (material as MeshStandardMaterial)[slot] = texture;
  material.needsUpdate = true; // the shader decodes a film in its own way
}

/** What of a work is textured: its screen. */
function surfaceOf(work: Work, room: LoadedRoom): Surface | null {
  let found: Surface | null = null;
  room.scene.traverse((node) => {
    if (found || !(node instanceof Mesh) || workOf(node) !== work.id) return;
    for (const material of [node.material].flat() as Material[]) {
      const slot = material instanceof MeshBasicMaterial || !(material as MeshStandardMaterial).emissiveMap ? "map" : "emissiveMap";
      const still = (material as MeshStandardMaterial)[slot];
      if (still) found = { material: material as MeshStandardMaterial, slot, still };
    }
  });
  return found;
}
