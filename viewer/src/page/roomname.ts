/** What rooms are called: by their titles, else by the numbers that the plan's picture has; a room without works is none
 * of those, but a passage. */

import type { House, Room } from "../house.ts";
import { languageOf } from "./languages.ts";
import { languageTag, pageLanguage, say } from "./words.ts";

/** From 1 in the order of the visit; 0 for a passage. */
export function roomNumber(house: House, room: Room): number {
  const shown = new Set(house.works.map((work) => work.room));
  return house.rooms.filter((each) => shown.has(each.id)).indexOf(room) + 1;
}

export function roomName(house: House, room: Room): string {
  const number = roomNumber(house, room);
  return room.title || (number ? say("room", { number }) : say("passage"));
}

/** What language its name is in. */
export function roomLanguage(house: House, room: Room): string {
  return room.title ? languageOf(house, "title", room) : languageTag(pageLanguage());
}
