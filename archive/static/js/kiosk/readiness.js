// What must hold before this tablet may say that it is ready. There is no lesser way.
import { records } from "./recorder.js";

const AWRY_MS = 600_000;
const RECIPIENT = /^age1pq1[02-9ac-hj-np-z]{100,}$/;
// BIP 173: the letters of bech32, and the generator of its checksum.
const LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** Say whether a recipient came whole: one letter that changed on the way is found. */
export function whole(recipient) {
  if (!RECIPIENT.test(recipient)) return false;
  const cut = recipient.lastIndexOf("1");
  const name = [...recipient.slice(0, cut)].map((each) => each.charCodeAt(0));
  const values = [...name.map((each) => each >> 5), 0, ...name.map((each) => each & 31)];
  for (const each of recipient.slice(cut + 1)) values.push(LETTERS.indexOf(each));
  let sum = 1;
  for (const value of values) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    GENERATOR.forEach((each, bit) => { if ((top >>> bit) & 1) sum ^= each; });
  }
  return sum === 1;
}

/** Return what this browser lacks; the names are those of the page's sentences. */
export function ofBrowser() {
  if (!isSecureContext) return ["insecure"];
  return records() && crypto.subtle && window.indexedDB ? [] : ["browser"];
}

/** Return what is wrong with what the archive told, `answer` being how it came. */
export function ofArchive(archive, answer, token, now = Date.now()) {
  const found = [];
  const date = Date.parse(answer.headers.get("Date") ?? "");
  // What the service worker kept tells the time of the day it was kept.
  const fresh = !answer.headers.has("Kept");
  if (fresh && date && Math.abs(now - date) > AWRY_MS) found.push("clock");
  if (!whole(archive.recipient ?? "") || !archive.salt) found.push("key");
  if (archive.enrolment === "required" && !token) found.push("enrolment");
  return found;
}

/** Return "room" where an hour would not fit. */
export async function ofRoom(sealing) {
  const { free, needed } = await sealing.room();
  return free < needed ? ["room"] : [];
}
