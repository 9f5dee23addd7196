/** Which language the house's own texts are in, so that screen readers and the audio guide speak them as they are. */

import type { House, Room, Work } from "../house.ts";

/** A text that is read aloud, and its tag (BCP 47). */
export interface Spoken {
  readonly text: string;
  readonly language: string;
}

/** The tag of what is called `part` in house.json: of a room or a work, or else of the house itself. */
export function languageOf(house: House, part: string, of: House | Room | Work = house): string {
  return of.languages?.[part] ?? ("language" in of ? of.language : undefined) ?? house.language;
}

/** All that its works and it are told in. */
export function languagesOf(house: House): Set<string> {
  return new Set([house.language, ...house.works.flatMap((work) => [
    work.language ?? house.language, ...Object.values(work.languages ?? {})])]);
}
