/* The address holds the whole state of the page, so that a view can be sent. */
function address(path, values = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== null && value !== undefined && value !== "") query.set(name, value);
  }
  const text = query.toString();
  return "#/" + path + (text ? "?" + text : "");
}

/* {path: "intervention", rest: "XM-DAC-1-2", values: {...}} of the address as it stands. */
function whereWeAre() {
  const [route, query] = location.hash.replace(/^#\/?/, "").split("?");
  const [path, ...rest] = route.split("/");
  let name = rest.join("/");
  try { name = decodeURIComponent(name); } catch { /* a malformed address finds nothing */ }
  return { path: path || "map", rest: name, values: Object.fromEntries(new URLSearchParams(query || "")) };
}

const interventionAddress = (intervention) => "#/intervention/" + encodeURIComponent(intervention.id);

/* A change of a control replaces the view and stays in history. */
function go(target) {
  if (location.hash !== target) location.hash = target;
}
