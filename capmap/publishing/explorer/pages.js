/* What was set aside, how the map is made, masthead and footer. */
function setAsideView() {
  const scopes = runs([...data.setAside].sort((a, b) => a[0].localeCompare(b[0])), (line) => line[0]);
  const lines = el("tbody");
  more(lines, data.setAside, 200, ([scope, file, place, reason, remedy]) => el("tr", {},
    el("th", { scope: "row" }, file, place && el("span", { class: "id" }, place)),
    el("td", { "data-label": say("scope") }, has("scope_" + scope) ? say("scope_" + scope) : scope), el("td", { "data-label": say("reason") }, reason), el("td", { "data-label": say("remedy") }, remedy)));
  return [
    el("h1", { tabindex: -1 }, say("set_aside_title", { count: data.setAside.length })),
    el("p", { class: "lead" }, say(data.setAside.length ? "set_aside_lead" : "set_aside_nothing"), " ",
      scopes.map((run) => say("scope_count_" + run.name, { count: run.length })).join("; ")),
    data.setAside.length > 0 && el("div", { class: "list-frame" }, el("table", { class: "list" }, el("caption", { class: "unseen" }, say("set_aside")),
      el("thead", {}, el("tr", {}, ["file_and_place", "scope", "reason", "remedy"].map((key) => el("th", { scope: "col" }, say(key))))), lines)),
    data.setAside.length > 0 && el("ul", { class: "exports" }, el("li", {}, downloadLink(say("table_csv"), "capmap-set-aside.csv",
      () => csv([["scope", "source", "place", "reason", "remedy"], ...data.setAside])))),
  ];
}

function aboutView() {
  return [
    el("h1", { tabindex: -1 }, say("about_title")),
    el("div", { class: "prose-columns" }, ["about_read", "about_coded", "about_counted", "about_intervals", "about_confidence", "about_limits"].map((key) => el("section", {},
      el("h2", {}, say(key + "_title")), el("p", {}, say(key))))),
    textsMissing > 0 && el("p", { class: "note" }, say("texts_missing", { count: passages.length, of: passagesRead })),
    el("section", { class: "section" }, el("h2", {}, say("facts")), el("dl", { class: "about" }, data.about.map(([label, value]) => el("div", {}, el("dt", {}, label), el("dd", {}, value))))),
    data.inputs.length > 0 && el("section", { class: "section" }, el("h2", {}, say("inputs")), el("div", { class: "list-frame" }, el("table", { class: "list" },
      el("caption", { class: "unseen" }, say("inputs")),
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, say("file")), el("th", { scope: "col" }, say("content")))),
      el("tbody", {}, data.inputs.map(([file, content]) => el("tr", {}, el("th", { scope: "row" }, file), el("td", { class: "hash" }, content))))))),
    el("section", { class: "section" }, el("h2", {}, say("facets")), usable.filter((f) => !f.ofIntervention).map((facet) => el("details", { class: "codebook" },
      el("summary", {}, facet.label, " ", el("span", { class: "n" }, number(facet.codes.length)), facet.question && el("span", { class: "q" }, facet.question)),
      el("dl", {}, facet.codes.map((code) => el("div", {}, el("dt", {}, code.no && code.no + ". ", code.label), el("dd", {}, code.definition || "–"))))))),
    downloadsSection(),
    el("section", { class: "section" }, el("h2", {}, say("keyboard")), el("dl", { class: "about" }, ["arrows", "enter", "escape", "slash"].map((key) => el("div", {}, el("dt", {}, el("kbd", {}, say("key_" + key))), el("dd", {}, say("does_" + key)))))),
  ];
}

function downloadsSection() {
  if (!data.downloads.length) return null;
  return el("section", { class: "section" }, el("h2", {}, say("downloads")), el("ul", { class: "files" }, data.downloads.map(([label, file]) => el("li", {}, el("a", { href: file }, label), " ", el("span", { class: "id" }, file)))));
}

const VIEWS = ["map", "shares", "interventions", "set-aside", "about"];
const VIEW_OF = { intervention: "interventions" };

function masthead(path) {
  const current = VIEW_OF[path] || path;
  return [el("div", { class: "page" },
    el("a", { class: "brand", href: "#/map" }, brandMark(), "capmap"),
    el("span", { class: "scope" }, data.title),
    el("nav", { "aria-label": say("main_navigation") }, el("ul", {}, VIEWS.map((view) => el("li", {},
      el("a", { href: "#/" + view, "aria-current": view === current ? "page" : null }, say("view_" + view.replace("-", "_")),
        view === "set-aside" && data.setAside.length > 0 && [" ", el("span", { class: "n" }, number(data.setAside.length))]))))),
    )];
}

function brandMark() {
  const shapes = [[1, 1, 1], [7.5, 1, 0.45], [1, 7.5, 0.45], [14, 7.5, 1], [7.5, 14, 1], [14, 14, 0.45]];
  const dots = [[16.5, 3.5], [10, 10], [3.5, 16.5]];
  return svg("svg", { viewBox: "0 0 20 20", width: 20, height: 20, "aria-hidden": "true" }, svg("g", { fill: "currentColor" },
    shapes.map(([x, y, opacity]) => svg("rect", { x, y, width: 5, height: 5, opacity })), dots.map(([cx, cy]) => svg("circle", { cx, cy, r: 1.2 }))));
}

function footer() {
  return el("div", { class: "page" }, el("p", {}, data.provenance), el("p", {}, el("a", { href: "#/about" }, say("about_title"))),
    data.downloads.length > 0 && el("ul", { class: "exports" }, data.downloads.map(([label, file]) => el("li", {}, el("a", { href: file }, label)))));
}
