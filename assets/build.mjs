// Builds the libraries that pages use into ES modules, with their licences beside them.
// `make vendor` runs it; what it writes is kept in git, so that no archive needs node.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const out = process.argv[2] ?? fileURLToPath(new URL("../archive/static/vendor", import.meta.url));
const { resolve } = createRequire(import.meta.url);

const AGE = `
export { Encrypter, Decrypter, generateHybridIdentity, identityToRecipient } from "age-encryption";
export { scryptAsync } from "@noble/hashes/scrypt.js";
export { sha256 } from "@noble/hashes/sha2.js";
export { bech32 } from "@scure/base";
`;
const BUNDLES = {
  "age-0.3.1.min.js": AGE,
  "idb-8.0.4.min.js": 'export { openDB, deleteDB } from "idb";',
  "qr-0.7.0.min.js": 'export { default } from "qr";',
  "tus-4.3.1.esm.min.js": 'export { Upload } from "tus-js-client";',
};

// @noble/post-quantum brings older copies of these beside those of age-encryption.
const once = {
  name: "one copy of each @noble library",
  setup(build) {
    build.onResolve({ filter: /^@noble\/(curves|hashes)\// }, ({ path }) => ({ path: resolve(path) }));
  },
};

/** Returns the licences of all packages that a bundle holds. */
function licences(inputs) {
  const names = Object.keys(inputs).map((path) => path.match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1]);
  return [...new Set(names)].filter(Boolean).sort().map((name) => {
    const folder = `${here}node_modules/${name}/`;
    const { version } = JSON.parse(readFileSync(`${folder}package.json`, "utf8"));
    const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
    return `${name} ${version}\n\n${readFileSync(folder + file, "utf8").trim()}\n`;
  }).join(`\n${"-".repeat(72)}\n\n`);
}

for (const [name, contents] of Object.entries(BUNDLES)) {
  const { outputFiles, metafile } = await esbuild.build({
    stdin: { contents, resolveDir: here, sourcefile: name },
    absWorkingDir: here,
    bundle: true,
    charset: "utf8",
    format: "esm",
    legalComments: "none",
    metafile: true,
    minify: true,
    platform: "browser",
    plugins: [once],
    target: "es2022",
    write: false,
  });
  writeFileSync(`${out}/${name}`, outputFiles[0].contents);
  writeFileSync(`${out}/${name.split("-")[0]}-LICENSE.txt`, licences(metafile.inputs));
}
