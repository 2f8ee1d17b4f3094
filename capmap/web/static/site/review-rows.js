/* The codes of the passage before the reader: rows of boxes, ticked or not. */

export const step = () => document.getElementById("step");
export const form = () => document.querySelector("form#reading[data-accept-none]");
export const rows = () => [...document.querySelectorAll("#rows > .code-row")];
export const rowOf = (name) => rows().find((row) => row.dataset.code === name);
export const box = (row) => row.querySelector(":scope > input[type=checkbox]");
export const doubt = (row) => row.querySelector(".code-doubt input");
export const label = (row) => row.querySelector(".code-name").textContent;
export const spans = (row) => JSON.parse(row.dataset.spans || "[]");

const NOT_CAPACITY = "capacity:not-cd";
const facet = (row) => row.dataset.code.split(":")[0];

/* Tell everyone who shows something of the rows. */
export function changed() {
  document.dispatchEvent(new CustomEvent("review:changed"));
}

/* Tick or untick a row; a facet that holds one code lets go of the other. */
export function tick(row, on) {
  box(row).checked = on;
  if (!on) doubt(row).checked = false;
  if (on) {
    const lone = form().dataset.loneFacets.split(" ");
    for (const other of rows()) {
      if (other === row) continue;
      const rivals = lone.includes(facet(row)) && facet(row) === facet(other);
      const either = [row, other].some((one) => one.dataset.code === NOT_CAPACITY);
      if ((rivals || either) && box(other).checked) tick(other, false);
    }
  }
  changed();
}

/* Add a code that nobody suggested; gives its row. */
export function add({ name, title, facetTitle, mark }) {
  const there = rowOf(name);
  if (there) return there;
  const number = rows().length + 1;
  const row = document.getElementById("new-row").content.firstElementChild.cloneNode(true);
  Object.assign(row.dataset, { code: name, spans: "[]", mark });
  row.querySelector("kbd").textContent = number < 10 ? number : "";
  Object.assign(box(row), { id: `code-${number}`, value: name });
  row.querySelector("label").htmlFor = `code-${number}`;
  row.querySelector(".code-name").textContent = title;
  row.querySelector(".code-facet").textContent = facetTitle;
  const words = row.querySelector(".code-words");
  Object.assign(words, { textContent: form().dataset.noWords });
  words.dataset.facet = facetTitle;
  row.querySelector(".code-by").textContent = form().dataset.yours;
  doubt(row).value = name;
  document.getElementById("rows").append(row);
  document.getElementById("no-rows")?.remove();
  return row;
}

/* Set the words that a person marked for a code; they stand instead of the machine's. */
export function mark(row, marked, quotes) {
  row.querySelector("input[name=spans]")?.remove();
  row.dataset.spans = JSON.stringify(marked);
  row.dataset.marked = "yes";
  if (marked.length) {
    const sent = document.createElement("input");
    const places = marked.map(([start, end]) => `${start}-${end}`).join(",");
    Object.assign(sent, { type: "hidden", name: "spans", value: `${row.dataset.code} ${places}` });
    row.append(sent);
  }
  const { quote, noWords } = form().dataset;
  row.querySelector(".code-words").textContent = quotes.length ? quote.replace("…", quotes.join(" … ")) : noWords;
}

/* What a person has ticked, marked and written, to be kept if the connection fails. */
export function state() {
  return {
    note: form().querySelector("textarea[name=note]").value,
    rows: rows().map((row) => ({
      name: row.dataset.code,
      title: label(row),
      facetTitle: row.querySelector(".code-facet").textContent,
      mark: row.dataset.mark,
      ticked: box(row).checked,
      doubtful: doubt(row).checked,
      marked: row.querySelector("input[name=spans]") ? spans(row) : null,
    })),
  };
}
