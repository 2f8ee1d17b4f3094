/* The map as a plain model, from which table, list, CSV and picture are all drawn. */
const MEASURES = ["interventions", "passages", "share", ...currencies.map((c) => "budget:" + c)];
const MOST_COLUMNS = 40;

function mapState(values) {
  const facetOr = (name, fallback) => (usable.some((f) => f.id === name) ? facetNamed[name] : fallback);
  const down = facetOr(values.rows, facetNamed.outcome?.codes.length ? facetNamed.outcome : usable[0]);
  let across = facetOr(values.columns, facetNamed.modality?.codes.length ? facetNamed.modality : usable[1]);
  if (across === down) across = usable.find((f) => f !== down) || down;
  const usual = counted.length ? "interventions" : "passages";
  const measure = MEASURES.includes(values.measure) ? values.measure : usual;
  const filters = {};
  for (const name of ["group", "confidence", ...usable.map((f) => f.id)]) if (values[name]) filters[name] = values[name];
  return { down, across, measure, usual, filters, cell: values.cell || "" };
}

function mapAddress(state, changes = {}) {
  const next = { ...state, ...changes };
  return address("map", {
    rows: next.down.id, columns: next.across.id,
    measure: next.measure === next.usual ? null : next.measure,
    ...next.filters, cell: next.cell || null,
  });
}

function mapModel(state) {
  const { down, across, measure, filters } = state;
  const everything = down.id === "capacity" || across.id === "capacity";
  const asked = rowsAsked(filters, everything);
  const floor = FLOORS[filters.confidence] || 0;
  const table = cross(down, across, asked, floor);
  const unit = measure === "share" ? "interventions" : measure;
  const at = (r, c) => table.cells.get(r + "," + c) || nothing;

  const entry = (facet, totals) => (code) => ({ code, index: code.index, label: code.label, count: totals.get(code.index) || nothing });
  const without = (facet, totals) => ({
    code: null, index: NONE, label: say(has("none_" + facet.id) ? "none_" + facet.id : "none_of_facet", { facet: facet.label }), count: totals.get(NONE),
  });
  const axis = (facet, totals) => facet.codes.map(entry(facet, totals));
  const lines = axis(down, table.down).filter((line) => !state.filters.group || down.id !== "outcome" || line.code.group === state.filters.group);
  let heads = axis(across, table.across);
  const left = Math.max(0, heads.length - MOST_COLUMNS);
  if (left) {
    const most = [...heads].sort((a, b) => b.count.value(unit) - a.count.value(unit)).slice(0, MOST_COLUMNS);
    heads = heads.filter((head) => most.includes(head));
  }
  for (const entries of [lines, heads]) for (const e of entries) e.nowhere = e.count.passages === 0;
  if (table.down.has(NONE)) lines.push(without(down, table.down));
  if (table.across.has(NONE)) heads.push(without(across, table.across));

  for (const line of lines) {
    line.cells = heads.map((head) => {
      const count = at(line.index, head.index);
      return { line, head, count, value: cellValue(count, line.count, measure), doubtful: count.passages > 0 && !count.sure };
    });
    line.found = line.cells.filter((cell) => cell.head.code && cell.count.passages > 0).length;
  }
  for (const head of heads) head.reached = lines.filter((line, i) => line.code && at(line.index, head.index).passages > 0).length;
  const real = lines.filter((line) => line.code).flatMap((line) => line.cells.filter((cell) => cell.head.code));
  return {
    ...state, asked, floor, table, unit, lines, heads, left, everything,
    breaks: breaksOf(real.map((cell) => cell.value), measure),
    empty: real.filter((cell) => cell.count.passages === 0).length, cellCount: real.length,
    codesDown: lines.filter((line) => line.code).length,
  };
}

function cellValue(count, lineCount, measure) {
  if (measure !== "share") return count.value(measure);
  return lineCount.interventions.size ? count.interventions.size / lineCount.interventions.size : 0;
}

/* The lower bounds of six steps of colour, evenly spread over the orders of magnitude. */
function breaksOf(values, measure) {
  if (measure === "share") return [0, 0.05, 0.1, 0.2, 0.4, 0.6];
  const most = Math.max(0, ...values);
  const least = measure.startsWith("budget:") ? Math.min(...values.filter((v) => v > 0), most) : 1;
  const bounds = [least];
  for (let k = 1; k < 6; k += 1) {
    const next = least * Math.pow(Math.max(1, most / least), k / 6);
    if (measure.startsWith("budget:")) bounds.push(Number(next.toPrecision(2)));
    else bounds.push(Math.max(bounds[k - 1] + 1, Math.round(next)));
  }
  return bounds.filter((bound, k) => k === 0 || (bound <= most && bound > bounds[k - 1]));
}

const stepOf = (value, breaks) => breaks.reduce((step, bound, k) => (value >= bound ? k + 1 : step), 1);

function shown(value, measure) {
  if (measure === "share") return perCentSign(value);
  if (measure.startsWith("budget:")) return shortMoney(value);
  return number(value);
}

/* "8 interventions", "38 per cent of interventions", "EUR 1,200,000" */
function amountInWords(value, measure) {
  if (measure === "share") return say("share_of_row_amount", { share: perCent(value) });
  if (measure.startsWith("budget:")) return money(value, measure.slice(7));
  return say("count_" + measure, { count: value });
}

function measureLabel(measure) {
  if (measure.startsWith("budget:")) return say("measure_budget", { currency: measure.slice(7) || say("no_currency") });
  return say("measure_" + measure);
}
