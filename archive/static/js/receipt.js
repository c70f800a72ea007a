// Checks a receipt with nothing but what is in it: C2SP tlog-proof, RFC 6962, Ed25519.
(() => {
  const HASH = 32, ID = 4, PLAIN = 1;
  const utf8 = new TextEncoder();
  const must = (held, what) => { if (!held) throw new Error(what); };
  function bytes(text) {
    const found = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    must(btoa(String.fromCharCode(...found)) === text, "base64");
    return found;
  }
  const same = (a, b) => a.length === b.length && a.every((each, at) => each === b[at]);
  function joined(...parts) {
    const found = new Uint8Array(parts.reduce((size, each) => size + each.length, 0));
    let at = 0;
    for (const each of parts) { found.set(each, at); at += each.length; }
    return found;
  }
  function number(text) {
    must(/^(0|[1-9][0-9]{0,18})$/.test(text), "number");
    return BigInt(text);
  }
  function parsed(text) {
    const cut = text.indexOf("\n\n");
    must(cut > 0, "proof");
    const lines = text.slice(0, cut).split("\n");
    must(lines.shift() === "c2sp.org/tlog-proof@v1", "proof");
    const extra = lines.shift() ?? "";
    must(extra.startsWith("extra "), "extra");
    const index = lines.shift() ?? "";
    must(index.startsWith("index "), "index");
    const hashes = lines.map(bytes);
    must(hashes.length < 64 && hashes.every((each) => each.length === HASH), "hashes");
    const note = text.slice(cut + 2), end = note.lastIndexOf("\n\n");
    must(end > 0 && note.endsWith("\n"), "checkpoint");
    const signed = note.slice(0, end + 1), [origin, size, root] = signed.split("\n");
    const signatures = note.slice(end + 2, -1).split("\n").map((line) => {
      const [, name, raw] = /^\u2014 (\S+) (\S+)$/.exec(line) ?? [];
      must(name, "signature");
      return { name, raw: bytes(raw) };
    });
    return {
      salt: bytes(extra.slice(6)), index: number(index.slice(6)), hashes, signed, origin, size: number(size),
      root: bytes(root), signatures,
    };
  }
  async function check(receipt, crypto) {
    const { subtle } = crypto;
    const sha256 = async (data) => new Uint8Array(await subtle.digest("SHA-256", data));
    async function leaf(salt) {
      const algorithm = { name: "HMAC", hash: "SHA-256" };
      const key = await subtle.importKey("raw", salt, algorithm, false, ["sign"]);
      const mac = await subtle.sign("HMAC", key, utf8.encode(receipt.entry));
      return sha256(joined([0], new Uint8Array(mac)));
    }
    async function rootOver(proof) {
      let found = await leaf(proof.salt), node = proof.index, last = proof.size - 1n;
      must(node <= last, "index");
      const over = (left, right) => sha256(joined([1], left, right));
      for (const each of proof.hashes) {
        must(last > 0n, "hashes");
        if (node & 1n || node === last) {
          found = await over(each, found);
          while (!(node & 1n) && node) { node >>= 1n; last >>= 1n; }
        } else found = await over(found, each);
        node >>= 1n; last >>= 1n;
      }
      must(last === 0n, "hashes");
      return found;
    }
    async function signer() {
      const [, name, told, encoded] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(receipt.verifier_key) ?? [];
      must(name, "key");
      const raw = bytes(encoded);
      must(raw.length === 1 + HASH && raw[0] === PLAIN, "key");
      const id = (await sha256(joined(utf8.encode(`${name}\n`), raw))).slice(0, ID);
      must([...id].map((each) => each.toString(16).padStart(2, "0")).join("") === told, "key");
      return { name, id, key: raw.slice(1) };
    }
    async function signature(proof) {
      const { name, id, key } = await signer();
      must(proof.origin === name, "origin");
      const own = proof.signatures.find((each) => each.name === name && same(each.raw.slice(0, ID), id));
      must(own, "signature");
      let known;
      try {
        known = await subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
      } catch (error) {
        if (error.name === "DataError") throw error;
        return false;
      }
      must(await subtle.verify("Ed25519", known, own.raw.slice(ID), utf8.encode(proof.signed)), "signature");
      return true;
    }
    if (!subtle) return { result: "cannot" };
    try {
      const proof = parsed(receipt.tlog_proof), entry = JSON.parse(receipt.entry);
      must(BigInt(entry.sequence) === proof.index, "sequence");
      must(same(await rootOver(proof), proof.root), "tree");
      return { result: (await signature(proof)) ? "good" : "cannot", entry };
    } catch (error) {
      return { result: "bad", why: error.message };
    }
  }
  globalThis.checkReceipt = check;
  if (typeof document === "undefined") return;
  const show = (result) => {
    for (const each of document.querySelectorAll("[data-result]")) each.hidden = each.dataset.result !== result;
  };
  async function run() {
    show("running");
    const receipt = JSON.parse(document.getElementById("receipt").textContent);
    const found = await check(receipt, globalThis.crypto ?? {});
    // What stands here of the record must be what was checked; words a program compares.
    const shown = [...document.querySelectorAll("[data-carried]")];
    const day = document.querySelector("time").dateTime;
    const same = shown.length === 3 && shown.every((each) => each.textContent === receipt[each.dataset.carried]);
    show(found.result === "good" && !(same && found.entry.day === day) ? "bad" : found.result);
  }
  run().catch(() => show("bad"));
})();
