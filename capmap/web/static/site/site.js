/* What every page of the site does in the browser; it works without. */

/* A menu closes when one clicks elsewhere or presses Escape. */
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

/* A filter acts as soon as it is chosen; its button is for those without script. */
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-at-once]");
  if (form) form.requestSubmit();
});

/* Another language keeps what was chosen since the page came: the address knows it. */
document.addEventListener("submit", (event) => {
  if (event.target.querySelector("button.lang")) event.target.elements.next.value = location.pathname + location.search;
});

/* On a phone the navigation scrolls sideways: where one is stays in sight. */
{
  const here = document.querySelector("nav.main [aria-current]");
  const bar = here && [here.closest("ul"), here.closest("nav")].find((box) => box.scrollWidth > box.clientWidth);
  if (bar) bar.scrollLeft += here.getBoundingClientRect().right - bar.getBoundingClientRect().right;
}
