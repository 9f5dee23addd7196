/** `house.json`: what the builder says about the exhibition. Metres, Y up, right-handed, as in glTF. */

export type Point = readonly [number, number, number];
export type Flat = readonly [number, number];

export interface Door {
  /** The room behind it; null leads out of the house. */
  readonly to: string | null;
  readonly at: Point;
  readonly width_m: number;
}

/** Tags (BCP 47) of texts by their names, where they are not in the language of the whole. */
export type Languages = Readonly<Record<string, string>>;

export interface Room {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly languages?: Languages;
  readonly glb: string;
  readonly bytes: number;
  readonly height_m: number;
  readonly floor: readonly Flat[];
  readonly light: string | null;
  readonly light_scale: number;
  /** Names of the nodes that the lightmap lights; without it, every mesh with a second UV set. */
  readonly lit?: readonly string[];
  readonly doors: readonly Door[];
}

export interface Work {
  readonly id: string;
  readonly room: string;
  /** That its texts are in; absent in houses of an earlier builder. */
  readonly language?: string;
  readonly languages?: Languages;
  readonly title: string;
  readonly artist: string;
  readonly year: string;
  readonly medium: string;
  readonly size_cm: readonly number[];
  readonly text: string;
  readonly rights: string;
  /** Where it comes from; absent in houses of an earlier builder. */
  readonly provenance?: string;
  readonly alt: string;
  /** Of a film that browsers play; absent or null of all else. */
  readonly film?: { readonly file: string; readonly bytes: number } | null;
  /** Facts by name; `images` are strips of small pictures of the making. */
  readonly made: Readonly<Record<string, string | number> & { images?: readonly MadeImage[] }> | null;
  readonly at: Point;
  readonly normal: Point;
  readonly size_m: Flat;
  readonly stand: Point;
}

export interface MadeImage {
  readonly file: string;
  /** The picture after some of its steps, where the model looked for words of its prompt, or what it was made of. */
  readonly kind: "steps" | "words" | "sources";
  /** Of each of the small pictures, which are as wide as each other: its step, its word, or what it was to the work:
   * "content", "style", "depth", "normal" or "control". */
  readonly captions: readonly string[];
  readonly size_px: Flat;
}

export interface Surrounding {
  readonly surface: "floor" | "walls" | "outside";
  readonly made: Readonly<Record<string, string>>;
}

export interface Walk {
  readonly cell_m: number;
  readonly origin: Flat;
  readonly columns: number;
  readonly rows: number;
  readonly bits: string;
}

export interface View {
  readonly stand: Point;
  readonly look: Point;
}

export interface Stop extends View {
  readonly work: string;
}

export interface House {
  /** Another of each page that was written anew: browsers keep files by their addresses. Absent in earlier ones. */
  readonly made?: string;
  readonly title: string;
  readonly text: string;
  /** A tag of BCP 47, of all that says nothing else. */
  readonly language: string;
  readonly languages?: Languages;
  readonly rooms: readonly Room[];
  readonly works: readonly Work[];
  readonly walk: Walk;
  readonly tour: readonly Stop[];
  readonly start: View;
  /** An equirectangular picture of what lies outside, +x in its middle; absent for a plain sky. */
  readonly sky?: string;
  /** What floors, walls and the outside were made of, by prompts; absent where they are the architecture's own. */
  readonly surroundings?: readonly Surrounding[];
  /** An address that takes what visitors send of their looking times, by POST; absent where the owner set none. */
  readonly visits?: string;
}

const FORMAT = 1;

/** Check what the page relies on. Throws an `Error` that names the field. */
export function readHouse(text: string): House {
  const house = JSON.parse(text) as House & { format: number };
  if (house.format !== FORMAT) {
    throw new Error(`house.json: format is ${String(house.format)}, this viewer reads ${FORMAT}`);
  }
  const rooms = new Set<string>();
  for (const room of house.rooms) {
    if (rooms.has(room.id)) throw new Error(`house.json: two rooms are called ${room.id}`);
    rooms.add(room.id);
    insideFolder(room.glb);
    if (room.light !== null) insideFolder(room.light);
  }
  if (house.sky !== undefined) insideFolder(house.sky);
  if (rooms.size === 0) throw new Error("house.json: rooms is empty");
  const works = new Set<string>();
  for (const work of house.works) {
    if (works.has(work.id)) throw new Error(`house.json: two works are called ${work.id}`);
    works.add(work.id);
    if (!rooms.has(work.room)) throw new Error(`house.json: work ${work.id} is in room ${work.room}, which is missing`);
    for (const image of work.made?.images ?? []) insideFolder(image.file);
    if (work.film) insideFolder(work.film.file);
  }
  for (const stop of house.tour) {
    if (!works.has(stop.work)) throw new Error(`house.json: the tour stops at ${stop.work}, which is missing`);
  }
  return addressed(house);
}

/** Browsers keep files by their addresses, some for days: those of a page that was written anew have others. */
function addressed(house: House): House {
  const { made, sky } = house;
  if (made === undefined) return house;
  const at = (path: string): string => `${path}?${encodeURIComponent(made)}`;
  return {
    ...house, ...(sky === undefined ? {} : { sky: at(sky) }),
    rooms: house.rooms.map((room) => ({ ...room, glb: at(room.glb), light: room.light && at(room.light) })),
    works: house.works.map((work) => ({
      ...work, ...(work.film ? { film: { ...work.film, file: at(work.film.file) } } : {}),
      made: work.made && {
        ...work.made, images: work.made.images?.map((image) => ({ ...image, file: at(image.file) })) ?? [],
      } as unknown as Work["made"],
    })),
  };
}

/** A path must stay in the exhibition's folder: no other host, no folder above. */
function insideFolder(path: string): void {
  const base = new URL("http://house.invalid/folder/");
  const url = new URL(path, base);
  if (url.host !== base.host || url.protocol !== base.protocol || !url.pathname.startsWith(base.pathname)) {
    throw new Error(`house.json: ${path} leads out of the exhibition's folder`);
  }
}
