/** Keeps the exhibition for visits without a connection: small ones by themselves, large ones when asked. */

import type { House } from "../house.ts";

const SMALL_BYTES = 64 * 2 ** 20;
const TAKE_OVER_MS = 10_000;

/** Start the worker, where the page's address allows one (https, or this machine itself); true once it sees requests. */
export async function startWorker(): Promise<boolean> {
  if (!("serviceWorker" in navigator)) return false;
  try {
    await navigator.serviceWorker.register(workerAddress() as unknown as string);
    await navigator.serviceWorker.ready;
    return await hasTakenOver();
  } catch {
    return false; // an odd host or a private window: the page works all the same
  }
}

/** A reload that passes over workers never gets one. */
function hasTakenOver(): Promise<boolean> {
  const { serviceWorker } = navigator;
  if (serviceWorker.controller) return Promise.resolve(true);
  return new Promise((done) => {
    serviceWorker.addEventListener("controllerchange", () => done(true), { once: true });
    setTimeout(() => done(false), TAKE_OVER_MS);
  });
}

export function isSmall(house: House): boolean {
  const connection = (navigator as { connection?: { saveData?: boolean } }).connection;
  return totalBytes(house) <= SMALL_BYTES && !connection?.saveData;
}

export function totalBytes(house: House): number {
  return house.rooms.reduce((sum, room) => sum + room.bytes, 0)
    + house.works.reduce((sum, work) => sum + (work.film?.bytes ?? 0), 0);
}

/** Ask for every file once, so that the worker keeps it; `progress` from 0 to 1. */
export async function keepAll(house: House, progress: (fraction: number) => void): Promise<void> {
  const files = [
    "house.json", ...(house.sky === undefined ? [] : [house.sky]),
    ...house.rooms.flatMap((room) => room.light === null ? [room.glb] : [room.glb, room.light]),
    ...house.works.flatMap((work) => (work.made?.images ?? []).map((image) => image.file)),
    ...house.works.flatMap((work) => work.film ? [work.film.file] : [])];
  for (const [index, file] of files.entries()) {
    const answer = await fetch(file);
    if (!answer.ok) throw new Error(`${file}: ${answer.status}`);
    await answer.arrayBuffer();
    await isKept(file);
    progress((index + 1) / files.length);
  }
}

/** The worker writes on its own; a full disk shows by its not having done so after a while. */
async function isKept(file: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (await caches.match(new URL(file, location.href).href)) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(file);
}

/** The page's policy lets no text become a script's address but through here, where it is always the same. */
function workerAddress(): string | TrustedScriptAddress {
  const types = (window as unknown as { trustedTypes?: TrustedTypesFactory }).trustedTypes;
  if (!types) return "worker.js";
  return types.createPolicy("vernissage", { createScriptURL: () => "worker.js" }).createScriptURL("");
}

type TrustedScriptAddress = object;
interface TrustedTypesFactory {
  createPolicy(name: string, rules: { createScriptURL(text: string): string }): { createScriptURL(text: string): TrustedScriptAddress };
}
