/* Adjudication by keyboard; without script the form works by itself. */
const work = document.querySelector("form[data-adjudicate]");

function isWriting(target) {
  return target.closest("textarea, select, input:not([type='checkbox'])") !== null;
}

if (work) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const inNote = isWriting(event.target);
    if (event.key === "Escape" && inNote) return event.target.blur();
    if (event.key === "Enter" && !event.shiftKey) {
      if (event.target.closest("a, button, summary")) return;
      if (!work.querySelector("button[type='submit']:not([form])")) return;
      event.preventDefault();
      return work.requestSubmit();
    }
    if (inNote) return;
    const boxes = work.querySelectorAll(".choices ol input");
    if (/^[1-9]$/.test(event.key) && boxes[event.key - 1]) {
      boxes[event.key - 1].click();
      boxes[event.key - 1].focus();
    } else if (event.key === "j" || event.key === "k") {
      work.querySelector(`a[rel='${event.key === "j" ? "next" : "prev"}']`)?.click();
    } else if (event.key === "u") {
      document.getElementById("undo")?.requestSubmit();
    } else if (event.key === "n") {
      work.querySelector("textarea")?.focus();
    } else {
      return;
    }
    event.preventDefault();
  });
}
