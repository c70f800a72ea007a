// A printed code carries the words behind "#", which never reach a server's log.
const code = document.querySelector("#code");
if (location.hash.length > 1 && code) {
  code.value = decodeURIComponent(location.hash.slice(1)).replaceAll("-", " ");
  history.replaceState(null, "", location.pathname);
}
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
