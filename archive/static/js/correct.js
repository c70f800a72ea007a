// What is corrected is kept as it is written; without this, the button does it.
const PAUSE = 1500;
const says = document.querySelector("[data-saved]")?.dataset;
const approving = document.querySelector("form[action$='/approve'] [name=edition]");
const undoing = document.querySelector("form[action$='/undo'] [name=edition]");

function follow(form) {
  const { text, was } = form.elements;
  const status = form.querySelector("[data-status]");
  const undo = form.querySelector("[data-undo]");
  const said = form.closest("li").querySelector("[data-said]");
  const first = text.value;
  let waiting = 0;
  let last = Promise.resolve();

  async function send() {
    const typed = text.value.trim();
    // Emptied, a sentence goes: that takes the button.
    if (!typed || typed.split(/\s+/).join(" ") === was.value) return;
    status.textContent = says.saving;
    const body = new URLSearchParams(new FormData(form));
    if (approving) body.set("edition", approving.value);
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/plain" } });
      const told = (await answer.text()).trim();
      if (!answer.ok || answer.redirected) {
        status.textContent = answer.redirected ? says.unsaved : told;
        return;
      }
      was.value = typed.split(/\s+/).join(" ");
      said.textContent = was.value;
      // Empty where others wrote in between: then this page may not approve.
      for (const each of [approving, undoing]) if (each) each.value = told;
      undo.hidden = text.value === first;
      status.textContent = says.saved;
    } catch {
      status.textContent = says.unsaved;
    }
  }

  function save() {
    clearTimeout(waiting);
    last = last.then(send);
    return last;
  }

  text.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(save, PAUSE);
  });
  text.addEventListener("change", save);
  form.addEventListener("submit", () => clearTimeout(waiting));
  undo.addEventListener("click", () => {
    text.value = first;
    save();
    text.focus();
  });
}

if (says) for (const form of document.querySelectorAll("form[data-autosave]")) follow(form);
