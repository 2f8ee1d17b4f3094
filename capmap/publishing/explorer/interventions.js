/* The list of interventions: search, filters, order, pages, and all of it as CSV. */
const PAGE = 50;
const SORTS = ["title", "country", "starts", "passages", "confidence"];

/* Words of an intervention for searching: its texts, its facts, its codes in every language. */
function searchText(intervention) {
  if (intervention.searchText) return intervention.searchText;
  const parts = [intervention.id, intervention.title, ...intervention.organisations.map(([, name]) => name)];
  const seen = new Set(intervention.codes);
  for (const row of intervention.rows) {
    for (const value of row.packed) seen.add(value >> 3);
    if (row.passage) parts.push(row.passage.text);
  }
  for (const c of seen) parts.push(codes[c].label, codes[c].others);
  intervention.searchText = fold(parts.join(" \n "));
  return intervention.searchText;
}

function matches(intervention, words) {
  if (!words.length) return true;
  const text = searchText(intervention);
  return words.every((word) => text.includes(word));
}

/* Where the words stand in a text, in its own characters: folding may change its length. */
function wordsIn(text, words) {
  const folded = [];
  const at = [];
  for (let i = 0; i < text.length; i += 1) for (const letter of fold(text[i])) { folded.push(letter); at.push(i); }
  const line = folded.join("");
  const found = [];
  for (const word of words) {
    for (let i = line.indexOf(word); i >= 0; i = line.indexOf(word, i + word.length)) found.push([at[i], at[i + word.length - 1] + 1]);
  }
  return found;
}

const wordsOf = (query) => fold(query || "").split(/\s+/).filter(Boolean);
const capacityOf = (intervention) => intervention.rows.filter((row) => row.capacity);

function sureness(intervention) {
  let best = null;
  for (const row of capacityOf(intervention)) {
    for (const coding of row.passage?.codings || []) if (coding.code === capacityCode) best = Math.max(best || 0, coding.confidence);
  }
  return best;
}

const labelsOf = (intervention, id) => intervention.codes.filter((c) => codes[c].facet.id === id).map((c) => codes[c].label);

function codesFound(intervention, id) {
  const found = new Set();
  for (const row of capacityOf(intervention)) for (const [c] of held(row, facetNamed[id])) found.add(c);
  return [...found].sort((a, b) => a - b).map((c) => codes[c]);
}

function interventionsAsked(values) {
  const words = wordsOf(values.q);
  const filters = { ...values };
  const narrowed = Object.keys(filters).some((name) => name === "group" || name === "confidence" || (facetNamed[name] && name !== "capacity"));
  const through = narrowed ? new Set(rowsForList(filters).map((row) => row.intervention)) : null;
  const found = interventions.filter((i) => (!through || through.has(i)) && (!values.capacity || answer(i) === values.capacity) && matches(i, words));
  return sorted(found, values.sort);
}

/* What a source says of an intervention narrows the list whether or not it develops capacity. */
function rowsForList(values) {
  const { capacity, ...filters } = values;
  const ofText = Object.keys(filters).some((name) => ["group", "confidence"].includes(name) || (facetNamed[name] && !facetNamed[name].ofIntervention));
  return rowsAsked(filters, !ofText);
}

function sorted(found, sort) {
  const key = {
    country: (i) => labelsOf(i, "country").join(", ") || "\uffff", starts: (i) => i.starts || "9999",
    passages: (i) => -total(capacityOf(i)), confidence: (i) => -(sureness(i) || 0),
  }[sort];
  const byTitle = (a, b) => a.title.localeCompare(b.title, language);
  if (!key) return [...found].sort(byTitle);
  const keys = new Map(found.map((i) => [i, key(i)]));
  const compare = (a, b) => (typeof a === "string" ? a.localeCompare(b, language) : a - b);
  return [...found].sort((a, b) => compare(keys.get(a), keys.get(b)) || byTitle(a, b));
}

function listView(values) {
  const found = interventionsAsked(values);
  const words = wordsOf(values.q);
  const pages = Math.max(1, Math.ceil(found.length / PAGE));
  const page = Math.min(pages, Math.max(1, Number(values.page) || 1));
  const here = found.slice((page - 1) * PAGE, page * PAGE);
  return [
    el("h1", { tabindex: -1 }, say("list_title", { count: found.length, of: interventions.length })),
    listControls(values, found),
    found.length ? listTable(here, values, words) : el("p", { class: "lead" }, say("list_empty")),
    el("nav", { class: "pages", "aria-label": say("pages") },
      page > 1 && el("a", { href: address("interventions", { ...values, page: page - 1 }), rel: "prev" }, say("previous")),
      found.length > 0 && el("span", {}, say("page_range", { from: (page - 1) * PAGE + 1, to: (page - 1) * PAGE + here.length, of: found.length })),
      page < pages && el("a", { href: address("interventions", { ...values, page: page + 1 }), rel: "next" }, say("next"))),
    el("ul", { class: "exports", "aria-label": say("exports") },
      el("li", {}, downloadLink(say("list_csv", { count: found.length }), "capmap-interventions.csv", () => csv(listCsv(found)))),
      el("li", {}, el("button", { type: "button", class: "link", onclick: copyAddress }, say("link_to_view")))),
  ];
}

function listControls(values, found) {
  const change = (changes) => go(address("interventions", { ...values, page: null, ...changes }));
  const choose = (name, label, options, empty) => el("label", {}, el("span", {}, label),
    el("select", { name, onchange: (event) => change({ [name]: event.target.value }) },
      [...(empty ? [["", empty]] : []), ...options].map(([value, text]) => el("option", { value, selected: value === (values[name] || "") }, text))));
  const codeOptions = (id) => (facetNamed[id]?.codes || []).map((code) => [code.code, code.no ? `${code.no} ${code.label}` : code.label]);
  const groups = [...new Set((facetNamed.outcome?.codes || []).map((code) => code.group).filter(Boolean))];
  let waiting = 0;
  const search = el("input", {
    type: "search", name: "q", value: values.q || "", placeholder: say("search_hint"), "aria-keyshortcuts": "/", autocomplete: "off",
    oninput: (event) => {
      clearTimeout(waiting);
      waiting = setTimeout(() => change({ q: event.target.value.trim() }), 250);
    },
  });
  const facetChoices = ["outcome", "country", "level", "constituent"].filter((id) => facetNamed[id]?.codes.length);
  return el("form", { class: "controls list-controls", role: "search", "aria-label": say("search"), onsubmit: (event) => { event.preventDefault(); clearTimeout(waiting); change({ q: search.value.trim() }); } },
    el("label", { class: "search" }, el("span", {}, say("search")), search),
    filterFold(el("fieldset", { class: "filters" }, el("legend", { class: "unseen" }, say("filters")),
      groups.length > 1 && choose("group", say("group"), groups.map((g) => [g, g]), say("all")),
      facetChoices.map((id) => choose(id, facetNamed[id].label, codeOptions(id), say("all"))),
      capacityCode && choose("capacity", say("capacity"), ["yes", "no", "unclear"].map((a) => [a, say("answer_" + a)]), say("all")),
      choose("confidence", say("confidence"), Object.keys(FLOORS).map((floor) => [floor, say("at_least", { value: number(floor / 100, { minimumFractionDigits: 1 }) })]), say("all")),
      choose("sort", say("sort"), SORTS.map((sort) => [sort === "title" ? "" : sort, say("sort_" + sort)])),
      el("a", { href: address("interventions") }, say("clear_filters"))), Object.keys(values).length));
}

function listTable(here, values, words) {
  return el("div", { class: "list-frame" }, el("table", { class: "list" },
    el("caption", { class: "unseen" }, say("interventions")),
    el("thead", {}, el("tr", {}, ["intervention", "sort_country", "outcomes", "levels", "capacity", "confidence"].map((key) => el("th", { scope: "col", class: key === "confidence" ? "num" : "" }, say(key))))),
    el("tbody", {}, here.map((i) => listRow(i, words)))));
}

function listRow(intervention, words) {
  const snippet = words.length > 0 && intervention.rows.map((row) => row.passage).find((p) => p && words.some((word) => fold(p.text).includes(word) && !fold(intervention.title).includes(word)));
  const levels = new Set(codesFound(intervention, "level").map((c) => c.code));
  const n = total(capacityOf(intervention));
  const outcomes = facetNamed.outcome ? codesFound(intervention, "outcome") : [];
  return el("tr", {},
    el("th", { scope: "row" }, el("a", { href: interventionAddress(intervention), lang: intervention.language || null }, intervention.title),
      el("span", { class: "id" }, intervention.id, intervention.starts && ` · ${intervention.starts.slice(0, 4)}`),
      snippet && el("span", { class: "snippet", lang: snippet.language || null }, snippetOf(snippet.text, words))),
    el("td", { "data-label": say("sort_country") }, list(labelsOf(intervention, "country").slice(0, 3)) || "–"),
    el("td", { "data-label": say("outcomes") }, outcomes.length ? outcomes.slice(0, 3).map((c, k) => [k > 0 && ", ", el("span", { title: c.definition || null }, c.no ? `${c.no} ${c.short}` : c.short)]) : "–", outcomes.length > 3 && ` +${outcomes.length - 3}`),
    el("td", { "data-label": say("levels") }, levelSquares(levels)),
    el("td", { "data-label": say("capacity") }, answerOf(intervention), n > 0 && el("span", { class: "id" }, say("count_passages", { count: n }))),
    el("td", { class: "num", "data-label": say("confidence") }, sureness(intervention) === null ? "–" : number(sureness(intervention), { minimumFractionDigits: 2 })));
}

const answerOf = (intervention) => el("span", { class: "answer " + answer(intervention) }, say("answer_" + answer(intervention)));

function levelSquares(levels) {
  const all = facetNamed.level?.codes || [];
  return el("span", { class: "squares", role: "img", "aria-label": list(all.filter((c) => levels.has(c.code)).map((c) => c.label)) || say("nothing_found") },
    all.map((c) => el("span", { class: levels.has(c.code) ? "full" : "", title: c.label })));
}

function snippetOf(text, words) {
  const found = wordsIn(text, words).sort((a, b) => a[0] - b[0]);
  const from = Math.max(0, (found[0]?.[0] || 0) - 60);
  const cut = text.slice(from, from + 180);
  return [from > 0 && "…", markedText(cut, [], wordsIn(cut, words)), from + 180 < text.length && "…"];
}

function listCsv(found) {
  const cells = (id) => (i) => codesFound(i, id).map((c) => c.code).join("; ");
  const ids = usable.filter((f) => !f.ofIntervention && f.id !== "capacity").map((f) => f.id);
  return [["intervention_id", "title", "kind", "countries", "starts_on", "ends_on", "budget", "currency", "source", "place", "capacity", "confidence", "capacity_passages", ...ids],
    ...found.map((i) => [i.id, i.title, labelsOf(i, "kind")[0], i.codes.filter((c) => codes[c].facet.id === "country").map((c) => codes[c].code).join("; "), i.starts, i.ends, i.budget ?? "", i.currency || "", labelsOf(i, "source")[0], i.place, answer(i), sureness(i) ?? "", total(capacityOf(i)), ...ids.map((id) => cells(id)(i))])];
}
