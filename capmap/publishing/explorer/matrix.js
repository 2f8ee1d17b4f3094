/* The matrix: a grid with one tab stop on a desk, a list for each row on a phone. */
const cellName = (line, head) => [line, head].map((e) => (e === null ? "*" : e.code ? e.code.code : "-")).join("~");
const cellsLink = (model, line, head) => mapAddress(model, { cell: cellName(line, head) });

/* A code as it stands in an address back to its number. */
function codeOf(facet, name) {
  if (name === "*") return ANY;
  if (name === "-") return NONE;
  const found = facet.codes.find((code) => code.code === name);
  return found ? found.index : null;
}

function matrix(model) {
  const families = runs(model.heads, (head) => head.code?.group || "");
  const hasFamilies = families.length > 1 && families.some((run) => run.name);
  const starts = new Set(families.slice(1).map((run) => run.from));
  return el("table", { class: model.heads.length <= 7 ? "matrix few" : "matrix", role: "grid", vars: { "--columns": model.heads.length }, "aria-labelledby": "figure-title", "aria-describedby": "figure-source", onkeydown: moveInGrid },
    el("colgroup", {}, el("col", { class: "col-row" })),
    el("colgroup", {}, model.heads.map((_, k) => el("col", { class: starts.has(k) ? "col-first" : "" }))),
    el("colgroup", {}, el("col", { class: "col-total" }), el("col", { class: "col-found" })),
    el("thead", {}, hasFamilies && familyRow(model, families), headRow(model, starts)),
    bodies(model, starts), footRows(model, starts));
}

function runs(items, nameOf) {
  const found = [];
  items.forEach((item, k) => {
    const name = nameOf(item);
    const last = found[found.length - 1];
    if (last && last.name === name) last.length += 1;
    else found.push({ name, from: k, length: 1 });
  });
  return found;
}

function familyRow(model, families) {
  return el("tr", { class: "families" }, el("td"),
    families.map((run, k) => el("th", { scope: "colgroup", colspan: run.length, class: k ? "first" : "" },
      run.name ? el("span", {}, run.name) : unseen(say("other_family")))),
    el("td", { colspan: 2 }));
}

function headRow(model, starts) {
  return el("tr", { class: "heads" },
    el("th", { scope: "col", class: "corner" }, el("span", {}, model.down.label)),
    model.heads.map((head, k) => el("th", {
      scope: "col", title: head.label, "data-column": k,
      class: [k % 2 ? "upper" : "lower", head.nowhere && "nowhere", starts.has(k) && "first"].filter(Boolean).join(" "),
    }, el("span", { class: "head" }, head.code ? head.code.head : head.label))),
    el("th", { scope: "col", class: "total" }, el("span", {}, measureLabel(model.unit))),
    el("th", { scope: "col", class: "found" }, el("span", {}, say("codes_found", { plural: model.across.plural }))));
}

function bodies(model, starts) {
  const most = Math.max(1, ...model.lines.map((line) => line.count.value(model.unit)));
  return runs(model.lines, (line) => line.code?.group || "").map((run) => el("tbody", {},
    run.name && groupRow(model, run),
    model.lines.slice(run.from, run.from + run.length).map((line) => bodyRow(model, line, most, starts))));
}

/* The distinct interventions, passages or budget of a group's rows. */
function groupCount(model, run) {
  const members = new Set(model.lines.slice(run.from, run.from + run.length).map((line) => line.index));
  const count = new Count();
  for (const row of model.asked) {
    if (held(row, model.down, model.floor).some(([c]) => members.has(c))) count.add(row, false);
  }
  return count;
}

function groupRow(model, run) {
  return el("tr", { class: "group" },
    el("th", { scope: "rowgroup", colspan: model.heads.length + 1 }, run.name),
    el("td", { class: "total" }, shown(groupCount(model, run).value(model.unit), model.unit)), el("td"));
}

function bodyRow(model, line, most, starts) {
  const value = line.count.value(model.unit);
  return el("tr", { class: line.nowhere ? "line-nowhere" : line.code ? "" : "without", "data-line": line.code?.code || "-" },
    el("th", { scope: "row", title: line.code?.definition || null },
      line.code?.no && el("span", { class: "no" }, line.code.no), el("span", {}, line.label)),
    line.cells.map((cell, k) => cellOf(model, cell, starts.has(k))),
    el("td", { class: "total" },
      el("a", { href: cellsLink(model, line, null), tabindex: -1, "data-cell": cellName(line, null), vars: { "--part": value / most }, "aria-label": `${line.label}: ${amountInWords(value, model.unit)}` }, shown(value, model.unit))),
    el("td", { class: "found" }, number(line.found)));
}

/* Only documents speak of it: no intervention to count, but not nothing either. */
const unstated = (model, cell) => model.measure.startsWith("budget:") && cell.count.passages > 0 && !cell.value;
const onlyInDocuments = (model, cell) => model.unit === "interventions" && cell.count.passages > 0 && cell.count.interventions.size === 0;

function cellOf(model, cell, first) {
  const { line, head, count, value } = cell;
  const name = `${line.label}, ${head.label}: `;
  const empty = count.passages === 0;
  const nowhere = head.nowhere || line.nowhere;
  const told = onlyInDocuments(model, cell);
  const silent = unstated(model, cell);
  const kind = told || silent ? "told" : empty ? (nowhere ? "none nowhere" : "none") : line.code && head.code ? "q" + stepOf(value, model.breaks) : "without-code";
  const words = silent ? say("no_budget_stated") : told ? say("only_in_documents", { count: count.passages }) : empty ? say(nowhere ? "found_nowhere" : "nothing_found") : amountInWords(value, model.measure) + (cell.doubtful ? ", " + say("every_code_doubtful") : "");
  return el("td", { class: [kind, cell.doubtful && "doubtful", first && "first"].filter(Boolean).join(" ") },
    el("a", { href: cellsLink(model, line, head), tabindex: -1, "data-cell": cellName(line, head), "aria-label": name + words },
      empty ? null : silent ? "–" : told ? `(${number(count.passages)})` : shown(value, model.measure)));
}

function footRows(model, starts) {
  const value = model.table.all.value(model.unit);
  const rowsNamed = model.codesDown;
  return el("tfoot", {},
    el("tr", { class: "sum" },
      el("th", { scope: "row" }, say("all_rows", { plural: model.down.plural, measure: measureLabel(model.unit).toLowerCase() })),
      model.heads.map((head, k) => el("td", { class: [head.nowhere && "nowhere", starts.has(k) && "first"].filter(Boolean).join(" ") },
        el("a", { href: cellsLink(model, null, head), tabindex: -1, "data-cell": cellName(null, head), "aria-label": `${head.label}: ${amountInWords(head.count.value(model.unit), model.unit)}` },
          shown(head.count.value(model.unit), model.unit)))),
      el("td", { class: "total" }, el("a", { href: cellsLink(model, null, null), tabindex: -1, "data-cell": "*~*", "aria-label": say("everything") + ": " + amountInWords(value, model.unit) }, shown(value, model.unit))), el("td")),
    el("tr", { class: "reached" },
      el("th", { scope: "row" }, say("rows_reached", { plural: model.down.plural, count: rowsNamed })),
      model.heads.map((head, k) => el("td", { class: [head.nowhere && "nowhere", starts.has(k) && "first"].filter(Boolean).join(" ") }, number(head.reached))),
      el("td"), el("td")));
}

/* Arrow keys, Home and End move among the cells; only one of them is a tab stop. */
function moveInGrid(event) {
  const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0], Home: [0, -999], End: [0, 999], PageUp: [-999, 0], PageDown: [999, 0] }[event.key];
  const here = event.target.closest("a[data-cell]");
  if (!step || !here || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const grid = [...event.currentTarget.querySelectorAll("tr")].map((tr) => [...tr.querySelectorAll("a[data-cell]")]).filter((tr) => tr.length);
  const bound = (value, size) => Math.max(0, Math.min(size - 1, value));
  const r = grid.findIndex((tr) => tr.includes(here));
  const row = grid[bound(r + step[0], grid.length)];
  const next = row[bound(grid[r].indexOf(here) + step[1], row.length)];
  tabStop(event.currentTarget, next);
  next.focus();
}

function tabStop(table, cell) {
  for (const other of table.querySelectorAll('a[data-cell][tabindex="0"]')) other.tabIndex = -1;
  if (cell) cell.tabIndex = 0;
}

/* Heads of two levels: the lower stands on the column, the upper on a leader line. */
function settleHeads(table) {
  const tallest = (selector) => Math.max(0, ...[...table.querySelectorAll(selector)].map((head) => head.offsetHeight));
  const column = table.querySelector(".heads th[data-column]")?.offsetWidth || 40;
  if (!table.classList.contains("few")) table.style.setProperty("--head", Math.min(104, 2 * column - 6) + "px");
  table.style.setProperty("--lower", tallest(".lower .head") + "px");
  table.style.setProperty("--upper", tallest(".upper .head") + "px");
}

/* The phone's form: for each row its codes with counts, then how many are missing, dotted. */
function matrixList(model) {
  const parts = [];
  for (const run of runs(model.lines, (line) => line.code?.group || "")) {
    if (run.name) parts.push(el("h3", { class: "group" }, el("span", {}, run.name), el("span", {}, amountInWords(groupCount(model, run).value(model.unit), model.unit))));
    for (const line of model.lines.slice(run.from, run.from + run.length)) parts.push(listOfLine(model, line));
  }
  parts.push(listOfTotals(model));
  return el("div", { class: "matrix-list" }, parts);
}

function listOfLine(model, line) {
  const filled = line.cells.filter((cell) => cell.count.passages > 0);
  const missing = line.cells.filter((cell) => cell.head.code && cell.count.passages === 0);
  const most = Math.max(1, ...model.lines.map((other) => other.count.value(model.unit)));
  const value = line.count.value(model.unit);
  return el("section", { "data-line": line.code?.code || "-" },
    el("h4", {}, line.code?.no && el("span", { class: "no" }, line.code.no + ". "), line.label),
    el("a", { class: "amount", href: cellsLink(model, line, null), "data-cell": cellName(line, null), vars: { "--part": value / most } }, amountInWords(value, model.unit)),
    el("ul", {}, filled.map((cell) => el("li", {},
      el("a", { class: `${onlyInDocuments(model, cell) ? "told" : line.code && cell.head.code ? "q" + stepOf(cell.value, model.breaks) : "plain"} ${cell.doubtful ? "doubtful" : ""}`, href: cellsLink(model, line, cell.head), "data-cell": cellName(line, cell.head) },
        el("span", {}, cell.head.code ? cell.head.code.short : cell.head.label), " ", el("b", {}, unstated(model, cell) ? "–" : onlyInDocuments(model, cell) ? `(${number(cell.count.passages)})` : shown(cell.value, model.measure)), cell.doubtful && unseen(", " + say("every_code_doubtful")))))),
    missing.length > 0 && el("details", { class: "missing" },
      el("summary", {}, el("span", { class: "dots", "aria-hidden": "true" }, "·".repeat(missing.length)),
        el("span", {}, say("missing_of", { count: missing.length, of: model.heads.filter((h) => h.code).length, plural: model.across.plural }))),
      el("ul", {}, missing.map((cell) => el("li", {},
        el("a", { class: cell.head.nowhere ? "gap nowhere" : "gap", href: cellsLink(model, line, cell.head), "data-cell": cellName(line, cell.head) }, cell.head.code.short))))));
}

function listOfTotals(model) {
  return el("section", { class: "sum" }, el("h3", { class: "group" }, el("span", {}, say("all_rows_short")), el("span", {}, amountInWords(model.table.all.value(model.unit), model.unit))),
    el("ul", {}, model.heads.map((head) => el("li", {},
      el("a", { class: head.nowhere ? "gap nowhere" : "plain", href: cellsLink(model, null, head), "data-cell": cellName(null, head) },
        el("span", {}, head.code ? head.code.short : head.label), " ", el("b", {}, shown(head.count.value(model.unit), model.unit)))))));
}
