// A key that the phone keeps itself (WebAuthn). The browser only carries; the archive checks.
const form = document.querySelector("form[data-passkey]");
if (form && globalThis.PublicKeyCredential && navigator.credentials) offer();

async function offer() {
  const kept = PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable?.();
  // Where the device itself keeps none, another one may still be read from to enter.
  if (form.dataset.passkey === "create" && !(await kept?.catch(() => false))) return;
  form.hidden = false;
  const without = document.querySelector("#no-passkeys");
  if (without) without.hidden = true;
  form.addEventListener("submit", press);
}

async function press(event) {
  event.preventDefault();
  const button = form.querySelector("button");
  const problem = form.querySelector(".problem");
  button.disabled = true;
  problem.hidden = true;
  try {
    form.elements.credential.value = JSON.stringify(await asked());
    // Not "submit" again: this sends the form as it stands.
    form.submit();
  } catch {
    problem.hidden = false;
    button.disabled = false;
    button.focus();
  }
}

async function asked() {
  const answer = await fetch(form.dataset.options, { method: "POST" });
  if (!answer.ok) throw new Error("refused");
  const publicKey = await answer.json();
  publicKey.challenge = bytes(publicKey.challenge);
  if (publicKey.user) publicKey.user.id = bytes(publicKey.user.id);
  const made = await navigator.credentials[form.dataset.passkey]({ publicKey });
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (made.response[name]) response[name] = text(made.response[name]);
  }
  return { id: made.id, rawId: text(made.rawId), type: made.type, response };
}

function bytes(told) {
  const plain = atob(told.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (each) => each.charCodeAt(0));
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
