// The offline page's own script, as a peer of the tests: lines of JSON in, lines out.
// In: {script, receipt, without?}. Out: what it found; `without`: a browser without Ed25519.
import { createInterface } from "node:readline";
import { webcrypto } from "node:crypto";

function lacking(subtle) {
  const unknown = () => Promise.reject(new DOMException("unknown", "NotSupportedError"));
  const names = (algorithm) => algorithm?.name ?? algorithm;
  return {
    digest: (...asked) => subtle.digest(...asked),
    sign: (...asked) => subtle.sign(...asked),
    importKey: (form, key, algorithm, ...rest) =>
      names(algorithm) === "Ed25519" ? unknown() : subtle.importKey(form, key, algorithm, ...rest),
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  const { script, receipt, without } = JSON.parse(line);
  (0, eval)(script);
  const subtle = without ? lacking(webcrypto.subtle) : webcrypto.subtle;
  console.log(JSON.stringify(await globalThis.checkReceipt(receipt, { subtle })));
}
