/* Files are dropped or chosen, listed with their sizes, and sent with progress. Without
   this script the form is a plain field for files, and works. */

const units = ["B", "KB", "MB", "GB"];

function size(bytes) {
  let value = bytes, unit = 0;
  while (value >= 1000 && unit < units.length - 1) { value /= 1024; unit += 1; }
  const digits = unit && value < 10 ? 1 : 0;
  return `${value.toLocaleString(document.documentElement.lang, { maximumFractionDigits: digits })} ${units[unit]}`;
}

function equip(form) {
  const input = form.querySelector("input[type=file]");
  const list = form.querySelector(".chosen");
  const errors = form.querySelector(".errors");
  const button = form.querySelector("button:not([type=button])");
  const status = form.querySelector(".sending");
  const progress = form.querySelector("progress");
  let files = [];

  function fail(text) {
    const line = document.createElement("p");
    line.className = "error";
    line.setAttribute("role", "alert");
    line.textContent = text;
    errors.replaceChildren(line);
  }

  function show() {
    const transfer = new DataTransfer();
    for (const file of files) transfer.items.add(file);
    input.files = transfer.files;
    list.replaceChildren(...files.map(row));
    list.hidden = !files.length;
    errors.replaceChildren();
    const total = files.reduce((sum, file) => sum + file.size, 0);
    const large = total > Number(form.dataset.limit) * 1024 * 1024;
    if (large) fail(form.dataset.tooLarge);
    button.disabled = large;
  }

  function row(file) {
    const item = document.createElement("li");
    const name = document.createElement("span");
    name.className = "filename";
    name.textContent = file.name;
    const amount = document.createElement("span");
    amount.className = "size";
    amount.textContent = size(file.size);
    const out = document.createElement("button");
    out.type = "button";
    out.className = "quiet";
    out.textContent = "×";
    out.setAttribute("aria-label", form.dataset.takeOut.replace("#", file.name));
    out.addEventListener("click", () => {
      files = files.filter((other) => other !== file);
      show();
      input.focus();
    });
    item.append(name, amount, out);
    return item;
  }

  function add(more) {
    const known = new Set(files.map((file) => `${file.name}/${file.size}`));
    files = [...files, ...[...more].filter((file) => !known.has(`${file.name}/${file.size}`))];
    show();
  }

  input.addEventListener("change", () => { if (input.files.length) add(input.files); });
  for (const kind of ["dragover", "dragenter"]) {
    form.addEventListener(kind, (event) => { event.preventDefault(); form.classList.add("over"); });
  }
  form.addEventListener("dragleave", (event) => {
    if (!form.contains(event.relatedTarget)) form.classList.remove("over");
  });
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    add(event.dataTransfer.files);
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.upload.addEventListener("progress", (told) => {
      const part = told.lengthComputable ? told.loaded / told.total : 0;
      progress.value = part;
      const percent = part.toLocaleString(document.documentElement.lang, { style: "percent" });
      status.textContent = part < 1 ? form.dataset.sending.replace("#", percent) : form.dataset.sent;
    });
    request.addEventListener("load", () => {
      if (request.status < 300) { location.assign(request.responseURL); return; }
      const answer = new DOMParser().parseFromString(request.responseText, "text/html");
      const said = answer.querySelector("form[data-drop] .error, main .lead");
      stop(said ? said.textContent : form.dataset.notSent);
    });
    request.addEventListener("error", () => stop(form.dataset.notSent));
    button.disabled = true;
    progress.hidden = false;
    request.send(new FormData(form));
  });

  function stop(text) {
    button.disabled = false;
    progress.hidden = true;
    status.textContent = "";
    fail(text);
  }
}

for (const form of document.querySelectorAll("form[data-drop]")) equip(form);
