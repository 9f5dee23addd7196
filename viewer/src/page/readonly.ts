/** Without graphics the works can still be read. */

import type { House } from "../house.ts";
import { byId } from "./elements.ts";
import { languageOf } from "./languages.ts";
import { Sheet } from "./sheet.ts";
import { WorksList } from "./workslist.ts";
import { workContent } from "./worktext.ts";

export function readOnly(house: House): void {
  document.title = byId("title").textContent = house.title;
  document.body.classList.add("read-only");
  const sheet = new Sheet(() => undefined);
  const list = new WorksList(house, () => undefined, (work) => sheet.open(
    work.id, () => work.title || work.id, () => workContent(house, work), languageOf(house, "title", work)));
  list.toggle();
}
