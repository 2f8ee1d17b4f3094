/* Elements, words and numbers. Text of a source only ever becomes a text node. */
const data = JSON.parse(document.getElementById("data").textContent);
const language = document.documentElement.lang;
const plural = new Intl.PluralRules(language);
const SVG = "http://www.w3.org/2000/svg";

/* el("a", {href: "#", class: "x"}, "text", node, [nodes]); null and false are left out. */
function el(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function svg(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "vars") for (const key in value) node.style.setProperty(key, value[key]);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false));
  return node;
}

const unseen = (text) => el("span", { class: "unseen" }, text);

/* The text of a key, with its placeholders filled; "count" chooses the plural. */
function say(key, values = {}) {
  return phrase(key, values).join("");
}

/* The same as a list of pieces, where a value may be an element. */
function phrase(key, values = {}) {
  let text = data.words[key];
  if (text === undefined) return [key];
  if (typeof text === "object") text = text[plural.select(values.count)] || text.other;
  return text.split(/\{(\w+)\}/).map((piece, i) => {
    if (i % 2 === 0) return piece;
    const value = values[piece];
    return typeof value === "number" ? number(value) : value;
  });
}

const has = (key) => data.words[key] !== undefined;

const formats = {};
function number(value, options = {}) {
  const key = JSON.stringify(options);
  formats[key] = formats[key] || new Intl.NumberFormat(language, options);
  return formats[key].format(value);
}

const list = (items) => new Intl.ListFormat(language, { type: "conjunction" }).format(items);

/* Whole per cent, halves up, as in the paper and the tables. */
const wholePerCent = (share) => Math.floor(share * 100 + 0.5 + 1e-9);
const perCent = (share) => perCentAs("per_cent", share);
const perCentSign = (share) => perCentAs("per_cent_sign", share);

/* What is not nothing is never written as 0, nor what is not all as 100. */
function perCentAs(key, share) {
  if (share > 0 && share < 0.01) return say(key + "_under_1");
  if (share < 1 && share > 0.99) return say(key + "_over_99");
  return say(key, { value: wholePerCent(share) });
}

function money(amount, currency) {
  if (!/^[A-Z]{3}$/.test(currency || "")) return number(amount, { maximumFractionDigits: 0 });
  return number(amount, { style: "currency", currency, currencyDisplay: "code", maximumFractionDigits: 0 });
}

function shortMoney(amount) {
  return number(amount, { notation: "compact", maximumSignificantDigits: 3 });
}

function day(iso) {
  if (!iso) return "";
  const [year, month, date] = iso.split("-").map(Number);
  return new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" })
    .format(new Date(Date.UTC(year, month - 1, date)));
}

/* Lower case without accents or signs, for searching in three languages. */
function fold(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[’‘]/g, "'");
}

function announce(text) {
  document.getElementById("said").textContent = text;
}
