// What must hold before this tablet may say that it is ready. There is no lesser way.
const AWRY_MS = 600_000;
const RECIPIENT = /^age1pq1[02-9ac-hj-np-z]{100,}$/;

/** Return what this browser lacks; the names are those of the page's sentences. */
export function ofBrowser() {
  if (!isSecureContext) return ["insecure"];
  const records = navigator.mediaDevices?.getUserMedia && window.MediaRecorder;
  return records && crypto.subtle && window.indexedDB ? [] : ["browser"];
}

/** Return what is wrong with what the archive told, `answer` being how it came. */
export function ofArchive(archive, answer, token, now = Date.now()) {
  const found = [];
  const date = Date.parse(answer.headers.get("Date") ?? "");
  // What the service worker kept tells the time of the day it was kept.
  const fresh = !answer.headers.has("Kept");
  if (fresh && date && Math.abs(now - date) > AWRY_MS) found.push("clock");
  if (!RECIPIENT.test(archive.recipient ?? "") || !archive.salt) found.push("key");
  if (archive.enrolment === "required" && !token) found.push("enrolment");
  return found;
}

/** Return "room" where an hour would not fit; ask the browser to keep what is here. */
export async function ofRoom(sealing) {
  await navigator.storage?.persist?.().catch(() => false);
  const { free, needed } = await sealing.room();
  return free < needed ? ["room"] : [];
}
