/** Keeps the exhibition for visits without a connection: small ones by themselves, large ones when asked. */

import type { House } from "../house.ts";

const SMALL_BYTES = 64 * 2 ** 20;

/** Start the worker, where the page's address allows one (https, or this machine itself). */
export async function startWorker(): Promise<boolean> {
  if (!("serviceWorker" in navigator)) return false;
  try {
    await navigator.serviceWorker.register(workerAddress() as unknown as string);
    await navigator.serviceWorker.ready;
    return true;
  } catch {
    return false; // an odd host or a private window: the page works all the same
  }
}

export function isSmall(house: House): boolean {
  const connection = (navigator as { connection?: { saveData?: boolean } }).connection;
  return totalBytes(house) <= SMALL_BYTES && !connection?.saveData;
}

export function totalBytes(house: House): number {
  return house.rooms.reduce((sum, room) => sum + room.bytes, 0);
}

/** Ask for every file once, so that the worker keeps it; `progress` from 0 to 1. */
export async function keepAll(house: House, progress: (fraction: number) => void): Promise<void> {
  const files = ["house.json", ...house.rooms.flatMap((room) => room.light === null ? [room.glb] : [room.glb, room.light])];
  for (const [index, file] of files.entries()) {
    const answer = await fetch(file);
    if (!answer.ok) throw new Error(`${file}: ${answer.status}`);
    await answer.arrayBuffer();
    progress((index + 1) / files.length);
  }
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
