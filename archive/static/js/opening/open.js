// The page that opens a narrator's sealed files on their own machine, without a network.
import { BadClaimCode, canonical } from "../kiosk/claim_code.js";
import { WrongWords, gathered, kindOf, openedBlob, openedText, unlocked } from "./opening.js";
import { NoPackage } from "./zip.js";

const SAYS = JSON.parse(document.querySelector("#says").textContent);
const WORDS = JSON.parse(document.querySelector("#words").textContent);
const WORDY = ["transcript", "machine-transcript"];
const ORDER = ["original", "altered-audio", "audio", ...WORDY, "description"];
const one = (name) => document.querySelector(`[data-at="${name}"]`);
const form = document.querySelector("form");
const addresses = new Set();
let language = navigator.language.startsWith("en") ? "en" : "es";
let found = null;
let said = null;

/** Puts a sentence of the page's own language into every place that names it. */
function speak() {
  document.documentElement.lang = language;
  for (const each of document.querySelectorAll("[data-say]")) each.textContent = SAYS[language][each.dataset.say];
  for (const each of document.querySelectorAll("[data-language]")) each.hidden = each.dataset.language === language;
  if (said) say(...said);
  if (found) showTold();
}

function say(name, values = {}) {
  said = [name, values];
  const sentence = SAYS[language][name] ?? SAYS[language].damaged;
  one("problem").textContent = sentence.replace("%s", values.position ?? "");
  one("problem").hidden = false;
}

function nameOf(error) {
  if (error instanceof NoPackage) return "nothing";
  if (error instanceof WrongWords) return "wrong";
  if (error instanceof BadClaimCode) return error.reason === "words" ? "words-count" : error.reason;
  return "damaged";
}

/** Does something that takes its time, and says what went wrong. */
async function doing(deed) {
  one("problem").hidden = true;
  said = null;
  const buttons = [...document.querySelectorAll("button:not([data-language])")];
  for (const each of buttons) each.disabled = true;
  one("progress").hidden = false;
  one("bar").removeAttribute("value");
  try {
    await deed((share) => { one("bar").value = share; });
  } catch (error) {
    say(nameOf(error), { position: error.position });
    one("problem").scrollIntoView({ block: "nearest" });
  } finally {
    one("progress").hidden = true;
    for (const each of buttons) each.disabled = false;
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  doing(async (progress) => {
    const files = await gathered([...form.elements.files.files]);
    const code = canonical(form.elements.code.value, WORDS);
    found = { files, ...(await unlocked(files, code, progress)) };
    form.reset();
    await show();
  });
});

for (const each of document.querySelectorAll("[data-language]")) {
  each.addEventListener("click", () => { language = each.dataset.language; speak(); });
}
one("close").addEventListener("click", () => {
  for (const each of addresses) URL.revokeObjectURL(each);
  location.reload();
});

async function show() {
  one("asked").hidden = true;
  one("opened").hidden = false;
  for (const part of ORDER.flatMap(revisions)) {
    one(part === newest([part.part]) ? "parts" : "older").append(rowOf(part));
  }
  one("before").hidden = one("older").childElementCount === 0;
  const text = (part) => openedText(blobOf(part), found.identity);
  const [description, words] = [newest(["description"]), newest(WORDY)];
  one("title").textContent = (description && JSON.parse(await text(description)).title) || "";
  for (const each of words ? JSON.parse(await text(words)).segments : []) one("words").append(lineOf(each));
  one("unwritten").hidden = one("words").childElementCount > 0;
  one("machine").hidden = words?.part !== "machine-transcript";
  speak();
  one("opened").focus();
}

/** Returns the newest of the first kind that there is, or null. */
function newest(kinds) {
  return kinds.flatMap(revisions)[0] ?? null;
}

/** Returns the parts of a kind, the newest first. */
function revisions(kind) {
  const parts = found.contents.parts.filter(({ part }) => part === kind);
  return parts.sort((one, other) => other.revision - one.revision);
}

function blobOf({ file }) {
  return found.files.get(file.split("/").at(-1));
}

function lineOf({ start, text, speaker, language: spoken }) {
  const line = document.createElement("li");
  line.lang = spoken in WORDS ? spoken : "";
  const when = document.createElement("b");
  when.textContent = `${Math.floor(start / 60)}:${String(Math.floor(start % 60)).padStart(2, "0")}`;
  line.append(when, speaker ? `${speaker}: ${text.trim()}` : text.trim());
  return line;
}

function showTold() {
  const { terms, listeners, history } = found.contents.told[language];
  fill("terms", terms);
  fill("listeners", listeners.length ? listeners : [SAYS[language].nobody]);
  fill("history", history.map(([day, ...sentences]) => `${day}: ${sentences.join(" ")}`));
}

function fill(name, sentences) {
  one(name).replaceChildren(...sentences.map((each) => {
    const item = document.createElement("li");
    item.textContent = each;
    return item;
  }));
}

/** Returns the row of a file: what it is, and what opens it. */
function rowOf(part) {
  const row = document.querySelector("template").content.cloneNode(true).firstElementChild;
  row.dataset.part = `${part.part}-${part.revision}`;
  row.querySelector("[data-kind]").dataset.say = `part-${part.part}`;
  row.querySelector("[data-size]").textContent = sizeOf(part);
  row.querySelector("button").addEventListener("click", () => {
    doing(async (progress) => {
      const blob = await openedBlob(blobOf(part), found.identity, part.size, progress);
      await showPart(row, part, blob);
    });
  });
  return row;
}

async function showPart(row, part, blob) {
  const address = URL.createObjectURL(blob);
  addresses.add(address);
  const link = row.querySelector("a");
  const spoken = /original|audio/.test(part.part);
  const { ending } = kindOf(new Uint8Array(await blob.slice(0, 12).arrayBuffer()));
  link.href = address;
  link.download = `${part.part}-${part.revision}.${spoken ? ending : "json"}`;
  link.hidden = false;
  row.querySelector("button").hidden = true;
  if (!spoken) return;
  const player = document.createElement(blob.type.startsWith("video") ? "video" : "audio");
  player.controls = true;
  player.src = address;
  row.append(player);
}

function sizeOf({ revision, size }) {
  const told = size < 1e6 ? `${Math.ceil(size / 1e3)} kB` : `${(size / 1e6).toFixed(1)} MB`;
  return `${revision} · ${told}`;
}

one("ready").hidden = false;
speak();
