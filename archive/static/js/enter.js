// A printed code carries the words behind "#", which never reach a server's log.
import { helpWith } from "./code-words.js";
import { offerScanning } from "./scan.js";

const code = document.querySelector("#code");
if (code) {
  take();
  // A second code opened in the same page loads nothing anew, and must not stay in the address.
  addEventListener("hashchange", take);
  helpWith(code, document.querySelector("#words"));
  offerScanning(document.querySelector("#scan"), (text) => {
    const at = text.indexOf("#");
    fill(at < 0 ? text : text.slice(at));
  });
}

function take() {
  if (location.hash.length < 2) return;
  fill(location.hash);
  history.replaceState(null, "", location.pathname);
}

function fill(hash) {
  try {
    code.value = decodeURIComponent(hash.replace(/^#/, "")).replaceAll("-", " ");
  } catch {
    // What is no code stays out of the form too.
    return;
  }
  code.dispatchEvent(new Event("input"));
}
