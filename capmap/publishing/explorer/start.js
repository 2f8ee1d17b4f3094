/* From the address to the view, keys that work everywhere, and the print view. */
const main = document.getElementById("main");
let lastPath = null;
let printing = false;

const viewOf = {
  map: ({ values }) => mapView(values),
  shares: ({ values }) => sharesView(values),
  interventions: ({ values }) => listView(values),
  intervention: ({ rest }) => interventionView(rest),
  "set-aside": setAsideView,
  about: aboutView,
};

function show() {
  const where = whereWeAre();
  const view = viewOf[where.path] || viewOf.map;
  const wasTyping = document.activeElement?.name;
  const caret = document.activeElement?.selectionStart;
  const content = view(where);
  if (content === null) return; // the view has changed itself
  main.replaceChildren(...[content].flat(Infinity).filter(Boolean));
  document.querySelector(".masthead").replaceChildren(...masthead(where.path));
  const heading = main.querySelector("h1");
  document.title = `${heading ? heading.textContent : data.title} – ${data.title}`;
  const same = lastPath !== null && lastPath === where.path + where.rest;
  if (same && wasTyping) focusAgain(wasTyping, caret);
  else if (lastPath !== null && !same) {
    scrollTo({ top: 0, behavior: "instant" });
    heading?.focus({ preventScroll: true });
  }
  if (same) announce(heading?.textContent || "");
  lastPath = where.path + where.rest;
}

/* A control that changed the view keeps the focus in the view that follows. */
function focusAgain(name, caret) {
  const control = main.querySelector(`[name="${CSS.escape(name)}"]`);
  control?.focus({ preventScroll: true });
  if (control?.type === "search" && caret !== null) control.setSelectionRange(caret, caret);
}

addEventListener("hashchange", show);
phone.addEventListener("change", () => {
  if (printing) return;
  drawn = null;
  if (whereWeAre().path === "map") show();
});

document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault(); // the address is the view's
  main.focus();
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (event.key === "Escape" && whereWeAre().path === "map" && drawn?.model.cell) {
    event.preventDefault();
    go(mapAddress(drawn.model, { cell: "" }));
  } else if (event.key === "/" && !typing) {
    event.preventDefault();
    if (whereWeAre().path !== "interventions") {
      location.hash = "#/interventions";
      show();
    }
    main.querySelector('input[type="search"]')?.focus();
  }
});

/* On paper the map stands as a matrix whatever the screen, with every share after it. */
addEventListener("beforeprint", () => {
  printing = true;
  const place = main.querySelector(".print-shares");
  if (!place) return;
  place.replaceChildren(el("h2", {}, say("shares_title")), ...shareModels(speaksOf(drawn.model)).filter((m) => !m.facet.ofIntervention).map(shareFigure));
  if (drawn.picture.matches("table")) return;
  drawn.forPaper = matrix(drawn.model);
  drawn.picture.after(drawn.forPaper);
  settleHeads(drawn.forPaper);
});
addEventListener("afterprint", () => {
  printing = false;
  main.querySelector(".print-shares")?.replaceChildren();
  drawn?.forPaper?.remove();
});

document.querySelector(".footer").replaceChildren(footer());
show();
