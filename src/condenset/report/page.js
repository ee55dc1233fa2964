"use strict";
for (const table of document.querySelectorAll("table[data-sortable]")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const numeric = head.classList.contains("number");
    const value = (row) => row.cells[column].dataset.value;
    const number = (row) => (value(row) === "" ? -Infinity : Number(value(row)));
    const compare = numeric ? (a, b) => (number(a) > number(b)) - (number(a) < number(b)) : (a, b) => value(a).localeCompare(value(b));
    head.querySelector("button").addEventListener("click", () => {
      const now = head.getAttribute("aria-sort");
      const order = now === "none" ? (numeric ? "descending" : "ascending") : now === "ascending" ? "descending" : "ascending";
      const sign = order === "ascending" ? 1 : -1;
      const rows = [...table.tBodies[0].rows].sort((a, b) => sign * compare(a, b));
      table.tBodies[0].append(...rows);
      heads.forEach((other) => other.setAttribute("aria-sort", other === head ? order : "none"));
    });
  });
}
const dialog = document.querySelector("#enlarged"), plate = dialog.querySelector(".plate");
for (const button of document.querySelectorAll(".enlarge")) {
  button.addEventListener("click", () => {
    const shown = button.firstElementChild, picture = shown.cloneNode();
    const factor = Math.max(1, Math.round((2 * shown.clientWidth) / shown.naturalWidth));  // whole: a pixel stays a square
    picture.width *= factor;
    picture.height *= factor;
    plate.replaceChildren(picture);
    dialog.showModal();
  });
}
