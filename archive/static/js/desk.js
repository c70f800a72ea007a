// The queue refreshes itself; a person who is in the middle of it is left alone.
const box = document.querySelector("[data-refresh]");
setInterval(async () => {
  if (document.hidden || box.contains(document.activeElement)) return;
  try {
    const answer = await fetch(box.dataset.refresh, { redirect: "error" });
    if (answer.ok) box.innerHTML = await answer.text();
  } catch { /* No network: what is shown stays. */ }
}, 3000);
