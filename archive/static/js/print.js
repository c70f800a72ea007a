// Without a script there is no button, and the browser's own menu prints.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    // Browsers print the title at the head of the page.
    if (button.dataset.print) document.title = button.dataset.print;
    print();
  });
}
