/* A form that keeps what is typed in this browser until it is saved, and rows to add. */
const store = {
  read(key) { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
  write(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); return true; } catch { return false; } },
  drop(key) { try { localStorage.removeItem(key); } catch { /* nothing was kept */ } },
};

/* A page that shows a newer version than the draft was sent from: it was saved. */
const saved = document.querySelector("[data-saved]");
if (saved) {
  const key = "draft:" + saved.dataset.saved;
  const draft = store.read(key);
  if (draft && draft.sent && Number(saved.dataset.version) > Number(draft.version)) store.drop(key);
}

function addRow(table) {
  const name = table.dataset.rows;
  const last = table.tBodies[0].lastElementChild;
  const number = table.tBodies[0].children.length;
  const row = last.cloneNode(true);
  for (const control of row.querySelectorAll("input, select")) {
    const old = control.name;
    control.name = old.replace(`${name}-${number - 1}-`, `${name}-${number}-`);
    control.id = "id_" + control.name;
    control.setAttribute("aria-label", control.getAttribute("aria-label").replace(/\d+$/, String(number + 1)));
    control.value = "";
  }
  table.tBodies[0].append(row);
  return row;
}

for (const button of document.querySelectorAll("[data-add-row]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    addRow(document.querySelector(`[data-rows="${button.dataset.addRow}"]`)).querySelector("input, select").focus();
  });
}

const form = document.querySelector("form[data-draft]");
if (form) {
  const key = "draft:" + form.dataset.draft;
  const part = (name) => form.querySelector(`[data-draft-${name}]`);
  const typed = () => Object.fromEntries([...new FormData(form)].filter(([name]) => !["csrfmiddlewaretoken", "was", "version"].includes(name)));
  const keep = (sent) => {
    const value = { fields: typed(), version: form.elements.version.value, was: form.elements.was.value, sent };
    if (store.write(key, value)) part("kept").hidden = false;
  };
  const control = (name) => {
    const row = /^(.+)-(\d+)-[a-z]+$/.exec(name);
    while (row && !form.elements[name]) {
      const table = form.querySelector(`[data-rows="${row[1]}"]`);
      if (!table || table.tBodies[0].children.length > Number(row[2])) return null;
      addRow(table);
    }
    return form.elements[name];
  };
  const restore = (draft) => {
    for (const [name, value] of Object.entries(draft.fields)) {
      const found = control(name);
      if (found && found.type === "checkbox") found.checked = true;
      else if (found) found.value = value;
    }
    // The draft was typed over an older state: if others saved since, they meet.
    form.elements.version.value = draft.version;
    form.elements.was.value = draft.was;
  };

  const draft = form.hasAttribute("data-answered") ? null : store.read(key);
  if (draft && draft.fields && JSON.stringify(draft.fields) !== JSON.stringify(typed())) {
    part("offer").hidden = false;
    part("restore").addEventListener("click", () => {
      restore(draft);
      part("offer").hidden = true;
      part("restored").hidden = false;
      form.elements.title.focus();
    });
    part("discard").addEventListener("click", () => { store.drop(key); part("offer").hidden = true; form.elements.title.focus(); });
  } else if (draft) store.drop(key);

  let waiting = 0;
  form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(() => keep(false), 300); });
  form.addEventListener("submit", () => { clearTimeout(waiting); keep(true); });
}
