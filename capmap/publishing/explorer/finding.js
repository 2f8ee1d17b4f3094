/* What was found, in words and as interval bars: always numerator, denominator, interval. */

/* The unit in which a view speaks of shares. */
const speaksOf = (model) => (model.measure === "passages" || !model.table.all.interventions.size ? "passages" : "interventions");

function ranked(model) {
  const unit = speaksOf(model);
  const real = model.heads.filter((head) => head.code);
  const sorted = [...real].sort((a, b) => b.count.value(unit) - a.count.value(unit));
  return { unit, n: model.table.all.value(unit), sorted, nowhere: real.filter((head) => head.nowhere) };
}

function headline(model) {
  const { unit, n, sorted, nowhere } = ranked(model);
  const first = sorted[0];
  if (!n || !first || first.nowhere) return say("headline_nothing");
  if (nowhere.length) return say("headline_leads_nowhere", { label: first.code.short, count: nowhere.length, plural: nowhere.length === 1 ? model.across.label.toLowerCase() : model.across.plural });
  return say("headline_leads", { label: first.code.short, share: perCent(first.count.value(unit) / n), unit: say("unit_" + unit) });
}

/* "132 of 569 interventions (23 per cent; 95% interval 20 to 27) develop capacity." */
function portfolioSentence() {
  if (!counted.length || !capacityCode) return null;
  const yes = counted.filter((i) => answer(i) === "yes").length;
  const [low, high] = wilson(yes, counted.length);
  return phrase("portfolio_sentence", {
    count: yes, of: counted.length, share: perCent(yes / counted.length), low: wholePerCent(low), high: wholePerCent(high),
  });
}

function lead(model) {
  const { unit, n, sorted, nowhere } = ranked(model);
  const first = sorted[0];
  if (!n || !first || first.nowhere) return [say("lead_nothing")];
  const k = first.count.value(unit);
  const link = el("a", { href: mapAddress(model, { cell: cellName(null, first) }) }, say("count_bare", { count: k }));
  const sentences = [phrase("lead_first_" + unit, { link, label: first.label, of: n, words: shareInWords(k, n) })];
  if (nowhere.length) {
    const names = nowhere.slice(0, 3).map((head) => head.label);
    const more = nowhere.length - names.length;
    sentences.push([say("lead_nowhere", { names: more ? list([...names, say("and_more", { count: more })]) : list(names) })]);
  }
  sentences.push([say("lead_empty", { count: model.empty, of: model.cellCount })]);
  return sentences.map((sentence, i) => [i ? " " : "", sentence]);
}

/* The note under the lead: what the interval means when everything was read. */
function intervalNote() {
  return el("p", { class: "note" }, say("interval_note", { count: passagesRead }), " ",
    textsMissing > 0 && say("texts_missing", { count: passages.length, of: passagesRead }));
}

/* The end of an axis of five equal steps of 2, 5, 10 or 20 per cent. */
function axisTop(intervals) {
  const most = Math.max(0, ...intervals.map(([, high]) => high));
  return 5 * ([0.02, 0.05, 0.1].find((step) => 5 * step >= most) || 0.2);
}

/* Interval bars as a table. entries: [{label, value, href, warm, heading}], out of n. */
function intervalTable(entries, n, options) {
  const intervals = entries.map((entry) => (entry.heading ? [0, 0] : wilson(entry.value, n) || [0, 0]));
  const top = axisTop(intervals);
  const ticks = Array.from({ length: 6 }, (_, i) => (top * i) / 5);
  const place = (share) => (share / top) * 100;
  return el("table", { class: "intervals" },
    el("caption", { class: options.unseenCaption ? "unseen" : "figure-title" }, options.caption),
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, options.first), el("th", { scope: "col", class: "num" }, options.unit),
      el("td", { class: "track", "aria-hidden": "true" }), el("th", { scope: "col", class: "num" }, say("share_interval")))),
    el("tbody", {}, entries.map((entry, i) => (entry.heading
      ? el("tr", { class: entry.warm ? "warm heading" : "heading" }, el("th", { colspan: 2, scope: "colgroup" }, entry.label), el("td", { class: "track", "aria-hidden": "true" }), el("td"))
      : el("tr", { class: entry.warm ? "warm" : "" },
        el("th", { scope: "row" }, entry.href ? el("a", { href: entry.href }, entry.label) : entry.label),
        el("td", { class: "num" }, number(entry.value)),
        el("td", { class: "track", "aria-hidden": "true" },
          el("span", { class: "bar", vars: { "--from": place(intervals[i][0]) + "%", "--to": place(intervals[i][1]) + "%" } }),
          el("span", { class: "point", vars: { "--at": place(n ? entry.value / n : 0) + "%" } })),
        el("td", { class: "num" }, n ? [perCentSign(entry.value / n), " ", el("span", { class: "interval" }, `(${wholePerCent(intervals[i][0])}–${wholePerCent(intervals[i][1])})`)] : "–"))))),
    el("tfoot", { "aria-hidden": "true" }, el("tr", {}, el("td", { colspan: 2 }),
      el("td", { class: "axis" }, ticks.map((tick, i) => el("span", { vars: { "--at": place(tick) + "%" } }, i === 5 ? perCentSign(tick) : number(Math.round(tick * 100))))), el("td"))));
}

function findingBars(model) {
  const { unit, n, sorted, nowhere } = ranked(model);
  const entry = (warm) => (head) => ({ label: head.code.short, value: head.count.value(unit), warm, href: mapAddress(model, { cell: cellName(null, head) }) });
  const most = sorted.filter((head) => !head.nowhere).slice(0, 3).map(entry(false));
  const rest = nowhere.length ? nowhere.slice(0, 3) : sorted.slice(3).slice(-Math.min(3, Math.max(0, sorted.length - 3)));
  const entries = [...most];
  if (rest.length) entries.push({ heading: true, warm: nowhere.length > 0, label: say(nowhere.length ? "found_nowhere_heading" : "least_found") }, ...rest.map(entry(nowhere.length > 0)));
  return intervalTable(entries, n, { unseenCaption: true, caption: say("bars_caption", { facet: model.across.label }), first: say("most_found"), unit: say("measure_" + unit) });
}

/* The title of the matrix states what its rows show. */
function figureTitle(model) {
  const unit = speaksOf(model);
  const n = model.table.all.value(unit);
  const groups = runs(model.lines.filter((line) => line.code), (line) => line.code.group).filter((run) => run.name);
  const candidates = groups.length > 1
    ? groups.map((run) => ({ label: run.name, value: groupCount(model, run).value(unit) }))
    : model.lines.filter((line) => line.code).map((line) => ({ label: line.label, value: line.count.value(unit) }));
  const first = candidates.sort((a, b) => b.value - a.value)[0];
  if (!n || !first || !first.value) return say("figure_nothing");
  return say("figure_title", { label: first.label, share: perCent(first.value / n), unit: say("unit_" + unit), count: model.empty, of: model.cellCount });
}
