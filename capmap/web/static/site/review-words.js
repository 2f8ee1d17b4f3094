/* The words of the passage: those that speak for a code wear its mark and its number; and
   others can be marked, with the mouse, a thumb, or the arrow keys. Places count whole
   characters, as the server does, not the halves of which a browser makes an emoji. */

import { add, box, changed, label, mark, rows, rowOf, spans, tick } from "./review-rows.js";

const quote = () => document.getElementById("quote");
const bar = () => document.getElementById("marking");
let pending = null; // the words selected: [start, end]
let words = []; // [start, end] of every word, while the keys move over them
let anchor = 0;
let head = 0;

function characters() {
  const copy = quote().cloneNode(true);
  for (const sup of copy.querySelectorAll("sup")) sup.remove();
  return Array.from(copy.textContent);
}

/* Mark anew the words of the codes that are ticked. */
export function paint() {
  if (!quote() || !rows().length) return;
  const text = characters();
  const places = rows()
    .filter((row) => box(row).checked)
    .flatMap((row) => spans(row).map(([start, end]) => ({ start, end, kind: row.dataset.mark, number: rows().indexOf(row) + 1 })))
    .filter(({ start, end }) => start >= 0 && start < end && end <= text.length);
  const edges = [...new Set([0, text.length, ...places.flatMap((p) => [p.start, p.end])])].sort((a, b) => a - b);
  const parts = edges.slice(1).map((end, i) => {
    const over = places.filter((p) => p.start <= edges[i] && end <= p.end);
    return segment(text.slice(edges[i], end).join(""), over, over.filter((p) => p.end === end));
  });
  quote().replaceChildren(...parts);
}

function segment(text, over, ending) {
  let shown = document.createTextNode(text);
  if (ending.length) {
    const sup = document.createElement("sup");
    sup.ariaHidden = "true";
    sup.textContent = [...new Set(ending.map((p) => p.number))].sort((a, b) => a - b).join(",");
    const both = document.createDocumentFragment();
    both.append(shown, sup);
    shown = both;
  }
  for (const kind of new Set(over.map((p) => p.kind))) {
    const marked = document.createElement("mark");
    marked.className = kind;
    marked.append(shown);
    shown = marked;
  }
  return shown;
}

/* Begin to mark: the first word is taken, unless words are selected already. */
export function startMarking() {
  const text = characters();
  const whole = text.join("");
  const before = [];
  text.forEach((character, i) => before.push(...Array(character.length).fill(i)));
  words = [...whole.matchAll(/[\p{L}\p{N}]+(?:[’'-][\p{L}\p{N}]+)*/gu)].map((found) => [
    before[found.index],
    before[found.index + found[0].length - 1] + 1,
  ]);
  quote().focus({ preventScroll: true });
  if (!selected() && words.length) select((anchor = head = 0));
  show();
}

export function stopMarking() {
  pending = null;
  words = [];
  if (bar()) bar().hidden = true;
  getSelection().removeAllRanges();
}

export const isMarking = () => Boolean(bar() && !bar().hidden);
export const hasWords = () => Boolean(pending);

/* Arrow keys move from word to word; with shift they extend. */
export function moveOver(event) {
  const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!by || !words.length) return false;
  head = Math.min(words.length - 1, Math.max(0, head + by));
  if (!event.shiftKey) anchor = head;
  select();
  show();
  return true;
}

function select() {
  const [first, last] = [Math.min(anchor, head), Math.max(anchor, head)];
  pending = [words[first][0], words[last][1]];
  const [from, to] = pending.map(domPlace);
  if (from && to) getSelection().setBaseAndExtent(...from, ...to);
}

/* Where a character stands among the nodes of the passage. */
function domPlace(wanted) {
  const walker = document.createTreeWalker(quote(), NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement.closest("sup") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  );
  let left = wanted;
  while (walker.nextNode()) {
    const inside = Array.from(walker.currentNode.data);
    if (left <= inside.length) return [walker.currentNode, inside.slice(0, left).join("").length];
    left -= inside.length;
  }
  return null;
}

/* The words selected in the passage by mouse or thumb. */
function selected() {
  const chosen = getSelection();
  if (!quote() || !chosen.rangeCount || chosen.isCollapsed) return null;
  const range = chosen.getRangeAt(0);
  if (!quote().contains(range.startContainer) || !quote().contains(range.endContainer)) return null;
  const [start, end] = [
    [range.startContainer, range.startOffset],
    [range.endContainer, range.endOffset],
  ].map(([node, offset]) => {
    const upTo = document.createRange();
    upTo.setStart(quote(), 0);
    upTo.setEnd(node, offset);
    const copy = upTo.cloneContents();
    for (const sup of copy.querySelectorAll("sup")) sup.remove();
    return Array.from(copy.textContent).length;
  });
  return start < end ? [start, end] : null;
}

let soon = 0;
document.addEventListener("selectionchange", () => {
  clearTimeout(soon);
  soon = setTimeout(() => {
    const found = bar() && !words.length && selected();
    if (!found) return;
    const text = characters();
    while (found[0] < found[1] && /\s/.test(text[found[0]])) found[0] += 1;
    while (found[0] < found[1] && /\s/.test(text[found[1] - 1])) found[1] -= 1;
    if (found[0] === found[1]) return;
    pending = found;
    show();
  }, 150);
});

function show() {
  const told = document.getElementById("marking-words");
  const chosen = pending && characters().slice(...pending).join("");
  told.textContent = chosen ? told.dataset.some.replace("…", chosen) : told.dataset.none;
  bar().querySelector(".marking-codes").replaceChildren(
    ...rows().map((row, i) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "quiet", textContent: label(row) });
      button.dataset.markFor = row.dataset.code;
      if (i < 9) {
        const key = document.createElement("kbd");
        key.ariaHidden = "true";
        key.textContent = i + 1;
        button.append(" ", key);
      }
      return button;
    }),
  );
  bar().hidden = false;
}

/* Take the words selected as evidence for a code; the same words again take them back. */
export function markFor(row) {
  if (!pending || !row) return;
  const kept = row.querySelector("input[name=spans]") ? spans(row) : [];
  const same = ([start, end]) => start === pending[0] && end === pending[1];
  const marked = kept.some(same) ? kept.filter((span) => !same(span)) : [...kept, pending];
  marked.sort((a, b) => a[0] - b[0]);
  const text = characters();
  mark(row, marked, marked.map(([start, end]) => text.slice(start, end).join("")));
  stopMarking();
  tick(row, true);
}

/* Set ticks, marks and added codes as they were kept. */
export function restore(kept) {
  const text = characters();
  for (const one of kept.rows) {
    const row = rowOf(one.name) || add(one);
    box(row).checked = one.ticked;
    row.querySelector(".code-doubt input").checked = one.doubtful;
    if (one.marked) mark(row, one.marked, one.marked.map(([start, end]) => text.slice(start, end).join("")));
  }
  changed();
}
