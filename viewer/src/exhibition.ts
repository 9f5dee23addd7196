/** The exhibition: puts the rooms, the visitor, their hands and the page together. */

import { Ray, Vector2, Vector3 } from "three";

import type { Flat, House, Room, Stop, Work } from "./house.ts";
import { Tour } from "./guide/tour.ts";
import { Voice } from "./guide/voice.ts";
import type { Headset } from "./headset/session.ts";
import { GamepadInput } from "./input/gamepad.ts";
import { Keyboard } from "./input/keyboard.ts";
import { listenToPointer } from "./input/pointer.ts";
import { ThumbRing } from "./input/thumbring.ts";
import { isSmall, startWorker } from "./offline/keep.ts";
import { CaptionCard } from "./page/captioncard.ts";
import { button, byId, element } from "./page/elements.ts";
import { Figures } from "./page/figures.ts";
import { Help } from "./page/help.ts";
import { HouseMap } from "./page/map.ts";
import { languageOf, languagesOf } from "./page/languages.ts";
import { News } from "./page/news.ts";
import { roomLanguage, roomName } from "./page/roomname.ts";
import { Sheet } from "./page/sheet.ts";
import { Toolbar } from "./page/toolbar.ts";
import { TourBar } from "./page/tourbar.ts";
import { keepLanguage, pageLanguage, say, setLanguage } from "./page/words.ts";
import { WorksList } from "./page/workslist.ts";
import { spoken, workContent } from "./page/worktext.ts";
import { Films } from "./space/films.ts";
import { Plan } from "./space/plan.ts";
import { Pointing } from "./space/pointing.ts";
import { roomsInView } from "./space/portals.ts";
import { Stage } from "./space/stage.ts";
import { Streaming } from "./space/streaming.ts";
import { EYE_M, Visitor } from "./space/visitor.ts";
import { WalkGrid } from "./space/walk.ts";
import { Dwell } from "./visits/dwell.ts";
import { Visitbook } from "./visits/visitbook.ts";

export { readOnly } from "./page/readonly.ts";

const MOTION = matchMedia("(prefers-reduced-motion: reduce)");

export class Exhibition {
  private readonly news = new News();
  private readonly voice = new Voice();
  private readonly dwell: Dwell;
  private readonly tourBar = new TourBar();
  private readonly plan: Plan;
  private readonly stage: Stage;
  private readonly visitor: Visitor;
  private readonly pointing: Pointing;
  private readonly streaming: Streaming;
  private readonly sheet: Sheet;
  private readonly toolbar: Toolbar;
  private readonly list: WorksList;
  private readonly map: HouseMap;
  private readonly card: CaptionCard;
  private readonly help: Help;
  private readonly tour: Tour;
  private readonly keyboard: Keyboard;
  private readonly gamepad: GamepadInput;
  private readonly ring = new ThumbRing(byId("ring"));
  private readonly figures: Figures | null;
  private readonly films: Films;
  private headset: Headset | null = null;
  private room: Room;

  constructor(private readonly house: House, context: WebGL2RenderingContext, query: URLSearchParams) {
    const works = new Map(house.works.map((work) => [work.id, work]));
    const grid = new WalkGrid(house.walk);
    this.plan = new Plan(house);
    this.stage = new Stage(context);
    this.visitor = new Visitor(grid, () => MOTION.matches);
    this.visitor.place(house.start);
    this.room = this.plan.roomAt(this.visitor.x, this.visitor.z);
    this.pointing = new Pointing(house, grid);
    this.streaming = new Streaming(this.plan, this.stage.scene, this.stage.renderer.capabilities.getMaxAnisotropy(), {
      progress: (room, bytes) => this.showProgress(room, bytes),
      loaded: (room) => this.roomLoaded(room),
      failed: (room) => this.news.tell(say("roomFailed", { room: roomName(house, room) })),
    });
    this.sheet = new Sheet(() => this.sheetClosed());
    this.dwell = new Dwell(house);
    const redraw = (): void => this.sheet.redrawn();
    this.films = new Films(house, () => MOTION.matches, () => this.filmChanged(), () => this.stage.touch());
    this.card = new CaptionCard(house, (work) => this.open(work));
    this.map = new HouseMap(house, this.plan, this.visitor, (place) => this.goToPlace(place), (work) => this.approach(work));
    this.tour = new Tour(house, (stop) => void this.arrive(stop, works.get(stop.work)!), () => this.tourChanged());
    this.list = new WorksList(house, (work) => this.approach(work), (work) => { this.approach(work); this.open(work); });
    this.toolbar = new Toolbar({
      works: () => this.toolbar.press("works", this.list.toggle()),
      map: () => this.toggleMap(), tour: () => this.toggleTour(), voice: () => this.toggleVoice(),
      headset: () => void this.startHeadset(), help: () => this.toggleHelp(), language: () => this.switchLanguage(),
    });
    const read = (): void => { if (this.card.work) this.open(this.card.work); };
    this.keyboard = new Keyboard({
      Enter: read, KeyM: () => this.toggleMap(), KeyT: () => this.toggleTour(), KeyV: () => this.toggleVoice(),
      Escape: () => this.close(), KeyN: () => { if (this.tour.isRunning) this.tour.next(); },
    });
    this.help = new Help(house, this.news, new Visitbook(house, this.dwell, this.news, redraw), this.keyboard,
                         () => { redraw(); this.tellKeys(); });
    this.gamepad = new GamepadInput({
      read, close: () => this.close(), map: () => this.toggleMap(), tour: () => this.toggleTour(),
      previous: () => this.tour.previous(), next: () => this.nextStop(),
    });
    listenToPointer(byId("view"), {
      look: (yaw, pitch) => { this.visitor.stop(); this.visitor.turn(yaw, pitch); this.stage.touch(); },
      tap: (u, v) => this.tap(u, v),
    });
    this.figures = query.has("figures")
      ? new Figures(this.stage.renderer, this.streaming, this.visitor, () => this.room.id,
                    () => this.headset?.reading?.id ?? null, () => this.films.playing) : null;
    this.drawWords();
    void this.findHeadset();
  }

  start(): void {
    this.streaming.enter(this.room.id);
    this.stage.run((seconds) => this.frame(seconds), () => this.figures?.update());
  }

  private frame(seconds: number): boolean {
    let moved = false;
    if (this.headset?.isOn) {
      this.headset.step();
      this.dwell.moved(this.stage.camera.matrixWorld.elements); // one that is laid down has no visitor
    } else {
      const push = this.keyboard.push();
      this.gamepad.addTo(push);
      this.ring.addTo(push);
      if (push.forward || push.right || push.turn || push.pitch) this.dwell.touch();
      moved = this.visitor.step(seconds, push);
      this.stage.camera.position.set(this.visitor.x, this.visitor.ground + EYE_M, this.visitor.z);
      this.stage.camera.rotation.set(this.visitor.pitch, this.visitor.yaw, 0, "YXZ");
    }
    const room = this.plan.roomAt(this.visitor.x, this.visitor.z);
    if (room !== this.room) {
      this.room = room;
      this.films.leave();
      this.streaming.enter(room.id);
      this.showPlace();
      moved = true;
    }
    this.films.update(this.visitor.x, this.visitor.z, this.streaming.rooms.get(room.id));
    this.showRoomsInView();
    const lookedAt = this.streaming.rooms.has(room.id) ? this.pointing.lookedAt(this.stage.camera, room.id) : null;
    const isReading = !this.headset?.isOn && (this.sheet.name === "help" || this.sheet.name === "map"); // no headset shows them
    this.dwell.look(isReading ? null : lookedAt?.id ?? null, seconds);
    this.card.show(lookedAt && this.sheet.name !== sheetOf(lookedAt) ? lookedAt : null);
    this.headset?.look(lookedAt, seconds);
    if (moved && this.sheet.name === "map") this.map.update();
    return moved;
  }

  private showRoomsInView(): void {
    const { rooms } = this.streaming;
    this.stage.camera.updateMatrixWorld();
    const seen = this.headset?.isOn ? rooms : roomsInView(this.plan, this.room, this.stage.camera, rooms);
    for (const [id, { scene }] of rooms) scene.visible = seen.has(id);
  }

  private tap(u: number, v: number): void {
    const { camera } = this.stage;
    camera.updateMatrixWorld();
    const origin = new Vector3().setFromMatrixPosition(camera.matrixWorld);
    const pixel = new Vector2(u, v);
    const direction = new Vector3(pixel.x, pixel.y, 0.5).unproject(camera).sub(origin).normalize();
    const target = this.pointing.cast(new Ray(origin, direction), this.streaming.rooms.values());
    if (target?.work) this.open(target.work);
    else if (target?.stand) this.goToPlace(target.stand);
  }

  private open(work: Work): void {
    this.sheet.open(sheetOf(work), () => work.title || work.id, () => [...this.filmControl(work), ...workContent(this.house, work)],
                    languageOf(this.house, "title", work));
    this.pressSheet(null);
    this.headset?.show(work);
    if (!this.voice.read(spoken(this.house, work))) this.news.tell(say("voiceNone"));
  }

  private filmControl(work: Work): Node[] {
    if (!work.film) return [];
    if (this.films.cannotPlay(work)) return [element("p", { class: "hint" }, say("filmFailed"))];
    return [button(say(this.films.wants(work) ? "filmPause" : "filmPlay"), () => this.films.toggle(work),
                   { id: "film", class: "wide" })];
  }

  private filmChanged(): void {
    if (!this.sheet.name?.startsWith("work ")) return;
    const hadFocus = document.activeElement?.id === "film";
    this.sheet.redrawn();
    if (hadFocus) document.getElementById("film")?.focus();
  }

  private approach(work: Work): void {
    void this.visitor.goTo(work.stand, work.at).then((arrived) => {
      if (!arrived && !this.visitor.isWalking) this.news.tell(say("noWay"));
    });
    this.stage.touch();
  }

  private goToPlace([x, z]: Flat): void {
    void this.visitor.goTo([x, this.visitor.ground, z], null);
    this.stage.touch();
  }

  private async arrive(stop: Stop, work: Work): Promise<void> {
    if (this.headset?.isOn) {
      this.visitor.place(stop);
      this.headset.carry();
    } else if (!await this.visitor.goTo(stop.stand, stop.look)) {
      return; // the visitor walked off by themselves
    }
    this.stage.touch();
    this.open(work);
  }

  private nextStop(): void {
    if (this.tour.isRunning) this.tour.next();
    else this.tour.start();
  }

  private toggleTour(): void {
    if (this.tour.isRunning) this.tour.end();
    else this.tour.start();
  }

  private tourChanged(): void {
    this.toolbar.press("tour", this.tour.isRunning);
    document.body.classList.toggle("touring", this.tour.isRunning);
    this.tourBar.draw(this.tour);
    if (this.tour.isRunning) return;
    this.visitor.stop();
    this.voice.hush();
    this.news.tell(say("tourEnded"));
  }

  private toggleMap(): void {
    this.toggleSheet("map", () => this.map.content());
  }

  private toggleHelp(): void {
    this.toggleSheet("help", () => this.help.content());
  }

  private toggleSheet(name: "map" | "help", content: () => Node[]): void {
    if (this.sheet.name === name) {
      this.sheet.close();
      return;
    }
    this.sheet.open(name, () => say(name), content);
    this.pressSheet(name);
  }

  private pressSheet(name: "map" | "help" | null): void {
    this.toolbar.press("map", name === "map");
    this.toolbar.press("help", name === "help");
  }

  private toggleVoice(): void {
    const on = !this.voice.on;
    const could = this.voice.switch(on, languagesOf(this.house));
    this.toolbar.press("voice", this.voice.on);
    this.news.tell(say(!could ? "voiceNone" : on ? "voiceOn" : "voiceOff"));
  }

  private close(): void {
    this.sheet.close();
    this.list.close();
    this.toolbar.press("works", false);
  }

  private sheetClosed(): void {
    this.pressSheet(null);
    this.voice.hush();
  }

  private switchLanguage(): void {
    keepLanguage(setLanguage(pageLanguage() === "zh" ? "en" : "zh"));
    this.drawWords();
  }

  /** Everything in the page's own words, again. */
  private drawWords(): void {
    byId("title").textContent = document.title = this.house.title || say("untitled");
    byId("title").lang = languageOf(this.house, "title");
    byId("view").setAttribute("aria-label", say("view"));
    this.tellKeys();
    this.toolbar.draw();
    this.list.draw();
    this.card.draw();
    this.tourBar.draw(this.tour);
    this.sheet.redrawn();
    this.showPlace();
  }

  private tellKeys(): void {
    byId("viewhelp").textContent = say(this.keyboard.hasLetters ? "viewHelp" : "viewFewKeys");
  }

  private showPlace(): void {
    byId("place").textContent = roomName(this.house, this.room);
    byId("place").lang = roomLanguage(this.house, this.room);
  }

  private showProgress(room: Room, bytes: number): void {
    const fraction = Math.min(1, bytes / Math.max(1, room.bytes));
    const label = say("loadingRoom", { room: roomName(this.house, room), percent: Math.round(fraction * 100) });
    this.news.progress(fraction, label);
    const waiting = byId("waiting");
    if (!document.body.classList.contains("ready") && waiting.textContent !== label) waiting.textContent = label;
  }

  private roomLoaded(room: Room): void {
    this.news.progress(null);
    this.stage.touch();
    if (room !== this.room || document.body.classList.contains("ready")) return;
    document.body.classList.add("ready");
    this.news.tell(say("roomLoaded", { room: roomName(this.house, room) }));
    if (this.house.sky !== undefined) void this.stage.showSky(this.house.sky).catch(() => undefined);
    void this.prepareOffline();
  }

  private async prepareOffline(): Promise<void> {
    this.help.canKeep = await startWorker();
    if (this.help.canKeep && isSmall(this.house)) await this.help.keep(true);
  }

  private async findHeadset(): Promise<void> {
    const isThere = await navigator.xr?.isSessionSupported("immersive-vr").catch(() => false) ?? false;
    this.toolbar.hide("headset", !isThere);
  }

  private async startHeadset(): Promise<void> {
    try {
      const { Headset } = await import("./headset/session.ts");
      this.headset ??= new Headset(this.stage, this.visitor, this.pointing, () => this.streaming.rooms.values(), {
        started: () => this.toolbar.press("headset", true),
        ended: () => { this.toolbar.press("headset", false); this.stage.fit(); },
        opened: (work) => this.open(work),
        nextStop: () => this.nextStop(),
      });
      if (this.headset.isOn) this.headset.end();
      else await this.headset.start();
    } catch (error) {
      this.news.tell(say("headsetFailed", { reason: String((error as Error).message) }));
    }
  }
}

function sheetOf(work: Work): string {
  return `work ${work.id}`;
}
