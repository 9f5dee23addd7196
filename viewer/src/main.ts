/** Starts the page: its language, the house, the exhibition; or says in one sentence why not. Small, so that the first
 * room is asked for while the rest of the page still comes. */

import { type House, readHouse } from "./house.ts";
import { byId } from "./page/elements.ts";
import { say, startLanguage } from "./page/words.ts";
import { contextOf } from "./space/context.ts";
import { roomAt } from "./space/plan.ts";

const ASKED_AFTER_MS = 3000;
const RELOADED = "vernissage-reloaded";

async function start(): Promise<void> {
  const query = new URLSearchParams(location.search);
  startLanguage(query, navigator.languages);
  for (const part of ["tools", "works", "view"] as const) byId(part).setAttribute("aria-label", say(part)); // also if it fails
  byId("waiting").textContent = say("loading");
  const parts = import("./exhibition.ts");
  parts.catch(() => undefined); // what is told first is the house's fault
  const answer = await fetch("house.json");
  if (!answer.ok) throw new Error(`house.json: ${answer.status} ${answer.statusText}`);
  const house = readHouse(await answer.text());
  askForFirstRoom(house);
  await new Promise((done) => setTimeout(done)); // what was asked for is on its way before the card takes its time
  const context = contextOf(byId("canvas") as HTMLCanvasElement);
  const { Exhibition, readOnly } = await parts;
  if (!context) {
    readOnly(house);
    throw new Error(say("noGraphics"));
  }
  new Exhibition(house, context, query).start();
  await reloadAnother(house).catch(() => undefined); // without a connection, or without a place to note it, this one stays
}

/** A host that says nothing of how long its files stay has browsers show last week's exhibition for hours: it is asked,
 * once all is there, whether it has another by now. */
async function reloadAnother(house: House): Promise<void> {
  await new Promise((done) => setTimeout(done, ASKED_AFTER_MS));
  const answer = await fetch("house.json", { cache: "no-cache" });
  const { made } = await answer.json() as Partial<House>;
  if (!answer.ok || made === undefined || made === house.made || sessionStorage.getItem(RELOADED) === made) return;
  sessionStorage.setItem(RELOADED, made); // once: of two hosts at one address each may have another
  location.reload();
}

/** Its files come while this page's own code is read. */
function askForFirstRoom(house: House): void {
  const [x, , z] = house.start.stand;
  const { glb, light } = roomAt(house.rooms, x, z);
  for (const file of light === null ? [glb] : [glb, light]) {
    const link = document.createElement("link");
    Object.assign(link, { rel: "preload", as: "fetch", crossOrigin: "anonymous", href: file });
    document.head.append(link);
  }
}

start().catch((error: unknown) => {
  console.error(error);
  byId("waiting").textContent = say("failed", { reason: error instanceof Error ? error.message : String(error) });
});
