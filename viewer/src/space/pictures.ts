/** Decodes the pictures of a room's GLB while the rest of it comes: they stand first in what Node.js has packed. */

import {
  ClampToEdgeWrapping, LinearFilter, LinearMipmapLinearFilter, LinearMipmapNearestFilter, type MagnificationTextureFilter,
  type MinificationTextureFilter, MirroredRepeatWrapping, NearestFilter, NearestMipmapLinearFilter, NearestMipmapNearestFilter,
  RepeatWrapping, Texture, type Wrapping,
} from "three";
import type { GLTFLoaderPlugin, GLTFParser } from "three/addons/loaders/GLTFLoader.js";

const MAGIC = 0x46546c67; // "glTF"
const HEAD_BYTES = 12;
const CHUNK_HEAD_BYTES = 8;
// Of samplers, as glTF and WebGL number them.
const WRAPS: Readonly<Record<number, Wrapping>> = {
  33071: ClampToEdgeWrapping, 33648: MirroredRepeatWrapping, 10497: RepeatWrapping };
const FILTERS: Readonly<Record<number, MinificationTextureFilter>> = {
  9728: NearestFilter, 9729: LinearFilter, 9984: NearestMipmapNearestFilter, 9985: LinearMipmapNearestFilter,
  9986: NearestMipmapLinearFilter, 9987: LinearMipmapLinearFilter };

interface Place {
  readonly image: number;
  readonly start: number;
  readonly end: number;
  readonly type: string;
}

/** What of a GLB's JSON tells where its pictures are. */
interface Told {
  readonly images?: readonly { bufferView?: number; mimeType?: string }[];
  readonly bufferViews?: readonly { buffer: number; byteOffset?: number; byteLength: number }[];
}

export class Pictures {
  private readonly decoded = new Map<number, Promise<ImageBitmap>>();
  private awaited: Place[] | null = null;

  /** The first `length` of these bytes are there. */
  came(bytes: Uint8Array<ArrayBuffer>, length: number): void {
    this.awaited ??= placesOf(bytes, length);
    while (this.awaited?.[0] && this.awaited[0].end <= length) {
      const { image, start, end, type } = this.awaited.shift()!;
      const blob = new Blob([bytes.subarray(start, end)], { type });
      const picture = decoded(blob);
      picture.catch(() => undefined); // whoever asks for it is told
      this.decoded.set(image, picture);
    }
  }

  of(image: number): Promise<ImageBitmap> | undefined {
    return this.decoded.get(image);
  }

  /** Nobody will ask for them. */
  forget(): void {
    for (const picture of this.decoded.values()) void picture.then((each) => each.close(), () => undefined);
    this.decoded.clear();
  }
}

/** Its bytes as they are, off the main thread. */
export function decoded(picture: Blob): Promise<ImageBitmap> {
  return createImageBitmap(picture, { colorSpaceConversion: "none", premultiplyAlpha: "none" })
    .catch(() => createImageBitmap(picture)); // before Firefox 98 and Safari 17 nothing can be asked for
}

/** Takes the place of the loader's own part of that name: textures of what is decoded already. */
export class DecodedPictures implements GLTFLoaderPlugin {
  readonly name = "EXT_texture_webp";

  constructor(private readonly parser: GLTFParser, private readonly pictures: Pictures) {}

  loadTexture(index: number): Promise<Texture> | null {
    const told = this.parser.json.textures[index];
    const source: number | undefined = told.extensions?.[this.name]?.source ?? told.source;
    if (source === undefined) return null;
    const picture = this.pictures.of(source);
    if (!picture) return this.parser.loadTextureImage(index, source, this.parser.textureLoader);
    const { wrapS, wrapT, magFilter, minFilter } = this.parser.json.samplers?.[told.sampler] ?? {};
    return picture.then((image) => {
      const texture = new Texture(image, Texture.DEFAULT_MAPPING, WRAPS[wrapS] ?? RepeatWrapping, WRAPS[wrapT] ?? RepeatWrapping,
                                  FILTERS[magFilter] as MagnificationTextureFilter | undefined, FILTERS[minFilter]);
      texture.flipY = false;
      texture.generateMipmaps = texture.minFilter !== NearestFilter && texture.minFilter !== LinearFilter;
      texture.needsUpdate = true;
      this.parser.associations.set(texture, { textures: index });
      return texture;
    }, () => null as unknown as Texture); // a broken one is left out, as the loader does
  }
}

/** Of all pictures within, in the order in which they come; null as long as the file's head is not there. */
function placesOf(bytes: Uint8Array<ArrayBuffer>, length: number): Place[] | null {
  if (length < HEAD_BYTES + CHUNK_HEAD_BYTES) return null;
  const view = new DataView(bytes.buffer);
  if (view.getUint32(0, true) !== MAGIC) return []; // the loader says what it is
  const start = HEAD_BYTES + CHUNK_HEAD_BYTES;
  const end = start + view.getUint32(HEAD_BYTES, true);
  if (length < end) return null;
  const { images = [], bufferViews = [] } = JSON.parse(new TextDecoder().decode(bytes.subarray(start, end))) as Told;
  return images.flatMap(({ bufferView, mimeType }, image) => {
    const within = bufferView === undefined ? undefined : bufferViews[bufferView];
    if (within?.buffer !== 0) return [];
    const from = end + CHUNK_HEAD_BYTES + (within.byteOffset ?? 0);
    return [{ image, start: from, end: from + within.byteLength, type: mimeType ?? "" }];
  }).sort((a, b) => a.end - b.end);
}
