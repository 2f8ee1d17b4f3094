/* Find a country in a long list of ticks; without script the whole list stands there. */
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

for (const field of document.querySelectorAll("[data-countries]")) {
  const find = field.querySelector(".find");
  const search = find.querySelector("input");
  const output = find.querySelector("output");
  const rows = [...field.querySelectorAll("li")];
  const names = rows.map((row) => plain(row.textContent));
  const list = field.querySelector("ul");

  const count = () => {
    const chosen = rows.filter((row) => row.querySelector("input").checked);
    output.textContent = chosen.map((row) => row.textContent.trim()).join(", ");
  };
  // What is ticked stands first when the page opens.
  list.prepend(...rows.filter((row) => row.querySelector("input").checked));
  find.hidden = false;
  search.addEventListener("input", () => {
    const wanted = plain(search.value.trim());
    rows.forEach((row, at) => { row.hidden = !names[at].includes(wanted); });
  });
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const first = rows.find((row) => !row.hidden);
    if (first && search.value.trim()) first.querySelector("input").click();
  });
  list.addEventListener("change", count);
  count();
}
