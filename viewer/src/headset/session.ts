/** The headset: starts a session, carries the visitor by teleport, turns in steps, reads works aloud to the eye. */

import { type Group, Ray, Vector3 } from "three";

import type { Work } from "../house.ts";
import { placardOf } from "../page/worktext.ts";
import type { Pointing, Target } from "../space/pointing.ts";
import type { Stage } from "../space/stage.ts";
import type { LoadedRoom } from "../space/roomfile.ts";
import { EYE_M, type Visitor } from "../space/visitor.ts";
import { Hands } from "./hands.ts";
import { Marker } from "./marker.ts";
import { Placard } from "./placard.ts";

const SNAP_RAD = Math.PI / 6;
const STICK = 0.7;
const LOOK_S = 1; // so long a look is meant
const LONGEST_FRAME_S = 0.25; // after a pause nobody has looked
const FEATURES = { optionalFeatures: ["local-floor", "hand-tracking", "bounded-floor"] };

export interface HeadsetEvents {
  started(): void;
  ended(): void;
  opened(work: Work): void;
  nextStop(): void;
}

export class Headset {
  private readonly marker = new Marker();
  private readonly placard = new Placard();
  private readonly controllers: Group[];
  private readonly turned = new Map<XRInputSource, boolean>();
  private readonly pressed = new Map<XRInputSource, boolean>();
  private session: XRSession | null = null;
  private gaze: { work: Work | null; seconds: number } = { work: null, seconds: 0 };
  private shown: Work | null = null;

  constructor(
    private readonly stage: Stage,
    private readonly visitor: Visitor,
    private readonly pointing: Pointing,
    private readonly rooms: () => Iterable<LoadedRoom>,
    private readonly events: HeadsetEvents,
  ) {
    stage.scene.add(this.marker.root, this.placard.root);
    this.controllers = [0, 1].map((index) => {
      const controller = stage.renderer.xr.getController(index);
      controller.addEventListener("select", () => this.select(controller));
      controller.addEventListener("squeeze", () => this.putAway());
      stage.rig.add(controller);
      return controller;
    });
    new Hands(stage.renderer, stage.rig, this.controllers);
  }

  async start(): Promise<void> {
    const session = await navigator.xr!.requestSession("immersive-vr", FEATURES);
    this.stage.renderer.xr.setReferenceSpaceType("local-floor");
    await this.stage.renderer.xr.setSession(session);
    this.session = session;
    this.stage.camera.position.set(0, EYE_M, 0); // until the first pose
    this.stage.camera.rotation.set(0, 0, 0);
    this.carry();
    session.addEventListener("end", () => {
      this.session = null;
      this.marker.root.visible = false;
      this.putAway();
      this.stage.rig.position.set(0, 0, 0);
      this.stage.rig.rotation.set(0, 0, 0);
      this.events.ended();
    });
    this.events.started();
  }

  get isOn(): boolean {
    return this.session !== null;
  }

  /** The work whose text is before the eyes. */
  get reading(): Work | null {
    return this.shown;
  }

  end(): void {
    void this.session?.end();
  }

  /** Put the head over where the visitor stands, facing where they face. */
  carry(): void {
    const { rig } = this.stage;
    rig.rotation.set(0, this.visitor.yaw, 0);
    const head = this.head();
    rig.position.set(this.visitor.x - head.x, this.visitor.ground, this.visitor.z - head.z);
  }

  /** The head on the plan, from the middle of the place that the headset sees, in the house's directions. */
  private head(): Vector3 {
    return this.stage.camera.position.clone().setY(0).applyEuler(this.stage.rig.rotation);
  }

  /** Text before the eyes, beside the work; nothing while no session runs. */
  show(work: Work): void {
    if (!this.session) return;
    this.shown = work;
    this.stage.camera.updateWorldMatrix(true, false); // it may have been carried in this very frame
    this.placard.show(...placardOf(work), this.stage.camera);
  }

  /** The head has been turned to this work for so many seconds more: a look that is meant brings up its text. */
  look(work: Work | null, seconds: number): void {
    if (work !== this.gaze.work) this.gaze = { work, seconds: 0 };
    const before = this.gaze.seconds;
    this.gaze.seconds += Math.min(seconds, LONGEST_FRAME_S);
    if (work && work !== this.shown && before < LOOK_S && this.gaze.seconds >= LOOK_S) this.show(work);
  }

  private putAway(): void {
    this.shown = null;
    this.placard.hide();
  }

  /** One frame: the mark where a trigger would lead, the sticks, and where the head has walked to. */
  step(): void {
    if (!this.session) return;
    const target = this.controllers.map((controller) => controller.visible ? this.target(controller) : null)
      .find((each) => each?.stand || each?.work) ?? null;
    this.marker.show(target);
    for (const source of this.session.inputSources) this.readSticks(source);
    const eye = this.head().add(this.stage.rig.position);
    [this.visitor.x, this.visitor.z] = [eye.x, eye.z];
  }

  private select(controller: Group): void {
    const target = this.target(controller);
    if (target?.work) {
      this.events.opened(target.work);
    } else if (target?.stand) {
      this.putAway();
      [this.visitor.x, this.visitor.z] = target.stand;
      this.visitor.yaw = this.stage.rig.rotation.y;
      this.carry();
    }
  }

  private target(controller: Group): Target | null {
    controller.updateWorldMatrix(true, false);
    const origin = new Vector3().setFromMatrixPosition(controller.matrixWorld);
    const direction = new Vector3(0, 0, -1).transformDirection(controller.matrixWorld);
    return this.pointing.cast(new Ray(origin, direction), this.rooms());
  }

  private readSticks(source: XRInputSource): void {
    const pad = source.gamepad;
    if (!pad || pad.mapping !== "xr-standard") return;
    const aside = pad.axes[2] ?? pad.axes[0] ?? 0;
    const isAside = Math.abs(aside) > STICK;
    if (isAside && !this.turned.get(source)) {
      this.visitor.yaw = this.stage.rig.rotation.y - Math.sign(aside) * SNAP_RAD;
      this.carry();
    }
    this.turned.set(source, isAside);
    const isPressed = pad.buttons[4]?.pressed ?? false;
    if (isPressed && !this.pressed.get(source)) this.events.nextStop();
    this.pressed.set(source, isPressed);
  }
}
