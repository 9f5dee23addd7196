/** The service worker: the network first, what was kept where there is none. Only this site's own files. */

declare const SHELL_FILES: readonly string[];
declare const SHELL_VERSION: string;

interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Extendable {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface WorkerScope {
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", listen: (event: Extendable) => void): void;
  addEventListener(type: "fetch", listen: (event: Fetching) => void): void;
}

const worker = self as unknown as WorkerScope;
const PREFIX = `vernissage ${worker.registration.scope} `;
const SHELL = PREFIX + SHELL_VERSION;
const ROOMS = `${PREFIX}rooms`;
const MADE = /^[0-9a-f]{12}$/; // as the builder writes it, and `addressed` in house.ts puts it

worker.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(["./", ...SHELL_FILES])).then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(forgetOld().then(() => worker.clients.claim()));
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(worker.registration.scope)) return;
  event.respondWith(networkFirst(request, event));
});

async function networkFirst(request: Request, event: Fetching): Promise<Response> {
  try {
    const answer = await fetch(request);
    if (answer.status === 200) {
      event.waitUntil(keep(address(request), answer.clone()).catch(() => undefined));
    }
    return answer;
  } catch (error) {
    const kept = await (await caches.open(ROOMS)).match(address(request)) ?? await (await caches.open(SHELL)).match(address(request));
    if (kept) return request.headers.has("Range") ? part(kept, request.headers.get("Range")!) : kept;
    throw error;
  }
}

/** What a film's player asks for of a file that is kept whole. */
async function part(whole: Response, range: string): Promise<Response> {
  const body = await whole.blob();
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(range) ?? [];
  if (from === undefined || Number(from) >= body.size) return new Response(null, { status: 416, headers: { "Content-Range": `bytes */${body.size}` } });
  const last = to ? Math.min(Number(to), body.size - 1) : body.size - 1;
  return new Response(body.slice(Number(from), last + 1), {
    status: 206, headers: { "Content-Range": `bytes ${from}-${last}/${body.size}`, "Content-Type": whole.headers.get("Content-Type") ?? body.type },
  });
}

async function keep(file: string, answer: Response): Promise<void> {
  const cache = await caches.open(ROOMS);
  if (file.endsWith("/house.json")) await forgetOthers(cache, (await answer.clone().json() as { made?: string }).made);
  await cache.put(file, answer);
}

/** Files of the exhibition that was here before. */
async function forgetOthers(cache: Cache, made = ""): Promise<void> {
  for (const { url } of await cache.keys()) {
    const [, of] = url.split("?");
    if (of !== undefined && of !== made) await cache.delete(url);
  }
}

/** What follows the question mark is of which exhibition a file is; all else, as the language, is read by the page alone. */
function address(request: Request): string {
  const [file, query] = request.url.split("#")[0]!.split("?");
  return query !== undefined && MADE.test(query) ? `${file}?${query}` : file!;
}

async function forgetOld(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== SHELL && name !== ROOMS) await caches.delete(name);
  }
}
