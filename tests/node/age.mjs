// The browser library for age as a peer of the tests: a line of JSON in, one out.
// In: {seal|open: base64, recipient|identity|passphrase}. Out: {done: base64} or {error}.
import { createInterface } from "node:readline";
import { webcrypto } from "node:crypto";

// Node 18, which Debian 12 has, does not offer it as browsers do.
globalThis.crypto ??= webcrypto;
const { Decrypter, Encrypter } = await import("age-encryption");

async function seal({ seal, recipient, passphrase }) {
  const encrypter = new Encrypter();
  if (recipient) {
    encrypter.addRecipient(recipient);
  } else {
    encrypter.setPassphrase(passphrase);
    encrypter.setScryptWorkFactor(10);
  }
  return encrypter.encrypt(Buffer.from(seal, "base64"));
}

async function open({ open, identity, passphrase }) {
  const decrypter = new Decrypter();
  if (identity) {
    decrypter.addIdentity(identity);
  } else {
    decrypter.addPassphrase(passphrase);
  }
  return decrypter.decrypt(Buffer.from(open, "base64"));
}

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  try {
    const done = await ("seal" in asked ? seal(asked) : open(asked));
    console.log(JSON.stringify({ done: Buffer.from(done).toString("base64") }));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error) }));
  }
}
