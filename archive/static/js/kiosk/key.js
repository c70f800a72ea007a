// K8 and K9: the key is shown, printed, confirmed, and gone.
import { drawQr } from "./qr.js";
import { say } from "./says.js";

const SHOWN = 6;
const CLEARS_MS = 60_000;

/** Return a number below `limit` that nobody can foresee. */
function below(limit) {
  const [found] = crypto.getRandomValues(new Uint32Array(1));
  return found % limit;
}

function shuffled(list) {
  const found = [...list];
  for (let at = found.length - 1; at > 0; at -= 1) {
    const other = below(at + 1);
    [found[at], found[other]] = [found[other], found[at]];
  }
  return found;
}

function items(words) {
  return words.map((word) => {
    const item = document.createElement("li");
    item.textContent = word;
    return item;
  });
}

export class Key {
  #words = [];
  #asked = [];
  #touched = [];
  #screens;
  #list;

  /** `list` are the words of the language, to choose others from. */
  constructor(screens, list) {
    this.#screens = screens;
    this.#list = list;
  }

  /** Show the key; `mine` is where it opens the story. */
  show(words, mine) {
    this.#words = words;
    for (const each of document.querySelectorAll("[data-code]")) each.replaceChildren(...items(words));
    // In the fragment, which no browser sends to a server.
    const square = `${mine}#${words.join("-")}`;
    for (const each of document.querySelectorAll("[data-square]")) each.replaceChildren(drawQr(square));
    document.querySelector("[data-address]").textContent = mine;
    this.#screens.show("k8");
  }

  /** Print it on the printer's paper; plain, it tells nobody what it is. */
  print(paper, plain) {
    const sheet = document.querySelector("[data-paper]");
    sheet.dataset.paper = paper;
    sheet.classList.toggle("discreet", plain);
    print();
  }

  /** Ask for two of the words among six. */
  ask() {
    const [first, second] = this.#two();
    this.#asked = [this.#words[first], this.#words[second]];
    this.#touched = [];
    const others = new Set(this.#asked);
    while (others.size < SHOWN) {
      const other = this.#list[below(this.#list.length)];
      if (!this.#words.includes(other)) others.add(other);
    }
    document.querySelector("[data-six]").replaceChildren(
      ...shuffled(others).map((word) => {
        const item = document.createElement("li");
        const button = document.createElement("button");
        button.type = "button";
        button.dataset.word = button.textContent = word;
        button.setAttribute("aria-pressed", "false");
        item.append(button);
        return item;
      }),
    );
    this.#screens.show("confirm");
    say("confirm", "confirm.ask", { a: first + 1, b: second + 1 });
  }

  // A key may have a word twice: it is never asked for as both.
  #two() {
    const pairs = this.#words.flatMap((word, first) =>
      this.#words.flatMap((other, second) => (first < second && word !== other ? [[first, second]] : [])));
    return pairs[below(pairs.length)];
  }

  /** Take one touched word: true when both were right. A finger that slips twice counts once. */
  touch(button) {
    if (button.getAttribute("aria-pressed") === "true") return false;
    button.setAttribute("aria-pressed", "true");
    this.#touched.push(button.dataset.word);
    if (this.#touched.length < this.#asked.length) return false;
    if (this.#touched.every((word, at) => word === this.#asked[at])) return true;
    this.#touched = [];
    for (const each of document.querySelectorAll("[data-word]")) each.setAttribute("aria-pressed", "false");
    say("confirm", "confirm.wrong");
    return false;
  }

  /** Take every word off the page. */
  forget() {
    this.#words = this.#asked = this.#touched = [];
    const holders = "[data-code], [data-square], [data-six], [data-address]";
    for (const each of document.querySelectorAll(holders)) each.replaceChildren();
    say("confirm");
  }

  /** K9: forget the key, say where the story is, and clear the screen after a minute. */
  farewell(queue, clear) {
    this.forget();
    this.#screens.show("k9");
    // Said once it stays said: each new attempt would take it back for a moment.
    let troubled = false;
    const tell = () => {
      troubled ||= Boolean(queue.problem);
      return whereabouts(queue, troubled).then((found) => say("done", `done.${found}`), () => say("done"));
    };
    queue.addEventListener("change", tell);
    addEventListener("offline", tell);
    tell();
    setTimeout(clear, CLEARS_MS);
  }
}

/** Say where the newest story is; the names are those of the page's sentences. */
async function whereabouts(queue, troubled) {
  const states = (await queue.rows()).map((row) => row.state);
  if (states.at(-1) === "refused") return "refused";
  if (!states.includes("waiting") && !states.includes("sending")) return "sent";
  if (!navigator.onLine) return "later";
  return troubled ? "waits" : "sending";
}
