/* Pictures of the figures as SVG, drawn from the same models, always in the light colours. */
const FONT = "Seravek, 'Segoe UI', 'Noto Sans', 'Open Sans', Ubuntu, sans-serif";
const pen = document.createElement("canvas").getContext("2d");

function colours() {
  const sheet = el("div", { class: "light", hidden: true });
  document.body.append(sheet);
  const style = getComputedStyle(sheet);
  const names = ["paper", "ink", "ink-2", "ink-3", "rule", "rule-2", "act", "warm", "warm-tint"];
  for (let k = 1; k <= 6; k += 1) names.push("q-" + k, `q-${k}-ink`);
  const found = Object.fromEntries(names.map((name) => [name, style.getPropertyValue("--" + name).trim()]));
  sheet.remove();
  return found;
}

/* Break a text into lines no wider than width. */
function wrap(text, width, size, weight = 400) {
  pen.font = `${weight} ${size}px ${FONT}`;
  const lines = [];
  for (const word of text.split(" ")) {
    const last = lines[lines.length - 1];
    if (last !== undefined && pen.measureText(last + " " + word).width <= width) lines[lines.length - 1] = last + " " + word;
    else lines.push(word);
  }
  return lines;
}

function write(x, y, text, options = {}) {
  return svg("text", { x, y, "font-size": options.size || 12, "font-weight": options.weight || 400, fill: options.fill, "text-anchor": options.anchor || "start" }, text);
}

function sheetOf(width, height, title, parts, ink) {
  return svg("svg", { xmlns: SVG, width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "font-family": FONT },
    svg("title", {}, title), svg("rect", { width, height, fill: ink.paper }), parts);
}

function titleLines(title, width, ink) {
  const lines = wrap(title, width, 18, 600);
  return { height: 24 + lines.length * 24, parts: lines.map((line, i) => write(16, 34 + i * 24, line, { size: 18, weight: 600, fill: ink.ink })) };
}

function mapPicture(model) {
  const ink = colours();
  const side = 46, left = 230, line = 30;
  const width = Math.max(640, left + model.heads.length * side + 90);
  const title = titleLines(figureTitle(model), width - 32, ink);
  const heads = model.heads.map((head) => wrap(head.code ? head.code.short : head.label, 84, 11));
  const tall = (odd) => Math.max(0, ...heads.filter((_, k) => k % 2 === odd).map((h) => h.length * 13));
  const low = tall(0), high = tall(1);
  let y = title.height + high + low + 30;
  const parts = [...title.parts];
  heads.forEach((lines, k) => {
    const x = left + k * side + side / 2;
    const foot = k % 2 ? y - low - 16 : y - 6;
    const fill = model.heads[k].nowhere ? ink.warm : ink.ink;
    lines.forEach((text, i) => parts.push(write(x, foot - (lines.length - 1 - i) * 13, text, { size: 11, anchor: "middle", fill })));
    if (k % 2) parts.push(svg("path", { d: `M${x} ${foot + 4}V${y - 2}`, stroke: ink["rule-2"] }));
  });
  parts.push(write(width - 16, y - 6, measureLabel(model.unit), { size: 11, anchor: "end", fill: ink["ink-3"] }));
  for (const run of runs(model.lines, (l) => l.code?.group || "")) {
    if (run.name) {
      parts.push(write(16, y + 20, run.name, { size: 13, weight: 600, fill: ink.ink }));
      y += 28;
    }
    for (const l of model.lines.slice(run.from, run.from + run.length)) {
      if (l.code?.no) parts.push(write(16, y + 19, l.code.no, { fill: ink["ink-3"] }));
      const label = wrap(l.label, left - 54, 12);
      label.slice(0, 2).forEach((text, i) => parts.push(write(l.code?.no ? 42 : 16, y + (label.length > 1 ? 13 : 19) + i * 13, text, { fill: ink.ink })));
      l.cells.forEach((cell, k) => parts.push(cellPicture(model, cell, left + k * side, y, side, line, ink)));
      parts.push(write(width - 16, y + 19, shown(l.count.value(model.unit), model.unit), { anchor: "end", weight: 600, fill: ink.ink }));
      y += line;
    }
  }
  parts.push(write(16, y + 22, say("all_rows_short"), { weight: 600, fill: ink.ink }));
  model.heads.forEach((head, k) => parts.push(write(left + k * side + side / 2, y + 22, shown(head.count.value(model.unit), model.unit), { anchor: "middle", weight: 600, fill: head.nowhere ? ink.warm : ink.ink })));
  parts.push(write(width - 16, y + 22, shown(model.table.all.value(model.unit), model.unit), { anchor: "end", weight: 600, fill: ink.ink }));
  y += 44;
  const foot = wrap(document.getElementById("figure-source")?.textContent || "", width - 32, 11);
  foot.forEach((text, i) => parts.push(write(16, y + 8 + i * 15, text, { size: 11, fill: ink["ink-3"] })));
  return sheetOf(width, y + 16 + foot.length * 15, figureTitle(model), parts, ink);
}

function cellPicture(model, cell, x, y, side, line, ink) {
  const box = { x: x + 1, y: y + 1, width: side - 2, height: line - 2 };
  const middle = { cx: x + side / 2, cy: y + line / 2 };
  if (cell.count.passages === 0) {
    if (!cell.head.nowhere && !cell.line.nowhere) return svg("circle", { ...middle, r: 1.7, fill: ink["rule-2"] });
    return [svg("rect", { ...box, fill: ink["warm-tint"] }), svg("circle", { ...middle, r: 3, fill: "none", stroke: ink.warm, "stroke-width": 1.5 })];
  }
  if (!cell.line.code || !cell.head.code) return write(middle.cx, middle.cy + 4, shown(cell.value, model.measure), { anchor: "middle", fill: ink["ink-2"] });
  const step = stepOf(cell.value, model.breaks);
  return [
    svg("rect", { ...box, fill: ink["q-" + step] }),
    cell.doubtful && svg("rect", { x: x + 4, y: y + 4, width: side - 8, height: line - 8, fill: "none", stroke: ink[`q-${step}-ink`], "stroke-dasharray": "4 3" }),
    write(middle.cx, middle.cy + 4, shown(cell.value, model.measure), { anchor: "middle", fill: ink[`q-${step}-ink`] }),
  ].filter(Boolean);
}

/* Interval bars: entries [{label, value, warm}], out of n. */
function barsPicture(title, entries, n) {
  const ink = colours();
  const width = 760, left = 270, right = 130, line = 24;
  const head = titleLines(title, width - 32, ink);
  const bars = entries.filter((entry) => !entry.heading);
  const intervals = bars.map((entry) => wilson(entry.value, n) || [0, 0]);
  const top = axisTop(intervals);
  const at = (share) => left + 50 + (share / top) * (width - left - 50 - right);
  const bottom = head.height + 12 + bars.length * line;
  const parts = [...head.parts];
  for (let i = 0; i <= 5; i += 1) {
    const x = at((top * i) / 5);
    parts.push(svg("path", { d: `M${x} ${head.height}V${bottom}`, stroke: ink.rule }), write(x, bottom + 16, perCentSign((top * i) / 5), { size: 11, anchor: "middle", fill: ink["ink-3"] }));
  }
  bars.forEach((entry, i) => {
    const y = head.height + 16 + i * line;
    const fill = entry.value === 0 ? ink.warm : ink.ink;
    const stroke = entry.value === 0 ? ink.warm : ink.act;
    const [low, high] = intervals[i];
    const label = wrap(entry.label, left - 24, 12);
    parts.push(write(16, y + 4, label[0] + (label.length > 1 ? "…" : ""), { fill }), write(left + 30, y + 4, number(entry.value), { anchor: "end", fill }),
      svg("path", { d: `M${at(low)} ${y}H${at(high)}`, stroke, "stroke-width": 2 }),
      svg("circle", { cx: at(n ? entry.value / n : 0), cy: y, r: 4, fill: entry.value === 0 ? ink.paper : stroke, stroke, "stroke-width": 1.5 }),
      write(width - 16, y + 4, n ? `${perCentSign(entry.value / n)} (${wholePerCent(low)}–${wholePerCent(high)})` : "–", { anchor: "end", fill }));
  });
  return sheetOf(width, bottom + 30, title, parts, ink);
}

function findingPicture(model) {
  const { unit, n, sorted } = ranked(model);
  return barsPicture(headline(model), sorted.map((h) => ({ label: h.label, value: h.count.value(unit) })), n);
}

const sharePicture = (model) => barsPicture(`${model.facet.label}: ${shareSentence(model)}`, model.entries.slice(0, 60), model.n);

function profilePicture(model) {
  const ink = colours();
  const left = 230, side = 34, line = 44;
  const width = Math.max(560, left + model.rows.length * side + 190);
  const title = titleLines(document.querySelector(".profile .figure-title")?.textContent || "", width - 32, ink);
  const top = title.height + 24;
  const parts = [...title.parts];
  model.marks.forEach((mark, k) => {
    const x = left + k * side + side / 2;
    const filled = mark.map((m, r) => (m ? r : -1)).filter((r) => r >= 0);
    parts.push(write(x, top - 6, String(k + 1), { size: 11, anchor: "middle", fill: ink["ink-3"] }));
    if (filled.length > 1) parts.push(svg("path", { d: `M${x} ${top + filled[0] * line + 20}V${top + filled[filled.length - 1] * line + 20}`, stroke: ink.act, "stroke-width": 3 }));
    mark.forEach((m, r) => parts.push(m
      ? svg("rect", { x: x - 10, y: top + r * line + 10, width: 20, height: 20, fill: m === "full" ? ink.act : ink.paper, stroke: m === "full" ? ink.act : ink.warm, "stroke-dasharray": m === "full" ? null : "3 2" })
      : svg("circle", { cx: x, cy: top + r * line + 20, r: 1.7, fill: ink["rule-2"] })));
  });
  model.sums.forEach((sum, r) => parts.push(write(16, top + r * line + 25, sum.level.label, { size: 13, weight: 600, fill: ink.ink }),
    write(width - 90, top + r * line + 25, say("n_of", { count: sum.here, of: model.n }), { size: 13, anchor: "end", fill: ink.ink }),
    write(width - 16, top + r * line + 25, perCentSign(sum.share), { size: 13, anchor: "end", fill: ink["ink-3"] })));
  return sheetOf(width, top + model.sums.length * line + 16, title.parts.map((p) => p.textContent).join(" "), parts, ink);
}
