/** What metal mirrors: without anything around it, it is black. A plain room, bright above and darker below. */

import { DataTexture, EquirectangularReflectionMapping, LinearFilter } from "three";

const [WIDTH, HEIGHT] = [64, 32]; // the fewest that three.js blurs for rough metal
const [FLOOR, WALL, CEILING] = [70, 150, 235]; // linear, of 255
const LAMPS = 3; // around, near the ceiling: they make highlights

let made: DataTexture | null = null;

/** One for all rooms, which stays. */
export function reflections(): DataTexture {
  if (made) return made;
  const pixels = new Uint8Array(4 * WIDTH * HEIGHT);
  for (let row = 0; row < HEIGHT; row++) {
    const up = row / (HEIGHT - 1); // 0 is straight down
    for (let column = 0; column < WIDTH; column++) {
      const isLamp = up > 0.65 && up < 0.8 && (column * LAMPS / WIDTH) % 1 < 0.25;
      const grey = isLamp ? 255 : up < 0.4 ? FLOOR : up > 0.8 ? CEILING : WALL;
      pixels.set([grey, grey, grey, 255], 4 * (row * WIDTH + column));
    }
  }
  made = new DataTexture(pixels, WIDTH, HEIGHT);
  made.mapping = EquirectangularReflectionMapping;
  made.magFilter = made.minFilter = LinearFilter;
  made.needsUpdate = true;
  return made;
}
