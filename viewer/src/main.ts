/** Starts the page: its language, the house, the exhibition; or says in one sentence why not. */

import { Exhibition } from "./exhibition.ts";
import { type House, readHouse } from "./house.ts";
import { byId } from "./page/elements.ts";
import { Sheet } from "./page/sheet.ts";
import { languageTag, say, startLanguage } from "./page/words.ts";
import { WorksList } from "./page/workslist.ts";
import { workContent } from "./page/worktext.ts";

async function start(): Promise<void> {
  const query = new URLSearchParams(location.search);
  startLanguage(query, navigator.languages);
  for (const part of ["tools", "works", "view"] as const) byId(part).setAttribute("aria-label", say(part)); // also if it fails
  byId("waiting").textContent = say("loading");
  const answer = await fetch("house.json");
  if (!answer.ok) throw new Error(`house.json: ${answer.status} ${answer.statusText}`);
  const house = readHouse(await answer.text());
  if (!document.createElement("canvas").getContext("webgl2")) {
    readOnly(house);
    throw new Error(say("noGraphics"));
  }
  new Exhibition(house, query).start();
}

/** Without graphics the works can still be read. */
function readOnly(house: House): void {
  document.title = byId("title").textContent = house.title;
  document.body.classList.add("read-only");
  const sheet = new Sheet(() => undefined);
  const list = new WorksList(house, () => undefined, (work) => sheet.open(
    work.id, () => work.title || work.id, () => workContent(house, work), languageTag(house.language)));
  list.toggle();
}

start().catch((error: unknown) => {
  console.error(error);
  byId("waiting").textContent = say("failed", { reason: error instanceof Error ? error.message : String(error) });
});
