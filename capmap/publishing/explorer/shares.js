/* Every share with its interval, facet by facet. */
function shareModels(unit) {
  const models = [];
  for (const facet of usable) {
    const asked = facet.id === "capacity" || facet.ofIntervention ? rows : capacityRows;
    const { found, all } = tally(facet, asked);
    const n = all.value(unit);
    let entries = facet.codes.map((code) => ({ code: code.code, label: code.label, value: (found.get(code.index) || nothing).value(unit) }));
    if (facet.id === "capacity" && unit === "interventions") entries = answersOf(facet, entries);
    entries.sort((a, b) => b.value - a.value);
    for (const entry of entries) entry.warm = entry.value === 0;
    models.push({ facet, unit, entries, n });
  }
  return models;
}

/* An intervention develops capacity if one of its passages does: one answer each. */
function answersOf(facet, entries) {
  const names = { cd: "yes", "not-cd": "no", unclear: "unclear" };
  return entries.filter((e) => names[e.code]).map((e) => ({ ...e, value: counted.filter((i) => answer(i) === names[e.code]).length }));
}

function sharesView(values) {
  const unit = values.measure === "passages" || !counted.length ? "passages" : "interventions";
  const models = shareModels(unit);
  const to = (name) => address("shares", { measure: name === "interventions" ? null : name });
  return [
    el("h1", { tabindex: -1 }, say("shares_title")),
    el("p", { class: "lead" }, portfolioSentence() || say("count_passages", { count: passagesOnCapacity })),
    intervalNote(),
    el("div", { class: "controls" }, el("p", { class: "switch" }, el("span", {}, say("measure")), counted.length > 0 && ["interventions", "passages"].map((name) => el("a", { href: to(name), "aria-current": name === unit ? "true" : null }, say("measure_" + name)))),
      el("nav", { class: "jump", "aria-label": say("facets") }, models.map(({ facet }) => el("button", { type: "button", class: "link", onclick: () => document.getElementById("shares-" + facet.id).focus() }, facet.label)))),
    el("div", { class: "share-grid" }, models.map(shareFigure)),
  ];
}

function shareFigure(model) {
  const { facet, entries, n, unit } = model;
  const shownEntries = entries.slice(0, 60);
  return el("section", { class: "section share", "aria-labelledby": "shares-" + facet.id },
    el("h2", { id: "shares-" + facet.id, tabindex: -1 }, facet.label),
    el("p", { class: "note" }, shareSentence(model)),
    intervalTable(shownEntries, n, { unseenCaption: true, caption: facet.label, first: facet.label, unit: say("measure_" + unit) }),
    entries.length > 60 && el("p", { class: "note" }, say("columns_left", { count: entries.length - 60, shown: 60 })),
    exportsOf("shares-" + facet.id, model, { table: (m) => [SHARE_HEAD(), ...shareLines(m.entries, m.n)], picture: sharePicture }));
}

function shareSentence({ facet, entries, n, unit }) {
  const first = entries[0];
  if (!n || !first || !first.value) return say("figure_nothing");
  return say("share_sentence", { label: first.label, count: first.value, of: n, words: shareInWords(first.value, n), unit: say(facet.id === "capacity" || facet.ofIntervention ? "unit_all_" + unit : "unit_" + unit) });
}
