// What is sealed beside a recording, and for whom; the same as archive/claims.py and
// the archive's keyring expect, bit by bit.
import {
  Decrypter, Encrypter, bech32, generateHybridIdentity, identityToRecipient, scryptAsync, sha256,
} from "../../vendor/age-0.3.1.min.js";

const SALT = "resguardo/claim/v1";
const LOCATOR = "resguardo/locator/v1";
const SCRYPT = { N: 2 ** 17, r: 8, p: 1, dkLen: 64 };
const IDENTITY = "AGE-SECRET-KEY-PQ-";
const utf8 = new TextEncoder();

/** Makes the key of one testimony: {identity, recipient}. */
export async function newKey() {
  const identity = await generateHybridIdentity();
  return { identity, recipient: await identityToRecipient(identity) };
}

/** Returns the public halves of a claim code: {locator, recipient}. Takes seconds. */
export async function claimOf(language, words, salt) {
  const archive = Uint8Array.from(atob(salt), (letter) => letter.charCodeAt(0));
  const code = utf8.encode([language, ...words].join(" "));
  const stretched = await scryptAsync(code, joined(utf8.encode(SALT), archive), SCRYPT);
  const locator = sha256(joined(utf8.encode(LOCATOR), stretched.subarray(0, 32)));
  const identity = bech32.encodeFromBytes(IDENTITY, stretched.subarray(32)).toUpperCase();
  const recipient = await identityToRecipient(identity);
  stretched.fill(0);
  return { locator: hex(locator), recipient };
}

/** The keyring's entry: for the archive, and for who holds the code, which it names. */
export function finalKey(identity, archive, claim) {
  const named = hex(sha256(utf8.encode(claim)));
  return encrypter(archive, claim).encrypt(`# sealed for ${named}\n${identity}\n`);
}

/** What opens a recording that a crash cut off: for the archive alone, and marked. */
export function draftKey(identity, archive) {
  return encrypter(archive).encrypt(`# draft\n${identity}\n`);
}

/** What a narrator says about the recording, for whoever may open it. */
export function description({ title = "", pseudonym = "" }, recipient) {
  return encrypter(recipient).encrypt(JSON.stringify({ title, topics: [], pseudonym, name: "" }));
}

/** Returns an age encrypter for these recipients, in this order. */
export function encrypter(...recipients) {
  const made = new Encrypter();
  for (const each of recipients) made.addRecipient(each);
  return made;
}

/** Returns a stream of the plain bytes of a sealed Blob. */
export function opened(blob, identity) {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return decrypter.decrypt(blob.stream());
}

function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function joined(one, other) {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
