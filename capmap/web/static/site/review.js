/* Review by keyboard. Every key presses something that is on the page too; keys do nothing
   while one types, and can be turned off. Without this file the page is a plain form. */

import { closeFinder, isFinding, openFinder, prepareFinder, showGiven } from "./review-finder.js";
import { box, changed, doubt, form, rowOf, rows, state, step, tick } from "./review-rows.js";
import { hasWords, isMarking, markFor, moveOver, paint, restore, startMarking, stopMarking } from "./review-words.js";

const TYPING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
let last = null; // the row a key or click touched last: what "d" is about
let busy = false;
let sender = null; // the button by which the form was sent, to send it again

/* Show what follows from the ticks: the count on the button, the marks, what is kept. */
function refresh() {
  if (!form()) return;
  const { acceptNone, acceptOne, acceptOther } = form().dataset;
  const count = rows().filter((row) => box(row).checked).length;
  const words = document.querySelector("#accept > span");
  if (words && !("fixed" in form().dataset)) {
    words.textContent = count === 0 ? acceptNone : count === 1 ? acceptOne : acceptOther.replace("…", count);
  }
  showGiven();
  paint();
}

const keptAs = () => `review ${step().dataset.address}`;

function keep() {
  if (form()) sessionStorage.setItem(keptAs(), JSON.stringify(state()));
}

/* Begin with the passage that has just come. */
function begin() {
  document.documentElement.classList.add("scripted");
  prepareFinder();
  if (!form()) return;
  last = null;
  const kept = sessionStorage.getItem(keptAs());
  if (kept && !("fixed" in form().dataset)) {
    const was = JSON.parse(kept);
    restore(was);
    form().querySelector("textarea[name=note]").value = was.note;
    document.getElementById("note-fold").open = Boolean(was.note);
  }
  const quote = document.getElementById("quote");
  quote.classList.toggle("long", quote.textContent.length > 400);
  refresh();
}

document.addEventListener("review:changed", () => {
  refresh();
  keep();
});

document.addEventListener("change", (event) => {
  const row = event.target.closest("#rows > .code-row");
  if (!row) return;
  last = row;
  if (event.target === box(row)) tick(row, box(row).checked);
  else changed();
});
document.addEventListener("input", (event) => {
  if (event.target.matches("#reading textarea")) keep();
});

const press = (selector) => document.querySelector(`#step ${selector}`)?.click();

const ACTS = {
  find: () => openFinder(hasWords() ? markFor : null),
  mark: startMarking,
  "mark-find": () => openFinder(markFor),
  "mark-stop": stopMarking,
  keys: () => {
    const keys = document.getElementById("keys");
    keys.open = true;
    keys.querySelector("summary").focus();
    keys.scrollIntoView({ block: "nearest" });
  },
  again: () => form()?.requestSubmit(sender && form().contains(sender) ? sender : document.getElementById("accept")),
};

document.addEventListener("click", (event) => {
  const act = event.target.closest("[data-do]");
  if (act && ACTS[act.dataset.do] && form()) {
    event.preventDefault();
    ACTS[act.dataset.do]();
  }
  const code = event.target.closest("[data-mark-for]");
  if (code) markFor(rowOf(code.dataset.markFor));
});

function doubtful() {
  const row = rows().find((one) => one.contains(document.activeElement)) || last;
  if (!row) return;
  if (!box(row).checked) tick(row, true);
  doubt(row).checked = !doubt(row).checked;
  last = row;
  changed();
}

function note() {
  const fold = document.getElementById("note-fold");
  fold.open = true;
  fold.querySelector("textarea").focus();
}

const KEYS = {
  0: () => press("[value=not-cd]"),
  j: () => press("#skip"),
  k: () => press("#back"),
  u: () => press("#undo"),
  d: doubtful,
  n: note,
  q: () => press("[data-do=ask]"),
  m: startMarking,
  "/": ACTS.find,
  "?": ACTS.keys,
};

function digit(number) {
  const row = rows()[number - 1];
  if (!row) return;
  if (hasWords()) return markFor(row);
  last = row;
  box(row).focus({ preventScroll: true });
  tick(row, !box(row).checked);
}

/* The arrow keys go from code to code. */
function walk(by) {
  const boxes = rows().map(box);
  const here = boxes.indexOf(document.activeElement);
  boxes[Math.min(boxes.length - 1, Math.max(0, here + by))]?.focus();
}

document.addEventListener("keydown", (event) => {
  if (!step() || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") return escape(event);
  if (event.target.matches(TYPING) || isFinding() || busy) return;
  if (isMarking() && event.target.id === "quote" && moveOver(event)) return event.preventDefault();
  if (step().dataset.keys !== "yes" || event.target.closest("[role=menu]")) return;
  const act = KEYS[event.key];
  if (/^[1-9]$/.test(event.key) && form()) digit(Number(event.key));
  else if (act && (form() || "juk".includes(event.key))) act();
  else if (event.key === "Enter" && !event.target.closest("a, button, summary, label")) press("#accept");
  else if (["ArrowDown", "ArrowUp"].includes(event.key) && event.target.closest("#rows, body > main > #step h2")) walk(event.key === "ArrowDown" ? 1 : -1);
  else return;
  event.preventDefault();
});

function escape(event) {
  if (isFinding()) closeFinder();
  else if (isMarking()) stopMarking();
  else if (event.target.matches(TYPING) && step().contains(event.target)) event.target.blur();
}

/* Sending: one at a time; what fails says so and loses nothing. */
function trouble(kind) {
  const told = document.getElementById("trouble");
  if (!told) return;
  told.querySelector("p").textContent = told.dataset[kind];
  told.hidden = false;
  told.scrollIntoView({ block: "nearest" });
}

document.addEventListener("submit", (event) => {
  if (event.target.id === "reading") sender = event.submitter;
});
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target?.id !== "step") return;
  if (busy) event.preventDefault();
  busy = true;
});
document.addEventListener("htmx:afterRequest", () => (busy = false));
document.addEventListener("htmx:sendError", () => trouble("lost"));
document.addEventListener("htmx:timeout", () => trouble("lost"));
document.addEventListener("htmx:responseError", () => trouble("refused"));
document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, xhr, requestConfig } = event.detail;
  if (target?.id !== "step") return;
  // Who was signed out is sent to another page: that is no passage.
  if (!xhr.responseText.includes('id="step"') && !xhr.getResponseHeader("HX-Retarget")) {
    event.detail.shouldSwap = false;
    trouble("refused");
  } else if (requestConfig.verb === "post" && step()) {
    sessionStorage.removeItem(keptAs());
  }
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id === "ask") document.querySelector("#ask select, #ask textarea")?.focus();
  if (event.detail.target?.id !== "step" && event.detail.elt?.id !== "step") return;
  begin();
  const heading = document.getElementById("which");
  heading?.focus({ preventScroll: true });
  const top = heading?.getBoundingClientRect().top ?? 0;
  if (top < 0 || top > innerHeight * 0.6) heading.scrollIntoView();
  const told = document.getElementById("told");
  if (told) told.textContent = heading?.textContent ?? "";
});
document.addEventListener("htmx:historyRestore", begin);

/* "Saved 3 seconds ago" */
setInterval(() => {
  const saved = document.querySelector("[data-saved]");
  if (!saved) return;
  const seconds = Math.max(1, Math.round((Date.now() - new Date(saved.dataset.saved)) / 1000));
  const [count, unit] = seconds < 60 ? [seconds, "seconds"] : [Math.floor(seconds / 60), "minutes"];
  if (count >= 60) return;
  saved.textContent = count === 1 ? saved.dataset[`${unit}One`] : saved.dataset[`${unit}Other`].replace("…", count);
}, 1000);

begin();
