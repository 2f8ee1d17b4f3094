/* The list of interventions: folded filters on a phone, groups stay as one left them. */
const narrow = window.matchMedia("(max-width: 59.99em)");
const left = new Map(); // id of a group -> whether one left it open

function fold() {
  for (const group of document.querySelectorAll("#found details[id]")) {
    if (left.has(group.id)) group.open = left.get(group.id);
    else if (group.id === "facet-panel") group.open = !narrow.matches;
  }
}

document.addEventListener("click", (event) => {
  const group = event.target.closest("#found details[id] > summary")?.parentElement;
  if (group) left.set(group.id, !group.open);
});
/* What is saved is what the address says, also after parts of the page were swapped. */
function noteAddress() {
  for (const field of document.querySelectorAll("input[data-query]")) field.value = location.search.slice(1);
}
document.addEventListener("htmx:afterSettle", () => { fold(); noteAddress(); });
document.addEventListener("htmx:pushedIntoHistory", noteAddress);
narrow.addEventListener("change", fold);
fold();

/* "/" leads to the search box, as in the map page. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const search = document.getElementById("q");
  if (search) { event.preventDefault(); search.focus(); }
});
