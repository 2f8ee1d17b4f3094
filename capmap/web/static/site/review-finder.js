/* Find a code of the codebook in any of three languages, by typing and arrow keys. */

import { add, box, form, rowOf, rows, tick } from "./review-rows.js";

const finder = () => document.getElementById("finder");
const search = () => document.getElementById("finder-search");
const items = () => [...finder().querySelectorAll("li[data-find]")];
const shown = () => items().filter((item) => !item.hidden);
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
let picked = null; // what to do with a code found: a function of its row

/* The boxes do nothing by themselves here: the rows of the passage are what is sent. */
export function prepareFinder() {
  if (!finder()) return;
  for (const item of items()) item.querySelector("input").removeAttribute("name");
  showGiven();
}

export function showGiven() {
  if (!finder()) return;
  const given = new Set(rows().filter((row) => box(row).checked).map((row) => row.dataset.code));
  for (const item of items()) {
    const tickbox = item.querySelector("input");
    tickbox.checked = given.has(tickbox.value);
    item.classList.toggle("given", tickbox.checked);
  }
}

export function openFinder(then = null) {
  if (!form()) return;
  picked = then;
  finder().open = true;
  search().value = "";
  filter();
  search().focus();
}

/* Close, and go on at the code found, or at the passage. */
export function closeFinder(row = null) {
  picked = null;
  finder().open = false;
  (row ? box(row) : document.getElementById("which"))?.focus({ preventScroll: true });
}

export const isFinding = () => Boolean(finder()?.open);

function filter() {
  const wanted = plain(search().value).split(/\s+/).filter(Boolean);
  for (const item of items()) {
    const text = plain(item.dataset.find);
    item.hidden = !wanted.every((word) => text.includes(word));
    item.classList.remove("first");
  }
  for (const facet of finder().querySelectorAll(".finder-facet")) {
    facet.hidden = !facet.querySelector("li:not([hidden])");
  }
  const found = shown();
  if (wanted.length) found[0]?.classList.add("first");
  const told = document.getElementById("finder-told");
  const { none, one, other } = told.dataset;
  told.textContent = !found.length ? none : found.length === 1 ? one : other.replace("…", found.length);
}

function take(item, on) {
  const name = item.querySelector("input").value;
  if (!on && !picked) {
    if (rowOf(name)) tick(rowOf(name), false);
    return null;
  }
  const facet = item.closest(".finder-facet");
  const row = add({
    name,
    title: item.querySelector(".code-name").textContent,
    facetTitle: facet.querySelector("legend").textContent,
    mark: facet.dataset.mark,
  });
  tick(row, true);
  if (picked) {
    const then = picked;
    closeFinder(row);
    then(row);
  }
  return row;
}

document.addEventListener("input", (event) => {
  if (event.target === search()) filter();
});

document.addEventListener("change", (event) => {
  const item = event.target.closest("#finder li[data-find]");
  if (item && form()) take(item, event.target.checked);
});

document.addEventListener("keydown", (event) => {
  if (!isFinding() || !finder().contains(event.target)) return;
  const found = shown();
  const here = found.findIndex((item) => item.contains(event.target));
  const to = { ArrowDown: here + 1, ArrowUp: here - 1 }[event.key];
  if (event.key === "Enter" && event.target.matches("input")) {
    event.preventDefault();
    const item = here >= 0 ? found[here] : found[0];
    const row = item && take(item, true);
    if (row && isFinding()) closeFinder(row);
  } else if (event.key === "Escape") {
    event.preventDefault();
    closeFinder();
  } else if (to !== undefined) {
    event.preventDefault();
    (to < 0 ? search() : (found[to] || found.at(-1))?.querySelector("input"))?.focus();
  }
});

/* On a desk the finder lies over the page: a click beside it closes it. */
document.addEventListener("click", (event) => {
  const beside = isFinding() && !finder().contains(event.target) && !event.target.closest("[data-do]");
  if (beside && event.target.isConnected && getComputedStyle(finder()).position === "fixed") closeFinder();
});
