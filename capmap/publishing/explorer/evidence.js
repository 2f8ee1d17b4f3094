/* What stands behind a cell: interventions and quotations; behind a gap, what was read. */
const QUOTES_AT_ONCE = 12;

function evidence(model) {
  const [r, c] = model.cell.split("~");
  const down = codeOf(model.down, r);
  const across = codeOf(model.across, c);
  const close = el("a", { class: "close", href: mapAddress(model, { cell: "" }) }, say("close"));
  if (down === null || across === null || c === undefined) {
    return el("section", { class: "evidence", id: "evidence" }, el("h2", { tabindex: -1 }, say("cell_unknown")), close);
  }
  const asked = rowsOfCell(model.down, model.across, down, across, model.asked, model.floor);
  const count = new Count();
  for (const row of asked) count.add(row, false);
  const gap = count.passages === 0;
  const names = [nameOf(model, model.down, down, "lines"), nameOf(model, model.across, across, "heads")].filter(Boolean);
  const chosen = [down, across].filter((code) => code >= 0);
  return el("section", { class: "evidence", id: "evidence", "aria-labelledby": "evidence-title" },
    el("header", {},
      el("p", { class: "kicker" }, say(gap ? "gap" : "evidence")),
      el("h2", { id: "evidence-title", tabindex: -1 }, names.length ? names.join(" × ") : say("everything")),
      el("p", { class: "counts" }, gap ? say("gap_count", { count: read(model, down), of: read(model, down) }) : countsInWords(count)), close),
    el("div", { class: "evidence-grid" },
      el("div", { class: "aside" }, aside(model, across >= 0 ? codes[across] : down >= 0 ? codes[down] : null, asked, count, gap)),
      gap ? gapOpened(model, down, across, chosen) : quotations(asked, chosen, model)));
}

function nameOf(model, facet, code, side) {
  if (code === ANY) return "";
  if (code === NONE) return model[side].find((e) => e.index === NONE)?.label || say("none_of_facet", { facet: facet.label });
  return codes[code].label;
}

function countsInWords(count) {
  const parts = [say("count_passages", { count: count.passages })];
  if (count.interventions.size) parts.unshift(say("count_interventions", { count: count.interventions.size }));
  return parts.join(" · ");
}

const read = (model, down) => total(rowsOfCell(model.down, model.across, down, ANY, model.asked, model.floor));

function aside(model, code, asked, count, gap) {
  return [
    code && el("p", {}, el("b", {}, code.label + ". "), code.definition),
    !gap && coderTable(asked, code),
    !gap && markKey(),
    !gap && el("ul", { class: "links" }, el("li", {}, downloadLink(say("evidence_csv"), "capmap-evidence.csv", () => evidenceCsv(asked)))),
    count.interventions.size > 0 && interventionList(asked, count),
  ];
}

/* How each coder spoke on the code: how many passages, how many with doubt. */
function coderTable(asked, code) {
  if (!code) return null;
  const coders = new Map();
  for (const row of asked) {
    for (const coding of row.passage?.codings || []) {
      if (coding.code !== code) continue;
      const entry = coders.get(coding.coder) || coders.set(coding.coder, { count: 0, doubtful: 0, sum: 0 }).get(coding.coder);
      entry.count += 1;
      entry.doubtful += coding.doubtful ? 1 : 0;
      entry.sum += coding.confidence;
    }
  }
  if (!coders.size) return null;
  return el("dl", { class: "coders" }, [...coders].map(([coder, entry]) => el("div", {}, el("dt", {}, coder),
    el("dd", {}, say("coder_counts", { count: entry.count, doubtful: entry.doubtful, mean: number(entry.sum / entry.count, { minimumFractionDigits: 2, maximumFractionDigits: 2 }) })))));
}

function interventionList(asked, count) {
  const passagesOf = new Map();
  for (const row of asked) passagesOf.set(row.intervention, (passagesOf.get(row.intervention) || 0) + row.count);
  const entries = [...passagesOf].sort((a, b) => b[1] - a[1]);
  const items = el("ul", { class: "intervention-list" });
  more(items, entries, 15, ([intervention, n]) => el("li", {},
    el("a", { href: interventionAddress(intervention), lang: intervention.language || null }, intervention.title), " ", el("span", { class: "n" }, number(n))));
  return el("details", { open: entries.length <= 15 }, el("summary", {}, say("interventions_behind", { count: entries.length })), items);
}

/* Show entries a few at a time, with a button for more. */
function more(container, entries, step, draw) {
  let at = 0;
  const button = el("button", { type: "button", class: "quiet more" });
  const show = () => {
    const firstNew = container.children.length;
    container.append(...entries.slice(at, at + step).map(draw));
    at += step;
    const left = entries.length - at;
    if (left > 0) {
      button.textContent = say("show_more", { count: Math.min(step, left), left });
      container.after(button);
    } else button.remove();
    return container.children[firstNew];
  };
  button.addEventListener("click", () => {
    const first = show();
    const target = first?.querySelector("a") || first;
    target?.focus({ preventScroll: true });
  });
  queueMicrotask(show);
}

function quotations(asked, chosen, model) {
  const withText = asked.filter((row) => row.passage);
  const missing = total(asked) - withText.length;
  const shownFacets = new Set([...TOLD, model.down.id, model.across.id]);
  const container = el("div", { class: "passages" });
  more(container, withText, QUOTES_AT_ONCE, (row) => passageBlock(row, { chosen, named: true, facets: (facet) => shownFacets.has(facet.id) }));
  return el("div", { class: "quotations" },
    missing > 0 && el("p", { class: "note" }, say("texts_of_cell_missing", { count: missing })), container);
}

/* A gap: the passages that were read, and the largest share their silence leaves open. */
function gapOpened(model, down, across, chosen) {
  const asked = rowsOfCell(model.down, model.across, down, ANY, model.asked, model.floor);
  const n = total(asked);
  const column = nameOf(model, model.across, across, "heads");
  const row = nameOf(model, model.down, down, "lines") || say("everything");
  const elsewhere = total(rowsOfCell(model.down, model.across, ANY, across, model.asked, model.floor));
  return el("div", { class: "quotations" },
    el("p", { class: "prose" }, el("b", {}, say("read_nothing_found")), " ",
      n ? say("gap_proof", { count: n, row, column, upper: perCent(upperOfNone(n)) }) : say("gap_unread", { row })),
    el("p", { class: "prose" }, elsewhere
      ? [say("gap_elsewhere", { count: elsewhere, column }), " ", el("a", { href: mapAddress(model, { cell: "*~" + model.cell.split("~")[1] }) }, say("gap_elsewhere_link"))]
      : say("gap_nowhere", { column, count: total(model.asked), upper: perCent(upperOfNone(Math.max(1, total(model.asked)))) })),
    n > 0 && [el("h3", {}, say("what_was_read")), quotations(asked, chosen, model)]);
}
