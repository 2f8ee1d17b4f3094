/* The map: arrow keys among its cells, its heads on two levels, the cell that is open. */
const phone = matchMedia("(max-width: 59.99em)");
const grid = document.querySelector("table[data-grid]");
const place = document.getElementById("evidence-place");
const cellNamed = (name) => grid?.querySelector(`a[data-cell="${CSS.escape(name)}"]`);

/* On a phone the filters fold away until they are wanted. */
const fold = document.querySelector(".filter-fold");
if (fold && phone.matches && !fold.querySelector("select.in-use")) fold.open = false;
document.documentElement.classList.add("scripted");

if (grid) {
  settle();
  addEventListener("resize", settle);
  grid.addEventListener("keydown", moveInGrid);
  showOpened(false);
}

/* Only one cell is a tab stop on a desk; on a phone all are. */
function settle() {
  const cells = [...grid.querySelectorAll("a[data-cell]")];
  if (phone.matches) { for (const cell of cells) cell.removeAttribute("tabindex"); return; }
  const stop = grid.querySelector('a[tabindex="0"]') || grid.querySelector("tbody a[data-cell]");
  tabStop(stop);
  const tallest = (selector) => Math.max(0, ...[...grid.querySelectorAll(selector)].map((head) => head.offsetHeight));
  const column = grid.querySelector(".heads th[data-column]")?.offsetWidth || 40;
  if (!grid.classList.contains("few")) grid.style.setProperty("--head", Math.min(104, 2 * column - 6) + "px");
  grid.style.setProperty("--lower", tallest(".lower .head") + "px");
  grid.style.setProperty("--upper", tallest(".upper .head") + "px");
  const wide = grid.parentElement;
  if (wide.scrollWidth <= wide.clientWidth + 1) wide.removeAttribute("tabindex");
  else wide.tabIndex = 0;
}

function tabStop(cell) {
  for (const other of grid.querySelectorAll("a[data-cell]")) other.tabIndex = other === cell ? 0 : -1;
}

function moveInGrid(event) {
  const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0], Home: [0, -999], End: [0, 999], PageUp: [-999, 0], PageDown: [999, 0] }[event.key];
  const here = event.target.closest("a[data-cell]");
  if (!step || !here || phone.matches || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const rows = [...grid.rows].map((row) => [...row.querySelectorAll("a[data-cell]")]).filter((row) => row.length);
  const bound = (value, size) => Math.max(0, Math.min(size - 1, value));
  const r = rows.findIndex((row) => row.includes(here));
  const row = rows[bound(r + step[0], rows.length)];
  const next = row[bound(rows[r].indexOf(here) + step[1], row.length)];
  tabStop(next);
  next.focus();
}

/* Show which cell the evidence belongs to, and go there when it has just been opened. */
function showOpened(moved) {
  const before = grid.querySelector(".chosen-cell")?.dataset.cell;
  for (const old of document.querySelectorAll(".chosen-cell, .chosen-line, .chosen-head")) {
    old.classList.remove("chosen-cell", "chosen-line", "chosen-head");
    old.removeAttribute("aria-current");
  }
  const panel = place.querySelector(".evidence");
  const holder = place.parentElement;
  holder.classList.toggle("beside", Boolean(panel) && holder.classList.contains("may-stand-beside"));
  if (!panel) {
    if (moved && before) cellNamed(before)?.focus();
    return;
  }
  const cell = cellNamed(panel.dataset.opened);
  if (cell) {
    cell.classList.add("chosen-cell");
    cell.setAttribute("aria-current", "true");
    cell.closest("tr").classList.add("chosen-line");
    const column = panel.dataset.opened.split("~")[1];
    grid.querySelector(`th[data-column="${CSS.escape(column)}"]`)?.classList.add("chosen-head");
    if (!phone.matches) tabStop(cell);
  }
  if (!moved) return;
  panel.querySelector("h2").focus({ preventScroll: true });
  const at = panel.getBoundingClientRect();
  const beside = holder.classList.contains("beside") && innerWidth >= 1100;
  if (!beside || at.top < 0 || at.top > innerHeight * 0.6) scrollBy({ top: at.top - (beside || phone.matches ? 16 : innerHeight * 0.3) });
}

/* Going back asks for the whole page: what is drawn here belongs to one page alone. */
if (window.htmx) htmx.config.refreshOnHistoryMiss = true;

document.addEventListener("htmx:afterSwap", (event) => {
  if (place && event.detail.target === place) showOpened(true);
});

/* After "show more", the reader goes on at the first quotation that came. */
let shownBefore = 0;
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.closest("[data-more]")) shownBefore = place.querySelectorAll(".passage").length;
});
document.addEventListener("htmx:afterSettle", () => {
  if (!shownBefore) return;
  place.querySelectorAll(".passage")[shownBefore]?.querySelector("a")?.focus({ preventScroll: true });
  shownBefore = 0;
});

/* What is not chosen stays out of the address. */
for (const form of document.querySelectorAll("form.controls[data-at-once]")) {
  form.addEventListener("submit", () => {
    for (const select of form.querySelectorAll("select")) select.disabled = select.value === "";
    setTimeout(() => { for (const select of form.querySelectorAll("select")) select.disabled = false; }, 1000);
  });
}

/* Closing needs no question to the server: the address changes and the panel goes. */
document.addEventListener("click", (event) => {
  const close = event.target.closest("a[data-close]");
  if (close && grid) {
    event.preventDefault();
    event.stopPropagation();
    closeEvidence(close.href);
  }
  const copy = event.target.closest("a[data-copy]");
  if (copy && navigator.clipboard) {
    event.preventDefault();
    navigator.clipboard.writeText(location.href).then(() => { copy.textContent = copy.dataset.copy; copy.setAttribute("role", "status"); });
  }
}, true);

function closeEvidence(href) {
  place.replaceChildren();
  history.pushState({ htmx: true }, "", href);
  showOpened(true);
}

document.addEventListener("keydown", (event) => {
  const close = place?.querySelector("a[data-close]");
  if (event.key === "Escape" && close && !document.querySelector("details.menu[open]")) closeEvidence(close.href);
});
