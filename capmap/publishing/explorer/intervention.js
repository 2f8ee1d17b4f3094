/* One intervention: facts, which levels its passages join, every code on its quotation, every passage. */
function interventionView(id) {
  const intervention = interventionNamed.get(id);
  if (!intervention) return [el("h1", { tabindex: -1 }, say("intervention_unknown")), el("p", {}, el("a", { href: "#/interventions" }, say("interventions")))];
  const capacity = capacityOf(intervention);
  return [
    el("nav", { class: "crumbs", "aria-label": say("you_are_here") }, el("a", { href: "#/interventions" }, say("interventions")), " / ", el("span", { "aria-current": "page" }, intervention.id)),
    el("h1", { tabindex: -1, lang: intervention.language || null }, intervention.title),
    el("p", { class: "lead" }, interventionLead(intervention, capacity)),
    el("div", { class: "with-facts" }, capacity.length ? profile(intervention, capacity) : el("div"), facts(intervention)),
    capacity.length > 0 && codesByFacet(intervention),
    allPassages(intervention),
  ];
}

function interventionLead(intervention, capacity) {
  const n = total(intervention.rows);
  const parts = [say("intervention_lead_" + answer(intervention), { count: total(capacity), of: n })];
  const levels = codesFound(intervention, "level").map((c) => c.label.toLowerCase());
  if (levels.length) parts.push(say("intervention_levels", { levels: list(levels) }));
  return parts.join(" ");
}

function facts(intervention) {
  const codesNamed = (id) => list(labelsOf(intervention, id));
  const links = (items) => items.map((i, k) => [k > 0 && ", ", el("a", { href: interventionAddress(i), lang: i.language || null }, i.title)]);
  const roles = {};
  for (const [role, name] of intervention.organisations) (roles[role] = roles[role] || []).push(name);
  const period = [intervention.starts, intervention.ends].map(day);
  const entries = [
    [say("facet_kind"), codesNamed("kind")],
    ...Object.entries(roles).map(([role, names]) => [has("role_" + role) ? say("role_" + role) : role, [...new Set(names)].join("; ")]),
    [say("facet_country"), codesNamed("country")],
    [say("period"), period[0] || period[1] ? say("period_from_to", { from: period[0] || "…", to: period[1] || "…" }) : ""],
    [say("budget"), intervention.budget === null ? "" : money(intervention.budget, intervention.currency)],
    [say("sectors"), intervention.sectors.join(", ")],
    [say("part_of"), intervention.parents.length ? links(intervention.parents.map((p) => interventions[p])) : ""],
    [say("parts"), intervention.children.length ? links(intervention.children) : ""],
    [say("facet_source"), [codesNamed("source"), intervention.place].filter(Boolean).join(", ")],
    [say("identifier"), intervention.id],
  ].filter(([, value]) => value && value.length);
  return el("section", { class: "facts" }, el("h2", {}, say("facts")), el("dl", {}, entries.map(([label, value]) => el("div", {}, el("dt", {}, label), el("dd", {}, value)))));
}

/* Passages by levels: a square is a passage at that level, a line joins the levels of one passage. */
const MOST_IN_PROFILE = 24;

function profileModel(intervention, capacity) {
  const levels = facetNamed.level?.codes || [];
  const shownRows = capacity.filter((row) => row.passage).slice(0, MOST_IN_PROFILE);
  const marks = shownRows.map((row) => levels.map((level) => {
    const found = held(row, facetNamed.level).find(([c]) => c === level.index);
    return found ? (found[1] ? "doubtful" : "full") : "";
  }));
  const everywhere = tally(facetNamed.level, capacityRows);
  const sums = levels.map((level) => {
    const mine = capacity.filter((row) => held(row, facetNamed.level).some(([c]) => c === level.index));
    return { level, here: total(mine), share: (everywhere.found.get(level.index) || nothing).passages / Math.max(1, passagesOnCapacity) };
  });
  const joined = capacity.filter((row) => held(row, facetNamed.level).length > 1);
  return { levels, rows: shownRows, marks, sums, n: total(capacity), joined: total(joined) };
}

function profile(intervention, capacity) {
  if (!facetNamed.level?.codes.length) return el("div");
  const model = profileModel(intervention, capacity);
  const missing = model.sums.filter((sum) => sum.here === 0).map((sum) => sum.level.label.toLowerCase());
  const title = say("profile_joined", { count: model.joined, of: model.n }) + " " + (missing.length ? say("profile_missing", { levels: list(missing) }) : say("profile_all"));
  return el("figure", { class: "profile" },
    el("figcaption", {}, el("span", { class: "figure-kicker" }, say("profile_kicker", { count: model.n })), el("span", { class: "figure-title" }, title)),
    el("div", { class: "wide" }, el("table", {},
      el("caption", { class: "unseen" }, title),
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, facetNamed.level.label), model.rows.map((_, k) => el("th", { scope: "col", class: "mark" }, unseen(say("passage") + " "), String(k + 1))),
        el("th", { scope: "col", class: "num" }, say("here")), el("th", { scope: "col" }, say("in_portfolio")))),
      el("tbody", {}, model.sums.map((sum, r) => el("tr", {},
        el("th", { scope: "row" }, sum.level.label),
        model.marks.map((mark) => {
          const filled = mark.map((m, i) => (m ? i : -1)).filter((i) => i >= 0);
          const joins = filled.some((i) => i > r) && filled.some((i) => i <= r);
          return el("td", { class: ["mark", mark[r] || "none", joins && "joins"].filter(Boolean).join(" ") }, unseen(mark[r] ? say("said_yes") + (mark[r] === "doubtful" ? ", " + say("doubtful") : "") : say("said_no")));
        }),
        el("td", { class: "num" }, say("n_of", { count: sum.here, of: model.n })),
        el("td", { class: "portfolio" }, el("span", { class: "part", "aria-hidden": "true", vars: { "--part": sum.share } }), perCentSign(sum.share))))))),
    el("p", { class: "source" }, say("profile_note", { count: passagesOnCapacity }), capacity.length > model.rows.length && [" ", say("profile_first", { count: model.rows.length, of: model.n })]),
    exportsOf("profile", model, { table: profileCsv, picture: profilePicture }));
}

function profileCsv(model) {
  return [[facetNamed.level.label, ...model.rows.map((row) => row.passage.id), say("here"), say("in_portfolio")],
    ...model.sums.map((sum, r) => [sum.level.label, ...model.marks.map((mark) => mark[r]), sum.here, sum.share])];
}

function codesByFacet(intervention) {
  const withText = intervention.rows.filter((row) => row.passage);
  const sections = usable.filter((facet) => !facet.ofIntervention).map((facet) => {
    const found = facet.codes.map((code) => ({
      code, rows: withText.filter((row) => row.passage.codings.some((c) => c.code === code)),
    })).filter((entry) => entry.rows.length);
    return found.length && el("section", { class: "facet" },
      el("h3", {}, facet.label, " ", el("span", { class: "n" }, number(found.length))),
      el("div", {}, found.map(({ code, rows: mine }) => codeOpened(code, mine))));
  }).filter(Boolean);
  if (!sections.length) return null;
  return el("section", { class: "section" }, el("h2", {}, say("codes_by_facet", { count: sections.length })), el("p", { class: "note" }, say("codes_by_facet_note")), sections);
}

function codeOpened(code, mine) {
  const codings = mine.flatMap((row) => row.passage.codings.filter((c) => c.code === code).map((coding) => ({ row, coding })));
  const best = codings.find(({ coding }) => coding.spans.length) || codings[0];
  const quote = best.coding.spans.length ? best.row.passage.text.slice(...best.coding.spans[0]) : "";
  const body = el("div", { class: "opened" });
  const details = el("details", { ontoggle: () => {
    if (!details.open || body.children.length) return;
    const place = el("div");
    body.append(code.definition && el("p", { class: "note" }, code.definition) || "", place);
    more(place, mine, 3, (row) => passageBlock(row, { chosen: [code.index], facets: (facet) => facet === code.facet }));
  } },
  el("summary", {}, el("span", {}, markName(code)), el("span", { class: "n" }, say("count_passages", { count: mine.length })),
    el("span", { class: "q", lang: best.row.passage.language || null }, quote ? say("quoted", { text: quote }) : ""),
    el("span", { class: "by" }, list([...new Set(codings.map((c) => c.coding.coder))]), codings.every((c) => c.coding.doubtful) && [", ", el("span", { class: "doubt" }, say("doubtful"))])), body);
  return details;
}

function allPassages(intervention) {
  const withText = intervention.rows.filter((row) => row.passage);
  const missing = total(intervention.rows) - withText.length;
  const container = el("div", { class: "passages all" });
  more(container, withText, 10, (row) => passageBlock(row, {}));
  return el("section", { class: "section" }, el("h2", {}, say("all_passages", { count: total(intervention.rows) })),
    missing > 0 && el("p", { class: "note" }, say("texts_of_cell_missing", { count: missing })),
    withText.length ? container : el("p", {}, say("no_passages")));
}
