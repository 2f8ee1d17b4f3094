/* A passage with the words marked that led to each code, and the codes beneath it. */

/* The text in pieces; where codes of several facets stand on the same words, marks nest. */
function markedText(text, codings, words = []) {
  const spans = [];
  for (const coding of codings) for (const [start, end] of coding.spans) spans.push({ start, end, kind: coding.code.facet.mark, code: coding.code });
  for (const [start, end] of words) spans.push({ start, end, kind: "found" });
  const edges = [...new Set([0, text.length, ...spans.flatMap((s) => [s.start, s.end])])]
    .filter((edge) => edge >= 0 && edge <= text.length).sort((a, b) => a - b);
  const pieces = [];
  for (let i = 0; i < edges.length - 1; i += 1) {
    const over = spans.filter((s) => s.start <= edges[i] && s.end >= edges[i + 1]);
    let piece = document.createTextNode(text.slice(edges[i], edges[i + 1]));
    for (const kind of ["top", "par", "who", "lev", "mod", "found"]) {
      const mine = over.filter((s) => s.kind === kind);
      if (mine.length) piece = el("mark", { class: kind, title: [...new Set(mine.filter((s) => s.code).map((s) => s.code.label))].join(", ") || null }, piece);
    }
    pieces.push(piece);
  }
  return pieces;
}

const markName = (code) => el("span", { class: `name ${code.facet.mark}` }, code.label);

/* "words of the text: training course*", in the reader's language but for the term itself. */
function reason(coding) {
  const basis = has("basis_" + coding.basis) ? say("basis_" + coding.basis) : coding.basis;
  const because = coding.because.replace(/^(term|rule|terme|règle|sector|marker|context|implied|cue)s?\s*:\s*/i, "");
  const implied = coding.basis === "implied" && codes.find((code) => code.code === because);
  if (implied) return [basis, say("colon"), el("span", { class: "because" }, implied.label)];
  // A term with alternatives is a pattern: people read the words that it met.
  const met = /[(|]|\.\.\./.test(because) && coding.quote;
  if (met) return [basis, say("colon"), el("span", { class: "because", title: because }, met)];
  return [basis, because && [say("colon"), el("span", { class: "because" }, because)]];
}

/* Where lexicon and model code together, who of them speaks stands before the reason. */
function speakerSaid(coding, codings) {
  const speaker = speakerOf(coding, codings);
  return speaker && [el("span", { class: "speaks" }, say("speaks_" + speaker)), " · "];
}

/* kind, place: "Result, result 1, indicator 2" */
function placeOf(passage) {
  const kind = has("passage_" + passage.kind) ? say("passage_" + passage.kind) : passage.kind;
  return passage.place.toLowerCase() === passage.kind ? kind : [kind, passage.place].filter(Boolean).join(", ");
}

function codesTable(codings, chosen, all = codings) {
  const several = new Set(codings.map((coding) => coding.coder)).size > 1;
  const order = [...codings].sort((a, b) => chosen.includes(b.code.index) - chosen.includes(a.code.index) || a.code.index - b.code.index);
  return el("table", { class: "codes" },
    el("caption", { class: "unseen" }, say("codes_of_passage")),
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, say("code")), el("th", { scope: "col" }, say("led_by")), several && el("th", { scope: "col" }, say("coder")), el("th", { scope: "col", class: "num" }, say("confidence")))),
    el("tbody", {}, order.map((coding) => el("tr", { class: chosen.includes(coding.code.index) ? "chosen" : "" },
      el("th", { scope: "row" }, markName(coding.code)),
      el("td", {}, speakerSaid(coding, all), reason(coding)),
      several && el("td", {}, coding.coder),
      el("td", { class: "num" }, number(coding.confidence, { minimumFractionDigits: 2, maximumFractionDigits: 2 }), coding.doubtful && [" ", el("span", { class: "doubt" }, say("doubtful"))])))));
}

/* One coder is named once, beside the place; several have a column of their own. */
function coderOf(codings) {
  const names = [...new Set(codings.map((coding) => coding.coder))];
  return names.length === 1 ? " · " + say("coded_by", { coder: names[0] }) : "";
}

/* One quotation. options: {chosen: [code numbers], named: show the intervention, words: search words} */
function passageBlock(row, options = {}) {
  const { passage, intervention } = row;
  const facetsShown = options.facets || (() => true);
  const codings = passage.codings.filter((coding) => facetsShown(coding.code.facet));
  return el("article", { class: "passage" },
    passage.context && el("p", { class: "context", lang: passage.language || null }, passage.context),
    el("blockquote", { class: "quote", lang: passage.language || null }, el("p", {}, markedText(passage.text, codings, options.words))),
    el("p", { class: "place" }, options.named && [el("a", { href: interventionAddress(intervention), lang: intervention.language || null }, intervention.title), " · "], placeOf(passage), coderOf(codings)),
    codings.length ? codesTable(codings, options.chosen || [], passage.codings) : el("p", { class: "note" }, say("no_codes")));
}

/* Facets whose words are marked on a cell's quotations: its own, and those that tell for whom and how. */
const TOLD = new Set(["modality", "level", "constituent", "target", "partner"]);

function markKey() {
  const named = [["mod", "modality"], ["lev", "level"], ["who", "constituent"], ["par", "partner"], ["top", "outcome"]];
  return el("ul", { class: "mark-key", "aria-label": say("mark_key") }, named.filter(([, id]) => facetNamed[id]).map(([kind, id]) =>
    el("li", {}, el("span", { class: "name " + kind }, has("mark_" + kind) ? say("mark_" + kind) : facetNamed[id].label))));
}
