/** The picture: renderer, camera and light; draws when something has changed, or always in a headset. */

import {
  Color, DirectionalLight, EquirectangularReflectionMapping, Group, HemisphereLight, NoToneMapping, PerspectiveCamera,
  SRGBColorSpace, Scene, TextureLoader, Timer, WebGLRenderer,
} from "three";

import { ATTRIBUTES } from "./context.ts";
import { translateShaders } from "./shaders.ts";

const PIXEL_RATIO_MAX = 2;
const PIXEL_RATIO_MIN = 0.6;
const SLOW_FRAME_S = 1 / 24;
const FAST_FRAME_S = 1 / 50;
const REST_MS = 250;

export class Stage {
  readonly renderer: WebGLRenderer;
  readonly scene = new Scene();
  readonly camera = new PerspectiveCamera(62, 1, 0.05, 200);
  /** Carries the camera; a headset moves the camera within it. */
  readonly rig = new Group();
  private readonly timer = new Timer();
  private ratio = bestRatio();
  private slowness = FAST_FRAME_S; // running mean of frame times while drawing
  private isDirty = true;
  private wasDrawing = false;
  private drawnAt = 0; // milliseconds
  private isSharp = true;

  constructor(context: WebGL2RenderingContext) {
    const canvas = context.canvas as HTMLCanvasElement;
    this.renderer = new WebGLRenderer({ canvas, context, ...ATTRIBUTES });
    this.renderer.toneMapping = NoToneMapping; // works keep their colours
    this.renderer.xr.enabled = true;
    this.scene.background = new Color(0xdfe6ea);
    this.scene.add(new HemisphereLight(0xffffff, 0xd8d2c8, 3)); // for what no lightmap lights
    const sun = new DirectionalLight(0xfff4e4, 0.9);
    sun.position.set(2, 5, 3);
    this.scene.add(sun, this.rig);
    this.rig.add(this.camera);
    new ResizeObserver(() => this.fit()).observe(canvas.parentElement!);
    this.fit();
    translateShaders(this.renderer, this.scene, this.camera);
  }

  /** Call `frame` before each picture; it says whether anything moved. */
  run(frame: (seconds: number) => boolean, drawn: () => void): void {
    this.renderer.setAnimationLoop((time) => {
      this.timer.update(time);
      const seconds = this.timer.getDelta();
      if (frame(seconds)) this.isDirty = true;
      const isDrawing = this.isDirty || this.renderer.xr.isPresenting;
      const isResting = !this.isSharp && time > this.drawnAt + REST_MS;
      if (isDrawing && this.wasDrawing) this.adapt(seconds);
      this.wasDrawing = isDrawing;
      if (!isDrawing && !isResting) return;
      if (this.isSharp !== isResting) this.sharpen(isResting);
      if (isDrawing) this.drawnAt = time;
      this.isDirty = false;
      this.renderer.render(this.scene, this.camera);
      drawn();
    });
  }

  /** Show what lies outside; a plain sky stays where it cannot be had. */
  async showSky(file: string): Promise<void> {
    const sky = await new TextureLoader().loadAsync(file);
    sky.mapping = EquirectangularReflectionMapping;
    sky.colorSpace = SRGBColorSpace;
    this.scene.background = sky;
    this.touch();
  }

  /** Something changed: draw again. */
  touch(): void {
    this.isDirty = true;
  }

  /** All pixels for a picture that rests, even on a slow card. */
  private sharpen(isSharp: boolean): void {
    this.isSharp = isSharp || this.ratio === bestRatio();
    if (!this.renderer.xr.isPresenting) this.renderer.setPixelRatio(isSharp ? bestRatio() : this.ratio);
  }

  /** Fewer pixels on a slow card, more on a fast one. */
  private adapt(seconds: number): void {
    if (this.renderer.xr.isPresenting || seconds > 1) return;
    this.slowness += (seconds - this.slowness) * 0.08;
    const best = bestRatio();
    let ratio = this.ratio;
    if (this.slowness > SLOW_FRAME_S) ratio = Math.max(Math.min(PIXEL_RATIO_MIN, best), ratio * 0.85);
    else if (this.slowness < FAST_FRAME_S) ratio = Math.min(best, ratio * 1.1);
    if (ratio === this.ratio) return;
    this.ratio = ratio;
    this.slowness = (SLOW_FRAME_S + FAST_FRAME_S) / 2;
    this.isSharp = true; // the next picture sets the ratio
  }

  /** Fill the element around the canvas. */
  fit(): void {
    if (this.renderer.xr.isPresenting) return;
    const { clientWidth, clientHeight } = this.renderer.domElement.parentElement!;
    const [width, height] = [Math.max(1, clientWidth), Math.max(1, clientHeight)];
    this.renderer.setPixelRatio(this.ratio);
    this.renderer.setSize(width, height, false);
    this.camera.aspect = width / height;
    this.camera.fov = width < height ? 74 : 62; // a phone held upright sees enough to the sides
    this.camera.updateProjectionMatrix();
    this.touch();
  }
}

function bestRatio(): number {
  return Math.min(devicePixelRatio, PIXEL_RATIO_MAX);
}
