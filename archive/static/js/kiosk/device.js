// What this tablet is to the archive: its token, and the printer's paper.
const NAME = "resguardo-device";
const REPORT_MS = 60_000;
const DAY_MS = 86_400_000;

function opened() {
  return new Promise((done, failed) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("device");
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
}

async function inStore(mode, act) {
  const database = await opened();
  try {
    const asked = act(database.transaction("device", mode).objectStore("device"));
    return await new Promise((done, failed) => {
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => failed(asked.error);
    });
  } finally {
    database.close();
  }
}

/** Return what is kept under a name, or nothing. */
export const kept = (name) => inStore("readonly", (store) => store.get(name));

/** Keep a value under a name. */
export const keep = (name, value) => inStore("readwrite", (store) => store.put(value, name));

const json = (body, token) => ({
  method: "POST",
  headers: { "Content-Type": "application/json", ...(token && { Kiosk: token }) },
  body: JSON.stringify(body),
});

/** Enrol with a code from the desk; return "" or the name of what went wrong. */
export async function enrol(code) {
  let answer;
  try {
    answer = await fetch("/kiosk/enrol", json({ code }));
  } catch {
    return "offline";
  }
  if (answer.status === 429) return "many";
  if (!answer.ok) return "wrong";
  await keep("token", (await answer.json()).token);
  return "";
}

/** Sum up what waits. */
export function waitingIn(rows, now = Date.now()) {
  const waiting = rows.filter((row) => row.state !== "done");
  const oldest = Math.min(now, ...waiting.map((row) => Number(new Date(row.since)) || now));
  return {
    waiting: waiting.length,
    bytes: waiting.reduce((sum, row) => sum + row.size, 0),
    oldest_days: Math.floor((now - oldest) / DAY_MS),
  };
}

/** Tells the desk what waits here, at most once a minute; `revoked()` when not known. */
export class Reports {
  #timer = 0;
  #last = 0;

  constructor(queue, token, version, revoked) {
    const tell = async () => {
      const known = await version();
      // On the very first visit nothing is kept yet: it is told when something is.
      if (!known) return;
      this.#last = Date.now();
      const body = { version: known, ...waitingIn(await queue.rows()) };
      const answer = await fetch("/kiosk/report", json(body, token)).catch(() => null);
      if (answer?.status === 403) revoked();
    };
    const soon = () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => tell().catch(() => {}), Math.max(0, this.#last + REPORT_MS - Date.now()));
    };
    queue.addEventListener("change", soon);
    addEventListener("online", soon);
    navigator.serviceWorker?.addEventListener("controllerchange", soon);
    soon();
  }
}
