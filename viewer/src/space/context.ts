/** What the picture is drawn with: made before the rest of the page has come, as that takes a while on phones. */

export const ATTRIBUTES: WebGLContextAttributes = { alpha: true, antialias: true, powerPreference: "high-performance" };

/** null where the browser has no WebGL 2. */
export function contextOf(canvas: HTMLCanvasElement): WebGL2RenderingContext | null {
  return canvas.getContext("webgl2", ATTRIBUTES);
}
