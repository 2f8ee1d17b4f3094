/* Exports beneath every figure: its table as CSV, its picture as SVG or PNG, its address. */

/* A field that a spreadsheet would run as a formula is kept as text (OWASP, CSV injection). */
function csvField(value) {
  if (typeof value === "number") return String(value);
  let text = value === null || value === undefined ? "" : String(value);
  if (/^[=+\-@\t\r]/.test(text)) text = "'" + text;
  return /[",\n\r]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
}

const csv = (table) => "\ufeff" + table.map((line) => line.map(csvField).join(",")).join("\r\n") + "\r\n";

function save(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = el("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

function downloadLink(text, name, make) {
  return el("button", { type: "button", class: "link", "data-file": name, onclick: () => save(new Blob([make()], { type: "text/csv;charset=utf-8" }), name) }, text);
}

/* what: {table: model -> lines of CSV, picture: model -> svg element} */
function exportsOf(name, model, what) {
  const file = (ending) => `capmap-${name}.${ending}`;
  return el("ul", { class: "exports", "aria-label": say("exports") },
    el("li", {}, downloadLink(say("table_csv"), file("csv"), () => csv(what.table(model)))),
    what.picture && el("li", {}, el("button", { type: "button", class: "link", "data-file": file("svg"), onclick: () => save(new Blob([svgText(what.picture(model))], { type: "image/svg+xml" }), file("svg")) }, say("picture_svg"))),
    what.picture && el("li", {}, el("button", { type: "button", class: "link", "data-file": file("png"), onclick: () => savePng(what.picture(model), file("png")) }, say("picture_png"))),
    el("li", {}, el("button", { type: "button", class: "link", onclick: copyAddress }, say("link_to_view"))));
}

const svgText = (picture) => '<?xml version="1.0" encoding="UTF-8"?>\n' + new XMLSerializer().serializeToString(picture);

async function savePng(picture, name) {
  const image = new Image();
  image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(svgText(picture));
  await image.decode();
  const canvas = el("canvas", { width: 2 * picture.getAttribute("width"), height: 2 * picture.getAttribute("height") });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((blob) => save(blob, name), "image/png");
}

async function copyAddress() {
  try {
    await navigator.clipboard.writeText(location.href);
    announce(say("link_copied"));
  } catch {
    prompt(say("link_to_view"), location.href);
  }
}

function mapCsv(model) {
  const unit = model.measure;
  const head = [model.down.id, model.down.label, ...model.heads.map((h) => h.label), measureLabel(model.unit)];
  const line = (code, label, values, sum) => [code, label, ...values, sum];
  return [head,
    ["", "", ...model.heads.map((h) => h.code?.code || ""), ""],
    ...model.lines.map((l) => line(l.code?.code || "", l.label, l.cells.map((cell) => cell.value), l.count.value(model.unit))),
    line("", say("all_rows_short"), model.heads.map((h) => h.count.value(model.unit)), model.table.all.value(model.unit)),
  ];
}

function shareLines(entries, n) {
  return entries.filter((e) => !e.heading).map((e) => {
    const [low, high] = wilson(e.value, n) || ["", ""];
    return [e.code || "", e.label, e.value, n, n ? e.value / n : "", low, high];
  });
}

const SHARE_HEAD = () => [say("code"), say("label"), say("numerator"), say("denominator"), say("share"), say("low"), say("high")];

function findingCsv(model) {
  const { unit, n, sorted } = ranked(model);
  return [SHARE_HEAD(), ...shareLines(sorted.map((h) => ({ code: h.code.code, label: h.label, value: h.count.value(unit) })), n)];
}

const EVIDENCE_HEAD = ["intervention_id", "intervention", "passage_id", "place", "language", "facet", "code", "label", "confidence", "doubtful", "coder", "basis", "because", "quote", "text"];

function evidenceCsv(asked) {
  const lines = [EVIDENCE_HEAD];
  for (const { passage, intervention } of asked) {
    for (const c of passage?.codings || []) {
      const quote = c.spans.length ? passage.text.slice(...c.spans[0]) : "";
      lines.push([intervention.id, intervention.title, passage.id, passage.place, passage.language, c.code.facet.id, c.code.code, c.code.label, c.confidence, c.doubtful ? "true" : "false", c.coder, c.basis, c.because, quote, passage.text]);
    }
  }
  return csv(lines);
}
