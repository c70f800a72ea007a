// Builds the libraries that pages use into ES modules, with their licences beside them,
// and of the kiosk's modules and these the few small files that a tablet loads, and the
// script of the page that opens a narrator's sealed files.
// `make vendor` runs it; what it writes is kept in git, so that no archive needs node.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const statics = fileURLToPath(new URL("../archive/static", import.meta.url));
// Where to write, and where the kiosk's modules lie.
const [out = statics, modules = `${statics}/js/kiosk`] = process.argv.slice(2);
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

/** Returns an empty folder of what is built. */
function emptied(name) {
  rmSync(`${out}/${name}`, { recursive: true, force: true });
  mkdirSync(`${out}/${name}`, { recursive: true });
  return `${out}/${name}`;
}

const OPTIONS = {
  bundle: true,
  charset: "utf8",
  format: "esm",
  legalComments: "none",
  minify: true,
  platform: "browser",
  target: "es2022",
  write: false,
};

const vendor = emptied("vendor");
for (const [name, contents] of Object.entries(BUNDLES)) {
  const { outputFiles, metafile } = await esbuild.build({
    ...OPTIONS,
    stdin: { contents, resolveDir: here, sourcefile: name },
    absWorkingDir: here,
    metafile: true,
    plugins: [once],
  });
  writeFileSync(`${vendor}/${name}`, outputFiles[0].contents);
  writeFileSync(`${vendor}/${name.split("-")[0]}-LICENSE.txt`, licences(metafile.inputs));
}

// The page and the worker that seals share what both use; what the page needs only after
// its first screen stays a file of its own.
const KIOSK = [
  { entryPoints: ["app.js", "sealing_worker.js"], splitting: true },
  // Not a module, and what the server puts before it stands outside.
  { entryPoints: ["service_worker.js"], format: "iife" },
];
// A file's name tells its contents, and to esbuild where they came from, too: so that it
// is the same wherever this is built, libraries have no place and the output has one.
const built = {
  name: "the libraries as they were just built",
  setup(build) {
    build.onResolve({ filter: /\/vendor\// }, ({ path }) => ({ path: basename(path), namespace: "vendor" }));
    build.onLoad({ filter: /./, namespace: "vendor" }, ({ path }) => ({ contents: readFileSync(`${vendor}/${path}`) }));
  },
};

// What a page that stands alone has in it: one script, from a folder beside the kiosk's.
const OPENING = [{ entryPoints: ["../opening/open.js"], format: "iife" }];

for (const [name, parts] of Object.entries({ kiosk: KIOSK, opening: OPENING })) {
  const folder = emptied(name);
  for (const each of parts) {
    const { outputFiles } = await esbuild.build({
      ...OPTIONS,
      ...each,
      entryPoints: each.entryPoints.map((entry) => `${modules}/${entry}`),
      absWorkingDir: modules,
      chunkNames: "[name]-[hash]",
      outdir: modules,
      plugins: [built],
    });
    for (const { path, contents } of outputFiles) writeFileSync(`${folder}/${basename(path)}`, contents);
  }
}
