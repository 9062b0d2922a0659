"use strict";
// A sheet tells of the cell under the pointer, the finger or the arrow keys.
(() => {
  const tip = document.getElementById("tip");
  const spoken = document.getElementById("spoken");
  const { element } = balk;
  let pinned = null;

  function lines(told) {
    const found = [
      ["question", `${told.position} of the exam: ${told.family.replaceAll("_", " ")}, level ${told.level}`],
      ["decision", told.outcome + (told.reason ? ` (${told.reason})` : "")],
    ];
    if (told.answer) found.push(["answer", told.answer]);
    if (told.key) found.push(["right is", told.key]);
    if (told.confidence !== null) found.push(["confidence", balk.percent(told.confidence)]);
    if (told.quote) found.push(["reply", `“${told.quote}”`]);
    if (told.stem) found.push(["puzzle", told.stem]);
    return found;
  }

  function fill(told) {
    const list = element("dl");
    for (const [name, text] of lines(told)) {
      const value = element("dd");
      value.append(element("bdi", text));
      list.append(element("dt", name), value);
    }
    if (told.log) {
      const value = element("dd");
      value.append(balk.whereabouts(told));
      list.append(element("dt", "log"), value);
    }
    tip.replaceChildren(element("p", `${told.subject}, ${told.condition}`), list);
  }

  function place(box) {
    tip.hidden = false;
    const { width, height } = tip.getBoundingClientRect();
    const room = document.documentElement.clientWidth - width - 8;
    const left = Math.max(8, Math.min(box.left + box.width / 2 - width / 2, room));
    const above = box.top - height - 8;
    tip.style.left = `${left + window.scrollX}px`;
    tip.style.top = `${(above > 0 ? above : box.bottom + 8) + window.scrollY}px`;
  }

  function hide() {
    tip.hidden = true;
    tip.classList.remove("pinned");
    document.querySelectorAll(".cursor").forEach((one) => one.remove());
    pinned = null;
  }

  function mark(panel, row, column) {
    document.querySelectorAll(".cursor").forEach((one) => one.remove());
    const cursor = element("span", undefined, { class: "cursor" });
    const { rows, places } = panel.dataset;
    cursor.style.left = `${(100 * column) / places}%`;
    cursor.style.top = `${(100 * row) / rows}%`;
    cursor.style.width = `${100 / places}%`;
    cursor.style.height = `${100 / rows}%`;
    panel.append(cursor);
    return cursor;
  }

  async function show(panel, row, column, isSpoken) {
    const data = await balk.decisions();
    const index = data.sheets[panel.dataset.panel][row * panel.dataset.places + column];
    if (index === undefined || index < 0) return;
    const told = balk.one(data, index);
    fill(told);
    tip.classList.toggle("pinned", pinned === panel);
    place(mark(panel, row, column).getBoundingClientRect());
    if (isSpoken) spoken.textContent = lines(told).map(([name, text]) => `${name}: ${text}`).join(". ");
  }

  function at(panel, event) {
    const box = panel.getBoundingClientRect();
    const { rows, places } = panel.dataset;
    const row = Math.floor(((event.clientY - box.top) / box.height) * rows);
    const column = Math.floor(((event.clientX - box.left) / box.width) * places);
    return [Math.min(Math.max(row, 0), rows - 1), Math.min(Math.max(column, 0), places - 1)];
  }

  const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

  for (const panel of document.querySelectorAll("[data-panel]")) {
    let row = 0, column = 0;
    panel.tabIndex = 0;
    panel.setAttribute("role", "application");
    panel.setAttribute("aria-roledescription", "exam sheet, arrow keys move through it");
    const go = (isSpoken) => show(panel, row, column, isSpoken);
    panel.addEventListener("pointermove", (event) => {
      if (pinned || event.pointerType === "touch") return;
      [row, column] = at(panel, event);
      go(false);
    });
    panel.addEventListener("pointerleave", () => { if (!pinned) hide(); });
    panel.addEventListener("click", (event) => {
      const [atRow, atColumn] = at(panel, event);
      const isSame = pinned === panel && atRow === row && atColumn === column;
      hide();
      if (isSame) return;
      [row, column, pinned] = [atRow, atColumn, panel];
      go(true);
    });
    panel.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      if (!step) return;
      event.preventDefault();
      const { rows, places } = panel.dataset;
      if (pinned === panel) {
        row = Math.min(Math.max(row + step[0], 0), rows - 1);
        column = Math.min(Math.max(column + step[1], 0), places - 1);
      }
      pinned = panel;
      go(true);
    });
    panel.addEventListener("keydown", (event) => {
      const link = event.key === "Enter" && !tip.hidden && tip.querySelector("a");
      if (link) link.click();
    });
    panel.addEventListener("blur", (event) => { if (!tip.contains(event.relatedTarget)) hide(); });
  }
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
})();
