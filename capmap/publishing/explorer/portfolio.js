/* The portfolio as objects: facets, codes, interventions, rows (see explorer_data.py). */
const NONE = -1; // "nothing of this facet found"
const ANY = -2; // "whatever the code": a total

const facets = data.facets.map((facet, index) => ({ ...facet, index, codes: [] }));
const facetNamed = Object.fromEntries(facets.map((facet) => [facet.id, facet]));

const codes = data.codes.map(([facet, code, label, head, definition, group, no, others], index) => {
  const entry = { index, code, label, head, short: head.replace(/\u00ad/g, ""), definition, no, others, facet: facets[facet], group: data.groups[group] || "" };
  facets[facet].codes.push(entry);
  return entry;
});
const usable = facets.filter((facet) => facet.codes.length > 0).sort((a, b) => a.rank - b.rank);
for (const facet of usable) {
  if (facet.id === "year") facet.codes.sort((a, b) => a.code.localeCompare(b.code));
  if (facet.id === "country") facet.codes.sort((a, b) => a.label.localeCompare(b.label, language));
}

const capacityCode = (facetNamed.capacity?.codes || []).find((code) => code.code === "cd");
const columns = data.interventions;
const interventions = (columns.id || []).map((id, index) => ({
  index, id,
  title: columns.title[index], language: columns.language[index], top: columns.top[index],
  place: columns.place[index], starts: columns.starts[index], ends: columns.ends[index],
  budget: columns.budget[index], currency: columns.currency[index],
  parents: columns.parents[index], organisations: columns.organisations[index],
  sectors: columns.sectors[index], codes: columns.codes[index],
  rows: [], children: [],
}));
const interventionNamed = new Map(interventions.map((i) => [i.id, i]));
for (const i of interventions) for (const parent of i.parents) interventions[parent].children.push(i);

/* Offsets count characters as Python does; beyond the basic plane a character has two units here. */
function inUnits(text, offset) {
  if (!/[\ud800-\udbff]/.test(text)) return offset;
  let at = 0;
  for (let n = 0; n < offset && at < text.length; n += 1) at += text.codePointAt(at) > 0xffff ? 2 : 1;
  return at;
}

function codingOf(text, [code, confidence, doubtful, coder, basis, because, ends]) {
  const spans = ends.filter((_, n) => n % 2 === 0).map((start, n) => [inUnits(text, start), inUnits(text, ends[2 * n + 1])]);
  return {
    code: codes[code], confidence, doubtful: doubtful === 1, coder: data.texts[coder],
    basis: data.texts[basis], because: data.texts[because], spans,
    quote: spans.length ? text.slice(...spans[0]) : "",
  };
}

/* Who speaks for a code: lexicon, model or both. What another code brings speaks as that one. */
const learned = new Set(data.learned);
function speakerOf(coding, codings) {
  if (!coding.coder.startsWith("model ")) return "";
  if (coding.basis === "model") return "model";
  if (coding.basis !== "implied") return learned.has(coding.code.index) ? "both" : "lexicon";
  const brings = codings.find((c) => c.code.code === coding.because && c.basis !== "implied");
  return brings ? speakerOf(brings, codings) : "lexicon";
}

const passages = data.passages.map(([id, kind, place, lang, context, text, codings]) => ({
  id, kind, place: data.texts[place], language: lang, context: data.texts[context], text,
  codings: codings.map((packed) => codingOf(text, packed)),
}));

const rows = data.rows.map(([intervention, count, packed], index) => {
  const row = {
    index, count, packed, intervention: interventions[intervention],
    passage: passages[index] || null,
    capacity: !capacityCode || packed.some((value) => value >> 3 === capacityCode.index),
  };
  row.intervention.rows.push(row);
  return row;
});

/* Money is counted once: that of a component if it states any, that of the whole only if
   none of its components does. */
for (const i of interventions) {
  if (i.top >= 0 && i.top !== i.index) (interventions[i.top].parts = interventions[i.top].parts || []).push(i);
}
for (const i of interventions) {
  const together = [i, ...(i.parts || [])];
  const stated = together.filter((part) => part.budget !== null);
  const covered = new Set();
  for (let reached = stated; reached.length; ) {
    reached = reached.flatMap((part) => part.parents.map((p) => interventions[p]))
      .filter((parent) => together.includes(parent) && !covered.has(parent) && covered.add(parent));
  }
  const lowest = stated.filter((part) => !covered.has(part));
  i.budgets = {};
  for (const part of lowest.length ? lowest : stated.filter((p) => p === i)) {
    i.budgets[part.currency || ""] = (i.budgets[part.currency || ""] || 0) + part.budget;
  }
}
const currencies = [...new Set(interventions.filter((i) => i.top === i.index).flatMap((i) => Object.keys(i.budgets)))].sort();

const counted = interventions.filter((i) => i.top === i.index);
const capacityRows = rows.filter((row) => row.capacity);
const total = (list) => list.reduce((sum, row) => sum + row.count, 0);
const passagesRead = total(rows);
const passagesOnCapacity = total(capacityRows);
const textsMissing = passagesRead - passages.length;

/* yes, no or unclear: does an intervention, or a part of it, develop capacity? */
function answer(intervention) {
  if (intervention.answer) return intervention.answer;
  const all = [intervention, ...(intervention.parts || [])].flatMap((i) => i.rows);
  const unclear = all.some((row) => row.packed.some((v) => codes[v >> 3].facet.id === "capacity" && codes[v >> 3].code === "unclear"));
  intervention.answer = all.some((row) => row.capacity) ? "yes" : unclear ? "unclear" : "no";
  return intervention.answer;
}
