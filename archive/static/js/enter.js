// A printed code carries the words behind "#", which never reach a server's log.
const code = document.querySelector("#code");
function take() {
  if (location.hash.length < 2 || !code) return;
  code.value = decodeURIComponent(location.hash.slice(1)).replaceAll("-", " ");
  history.replaceState(null, "", location.pathname);
}
take();
// A second code opened in the same page loads nothing anew, and must not stay in the address.
addEventListener("hashchange", take);
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
