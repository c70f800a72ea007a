// The service worker: registered, asked its version, renewed where nobody is midway.

/** Register it; `quiet()` says whether a new version may take over now. */
export async function keepOffline(screens, quiet) {
  const container = navigator.serviceWorker;
  if (!container) return;
  const registration = await container.register("/kiosk/service-worker.js", { scope: "/kiosk" });
  let renewing = false;
  const renew = () => {
    // The first of all takes over by itself: nothing older is on the screen.
    if (renewing || !container.controller || !registration.waiting || !quiet()) return;
    renewing = true;
    container.addEventListener("controllerchange", () => location.replace("/kiosk"), { once: true });
    registration.waiting.postMessage("take-over");
  };
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", renew);
  });
  screens.addEventListener("shown", renew);
  renew();
}

/** Return the version that is kept here, or "" where none is yet. */
export function version() {
  const worker = navigator.serviceWorker?.controller;
  if (!worker) return Promise.resolve("");
  return new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (event) => done(event.data);
    worker.postMessage("version", [port2]);
  });
}
