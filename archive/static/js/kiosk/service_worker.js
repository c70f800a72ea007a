// Keeps the kiosk's own pages for when there is no network. The server puts two
// constants before this: VERSION, of all that is kept, and FILES, their addresses.
/* global VERSION, FILES */
const NAME = `kiosk-${VERSION}`;
const OURS = /^kiosk-/;
// Asked of the archive each time, and kept as it last was.
const TOLD = /^\/kiosk\/(archive\.json|words\/(es|en)\.txt)$/;
const LOCK = "/kiosk/archive.json";
const LANGUAGE = self.navigator.language?.startsWith("en") ? "en" : "es";

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(NAME);
    await cache.addAll(FILES.map((each) => new Request(each, { cache: "reload" })));
    // The page that installs this asked before: without it a reload offline finds no lock.
    await cache.add(new Request(LOCK, { cache: "reload" })).catch(() => {});
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((each) => OURS.test(each) && each !== NAME).map((each) => caches.delete(each)));
    await self.clients.claim();
  })());
});

self.addEventListener("message", (event) => {
  if (event.data === "version") event.ports[0].postMessage(VERSION);
  // Only a page that shows nothing of anybody asks for this.
  if (event.data === "take-over") self.skipWaiting();
});

/** Whether the archive itself answered, and no proxy in its place. */
function sound(answer, path) {
  const type = path.endsWith(".json") ? "application/json" : "text/plain";
  return answer.ok && !answer.redirected && (answer.headers.get("Content-Type") ?? "").startsWith(type);
}

async function told(request) {
  const path = new URL(request.url).pathname;
  const cache = await caches.open(NAME);
  const answer = await fetch(request).catch(() => Response.error());
  if (sound(answer, path)) {
    await cache.put(path, answer.clone());
    return answer;
  }
  const kept = await cache.match(path);
  if (!kept) return answer;
  // Whoever reads it must not take its date for today's.
  const headers = new Headers(kept.headers);
  headers.set("Kept", "1");
  return new Response(kept.body, { status: kept.status, headers });
}

async function kept(path, request) {
  const cache = await caches.open(NAME);
  return (await cache.match(path)) ?? fetch(request);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (TOLD.test(url.pathname)) event.respondWith(told(request));
  else if (url.pathname === "/kiosk") event.respondWith(kept(`/kiosk/${LANGUAGE}`, request));
  else if (FILES.includes(url.pathname)) event.respondWith(kept(url.pathname, request));
});
