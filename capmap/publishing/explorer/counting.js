/* Counting: which rows are asked for, a facet by a facet, shares and their intervals. */
const Z = 1.959963984540054; // 97.5th percentile of the normal distribution
const FLOORS = { 50: 1, 70: 2, 90: 3 }; // confidence asked for -> step kept with a code

/* The codes of a facet that a row carries: [[code number, doubtful], ...]. */
function held(row, facet, floor = 0) {
  if (facet.ofIntervention) {
    return row.intervention.codes.filter((c) => codes[c].facet === facet).map((c) => [c, false]);
  }
  const found = [];
  for (const value of row.packed) {
    if (codes[value >> 3].facet === facet && ((value >> 1) & 3) >= floor) found.push([value >> 3, (value & 1) === 1]);
  }
  return found;
}

/* The rows that a view counts: on capacity development, and passing every filter. */
function rowsAsked(filters, everything = false) {
  const floor = FLOORS[filters.confidence] || 0;
  const asked = Object.entries(filters).filter(([name]) => facetNamed[name]);
  return (everything ? rows : capacityRows).filter((row) => {
    if (floor && capacityCode && row.capacity) {
      if (!held(row, facetNamed.capacity, floor).length) return false;
    }
    if (filters.group && !held(row, facetNamed.outcome, floor).some(([c]) => codes[c].group === filters.group)) return false;
    return asked.every(([name, code]) => held(row, facetNamed[name], floor).some(([c]) => codes[c].code === code));
  });
}

class Count {
  constructor() {
    this.passages = 0;
    this.sure = false; // at least one code without doubt
    this.interventions = new Set();
  }
  add(row, doubtful) {
    this.passages += row.count;
    this.sure = this.sure || !doubtful;
    if (row.intervention.top >= 0) this.interventions.add(row.intervention.top);
  }
  value(measure) {
    if (measure === "passages") return this.passages;
    if (measure.startsWith("budget:")) return this.budget(measure.slice(7));
    return this.interventions.size;
  }
  budget(currency) {
    let sum = 0;
    for (const i of this.interventions) sum += interventions[i].budgets[currency] || 0;
    return sum;
  }
}

/* Two facets against each other. Cells by "row,column", with totals and what lacks a code. */
function cross(down, across, asked, floor = 0) {
  const table = { cells: new Map(), down: new Map(), across: new Map(), all: new Count() };
  const at = (map, key) => map.get(key) || map.set(key, new Count()).get(key);
  for (const row of asked) {
    const mine = held(row, down, floor);
    const theirs = held(row, across, floor);
    if (!mine.length) mine.push([NONE, false]);
    if (!theirs.length) theirs.push([NONE, false]);
    table.all.add(row, false);
    for (const [r, doubtfulRow] of mine) {
      at(table.down, r).add(row, doubtfulRow);
      for (const [c, doubtful] of theirs) at(table.cells, r + "," + c).add(row, doubtfulRow || doubtful);
    }
    for (const [c, doubtful] of theirs) at(table.across, c).add(row, doubtful);
  }
  return table;
}

const nothing = new Count();

/* One facet: code number -> Count. */
function tally(facet, asked, floor = 0) {
  const found = new Map();
  const all = new Count();
  for (const row of asked) {
    all.add(row, false);
    for (const [c, doubtful] of held(row, facet, floor)) {
      (found.get(c) || found.set(c, new Count()).get(c)).add(row, doubtful);
    }
  }
  return { found, all };
}

/* Wilson's score interval, 95 per cent: [low, high], or null of nothing. */
function wilson(successes, n) {
  if (!n) return null;
  const p = successes / n;
  const middle = p + (Z * Z) / (2 * n);
  const half = Z * Math.sqrt((p * (1 - p)) / n + (Z * Z) / (4 * n * n));
  const scale = 1 + (Z * Z) / n;
  return [successes === 0 ? 0 : (middle - half) / scale, successes === n ? 1 : (middle + half) / scale];
}

/* The largest share that would still show nothing in n with 5 per cent chance (exact). */
const upperOfNone = (n) => 1 - Math.pow(0.05, 1 / n);

/* "38 per cent, 95% interval 28 to 49" */
function shareInWords(successes, n, key = "share_in_words") {
  const [low, high] = wilson(successes, n);
  return say(key, { share: perCent(successes / n), low: wholePerCent(low), high: wholePerCent(high) });
}

/* The rows of a cell; ANY stands for a total, NONE for "no code of this facet". */
function rowsOfCell(down, across, r, c, asked, floor = 0) {
  const fits = (row, facet, code) => {
    if (code === ANY) return true;
    const found = held(row, facet, floor);
    return code === NONE ? !found.length : found.some(([n]) => n === code);
  };
  return asked.filter((row) => fits(row, down, r) && fits(row, across, c));
}
