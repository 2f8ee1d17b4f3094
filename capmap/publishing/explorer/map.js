/* The view of the map: finding, matrix, evidence. */
const phone = matchMedia("screen and (max-width: 59.99em)");
let drawn = null; // what the page shows: a new cell need not draw the matrix anew

function mapView(values) {
  const state = mapState(values);
  const key = mapAddress(state, { cell: "" }) + phone.matches;
  if (drawn?.key === key && document.contains(drawn.place)) {
    drawn.model.cell = state.cell;
    openCell(drawn.model, drawn.place, true);
    return null;
  }
  const model = mapModel(state);
  const place = el("div", { class: "map-body" });
  const picture = phone.matches ? matrixList(model) : matrix(model);
  const view = [
    el("h1", { tabindex: -1 }, headline(model)),
    el("div", { class: "finding" },
      el("div", {}, el("p", { class: "lead" }, portfolioLead(model), lead(model)), intervalNote()),
      el("div", {}, findingBars(model), exportsOf("finding", model, { table: findingCsv, picture: findingPicture }))),
    el("section", { class: "section", "aria-label": say("the_map") },
      el("h2", { class: "unseen" }, say("the_map")),
      controls(model),
      el("div", { class: "with-evidence" },
        el("figure", { class: "map-figure" },
          el("figcaption", { id: "figure-title" }, el("span", { class: "figure-kicker" }, say("figure_kicker", { measure: measureLabel(model.measure), down: model.down.label.toLowerCase(), across: model.across.label.toLowerCase() })),
            el("span", { class: "figure-title" }, figureTitle(model))),
          el("div", { class: "wide", tabindex: phone.matches ? null : 0, role: phone.matches ? null : "region", "aria-labelledby": phone.matches ? null : "figure-title" }, picture),
          legend(model), source(model),
          exportsOf("map", model, { table: mapCsv, picture: mapPicture })),
        place)),
    el("section", { class: "print-shares section" }),
  ];
  drawn = { key, model, place, picture };
  queueMicrotask(() => {
    if (picture.matches("table")) {
      settleHeads(picture);
      tabStop(picture, picture.querySelector("tbody a[data-cell]"));
      const wide = picture.parentElement;
      if (wide.scrollWidth <= wide.clientWidth + 1) wide.removeAttribute("tabindex");
    }
    openCell(model, place, false);
  });
  return view;
}

function portfolioLead(model) {
  if (Object.keys(model.filters).length) return null;
  const sentence = portfolioSentence();
  return sentence && [sentence, " "];
}

/* Draw the evidence of the chosen cell beside or beneath the matrix, or take it away. */
function openCell(model, place, moved) {
  const before = document.querySelector(".chosen-cell")?.dataset.cell;
  for (const old of document.querySelectorAll(".chosen-cell, .chosen-line, .chosen-head")) old.classList.remove("chosen-cell", "chosen-line", "chosen-head");
  document.querySelectorAll("[data-cell][aria-current]").forEach((old) => old.removeAttribute("aria-current"));
  const beside = model.heads.length <= 9 && innerWidth >= 1100;
  place.parentElement?.classList.toggle("beside", beside && model.cell !== "");
  place.replaceChildren();
  if (!model.cell) {
    if (moved && before) document.querySelector(`[data-cell="${CSS.escape(before)}"]`)?.focus();
    return;
  }
  const panel = evidence(model);
  place.replaceChildren(panel);
  const cell = document.querySelector(`[data-cell="${CSS.escape(model.cell)}"]`);
  if (cell) {
    cell.classList.add("chosen-cell");
    cell.setAttribute("aria-current", "true");
    cell.closest("tr, section[data-line]")?.classList.add("chosen-line");
    const column = model.heads.findIndex((head) => (head.code?.code || "-") === model.cell.split("~")[1]);
    document.querySelector(`th[data-column="${column}"]`)?.classList.add("chosen-head");
    if (cell.closest("table")) tabStop(cell.closest("table"), cell);
  }
  if (!moved) return;
  const title = panel.querySelector("h2");
  title.focus({ preventScroll: true });
  const at = panel.getBoundingClientRect();
  if (beside ? at.top < 0 || at.top > innerHeight * 0.6 : true) {
    scrollBy({ top: at.top - (beside || phone.matches ? 16 : innerHeight * 0.3) });
  }
}

/* Rows, columns, measure and filters: selects that change the address. */
function controls(model) {
  const choose = (name, label, options, chosen, change) => el("label", {}, el("span", {}, label),
    el("select", { name, onchange: (event) => change(event.target.value) },
      options.map(([value, text]) => el("option", { value, selected: value === chosen }, text))));
  const facetOptions = usable.map((facet) => [facet.id, facet.label]);
  const filter = (name, label, options) => choose(name, label, [["", say("all")], ...options], model.filters[name] || "", (value) =>
    go(mapAddress(model, { filters: { ...model.filters, [name]: value }, cell: "" })));
  const codeOptions = (facet) => facet.codes.map((code) => [code.code, code.label]);
  const groups = [...new Set((facetNamed.outcome?.codes || []).map((code) => code.group).filter(Boolean))];
  const offered = ["country", "level", "constituent", "partner", "kind"].filter((id) => facetNamed[id] && facetNamed[id].codes.length > (facetNamed[id].ofIntervention ? 1 : 0));
  const active = Object.keys(model.filters).filter((name) => model.filters[name]);
  const extra = active.filter((name) => facetNamed[name] && !offered.includes(name));
  return el("form", { class: "controls", "aria-label": say("controls"), onsubmit: (event) => event.preventDefault() },
    el("fieldset", { class: "switch" }, el("legend", { class: "unseen" }, say("axes")),
      choose("rows", say("rows"), facetOptions, model.down.id, (id) => go(mapAddress(model, { down: facetNamed[id], across: id === model.across.id ? model.down : model.across, cell: "" }))),
      el("button", { type: "button", class: "quiet swap", title: say("swap"), "aria-label": say("swap"), onclick: () => go(mapAddress(model, { down: model.across, across: model.down, cell: "" })) }, "⇄"),
      choose("columns", say("columns"), facetOptions, model.across.id, (id) => go(mapAddress(model, { across: facetNamed[id], down: id === model.down.id ? model.across : model.down, cell: "" }))),
      choose("measure", say("measure"), MEASURES.map((m) => [m, measureLabel(m)]), model.measure, (measure) => go(mapAddress(model, { measure, cell: model.cell })))),
    filterFold(el("fieldset", { class: "filters" }, el("legend", { class: "unseen" }, say("filters")),
      groups.length > 1 && filter("group", say("group"), groups.map((g) => [g, g])),
      [...offered, ...extra].map((id) => filter(id, facetNamed[id].label, codeOptions(facetNamed[id]))),
      filter("confidence", say("confidence"), Object.keys(FLOORS).map((floor) => [floor, say("at_least", { value: number(floor / 100, { minimumFractionDigits: 1 }) })])),
      el("output", {}, say(model.everything ? "passages_asked_all" : "passages_asked", { count: total(model.asked), of: model.everything ? passagesRead : passagesOnCapacity })),
      active.length > 0 && el("a", { href: mapAddress(model, { filters: {}, cell: "" }) }, say("clear_filters"))), active.length));
}

/* On a phone the filters fold away until they are wanted; on a desk they are always there. */
function filterFold(filters, active) {
  return el("details", { class: "filter-fold", open: !phone.matches || active > 0 }, el("summary", {}, say("filters")), filters);
}

function legend(model) {
  const steps = model.breaks.map((bound, k) => {
    const next = model.breaks[k + 1];
    const last = next === undefined;
    if (model.measure === "share" || model.measure.startsWith("budget:")) return shown(bound, model.measure) + (last ? "+" : "–");
    return last ? number(bound) + "+" : next - 1 > bound ? `${number(bound)}–${number(next - 1)}` : number(bound);
  });
  const any = (test) => model.lines.some((line) => line.cells.some(test));
  return el("div", { class: "legend" },
    el("ol", { class: "steps", "aria-label": say("legend") }, steps.map((text, k) => el("li", { class: "q" + (k + 1) }, text))),
    el("ul", { class: "signs" },
      el("li", {}, el("span", { class: "sign none" }), say("nothing_found")),
      [...model.heads, ...model.lines].some((entry) => entry.nowhere) && el("li", {}, el("span", { class: "sign none nowhere" }), say("found_nowhere")),
      any((cell) => onlyInDocuments(model, cell)) && el("li", {}, el("span", { class: "sign told" }, "(1)"), say("documents_sign")),
      any((cell) => cell.doubtful) && el("li", {}, el("span", { class: "sign doubtful" }, "1"), say("every_code_doubtful"))));
}

function source(model) {
  return el("p", { class: "source", id: "figure-source" }, say("source_line", {
    title: data.title, count: passagesRead, capacity: passagesOnCapacity, interventions: say("count_interventions", { count: counted.length }), coder: coderNames(), when: data.when,
  }), " ", say("source_overlap"), model.measure.startsWith("budget:") && [" ", say("source_budget")], model.left > 0 && [" ", say("columns_left", { count: model.left, shown: MOST_COLUMNS })]);
}

function coderNames() {
  const names = new Set();
  for (const passage of passages) for (const coding of passage.codings) names.add(coding.coder);
  return list([...names].slice(0, 4)) || "–";
}
