// Offers whole words of a claim code from their third letter on, in both languages.
const LEAST = 3;
const MOST = 4;

/** Help with the word that is being typed in `field`; offers are buttons in `list`. */
export function helpWith(field, list) {
  const { lists } = list.dataset;
  let words;
  async function known() {
    words ??= Promise.all(lists.split(" ").map(async (path) => {
      const answer = await fetch(path);
      return answer.ok ? (await answer.text()).split("\n") : [];
    })).then((found) => [...new Set(found.flat())].filter(Boolean));
    try {
      return await words;
    } catch {
      // Without the lists one types the words whole; the next letter asks again.
      words = undefined;
      return [];
    }
  }

  async function offer() {
    const typed = current(field);
    if (typed.letters.length < LEAST) return list.replaceChildren();
    const found = (await known()).filter((each) => each.startsWith(typed.letters));
    if (current(field).letters !== typed.letters) return undefined;
    const whole = found.length === 1 && found[0] === typed.letters;
    list.replaceChildren(...(whole ? [] : found.slice(0, MOST).map(button)));
    return undefined;
  }

  function button(word) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = word;
    made.translate = false;
    made.addEventListener("click", () => {
      const { start, end } = current(field);
      field.setRangeText(`${word} `, start, end, "end");
      list.replaceChildren();
      field.focus();
    });
    return made;
  }

  field.addEventListener("input", offer);
}

/** Return the word before the cursor, without accents, and where it stands. */
function current(field) {
  const end = field.selectionEnd;
  const [word] = field.value.slice(0, end).match(/\p{L}[\p{L}\p{M}]*$/u) ?? [""];
  const letters = word.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return { letters, start: end - word.length, end };
}
