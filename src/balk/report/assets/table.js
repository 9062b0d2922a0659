"use strict";
// The table of decisions: filtered by four lists, and made fifty rows at a time.
(() => {
  const { element } = balk;
  const STEP = 50;
  const COLUMNS = ["subject", "condition", "question", "decision", "words it was read from",
    "answer", "right is", "confidence", "puzzle", "rule", "log"];

  function chooser(name, texts, home) {
    const box = element("label", name);
    const select = element("select");
    select.append(element("option", "all", { value: "" }));
    texts.forEach(([value, text]) => select.append(element("option", text, { value })));
    box.append(select);
    home.append(box);
    return select;
  }

  const numbered = (names) => names.map((name, i) => [String(i), name]);

  function row(told) {
    const made = element("tr");
    const cells = [
      told.subject, told.condition, `${told.position}`,
      told.outcome + (told.reason ? ` (${told.reason})` : ""), told.quote,
      told.answer, told.key, balk.percent(told.confidence),
      `${told.family.replaceAll("_", " ")} ${told.level}`, told.rule,
    ];
    cells.forEach((text, i) => {
      const cell = element(i ? "td" : "th", undefined, i ? {} : { scope: "row" });
      cell.append(element("bdi", text));
      made.append(cell);
    });
    const last = element("td");
    last.append(balk.whereabouts(told));
    made.append(last);
    return made;
  }

  async function fill(home) {
    const data = await balk.decisions();
    const controls = element("div", undefined, { class: "controls" });
    const letters = [...new Set(data.outcome)].map((letter) => [letter, balk.WORDS[letter]]);
    const choosers = {
      subject: chooser("subject", numbered(data.subjects), controls),
      condition: chooser("condition", numbered(data.conditions), controls),
      outcome: chooser("decision", letters, controls),
      rule: chooser("rule", numbered(data.rules), controls),
    };
    const count = element("p", "", { role: "status", class: "note" });
    const scroll = element("div", undefined,
      { class: "scroll rows", tabindex: "0", role: "region", "aria-label": "Decisions" });
    const table = element("table"), head = element("tr"), body = element("tbody");
    COLUMNS.forEach((name) => head.append(element("th", name, { scope: "col" })));
    const top = element("thead");
    top.append(head);
    table.append(element("caption", "Decisions", { class: "visually-hidden" }), top, body);
    scroll.append(table);
    const more = element("button", "More rows", { type: "button" });
    home.append(controls, count, scroll, more);
    let found = [], shown = 0;

    function next() {
      for (const i of found.slice(shown, shown + STEP)) body.append(row(balk.one(data, i)));
      shown = Math.min(shown + STEP, found.length);
      more.hidden = shown >= found.length;
      count.textContent = `${shown.toLocaleString("en")} of ${found.length.toLocaleString("en")} shown`;
    }

    function filter() {
      const { subject, condition, outcome, rule } = choosers;
      found = [];
      for (let i = 0; i < data.exam.length; i++) {
        const exam = data.exams[data.exam[i]];
        if (subject.value && exam[0] !== Number(subject.value)) continue;
        if (condition.value && exam[1] !== Number(condition.value)) continue;
        if (outcome.value && data.outcome[i] !== outcome.value) continue;
        if (rule.value && data.rule[i] !== Number(rule.value)) continue;
        found.push(i);
      }
      body.replaceChildren();
      shown = 0;
      next();
    }

    Object.values(choosers).forEach((one) => one.addEventListener("change", filter));
    more.addEventListener("click", next);
    filter();
  }

  const watcher = new IntersectionObserver((seen) => {
    for (const { target, isIntersecting } of seen) {
      if (!isIntersecting) continue;
      watcher.unobserve(target);
      fill(target);
    }
  }, { rootMargin: "400px" });
  document.querySelectorAll("[data-decisions]").forEach((one) => watcher.observe(one));
  window.addEventListener("beforeprint", () => {
    document.querySelectorAll("details").forEach((one) => { one.open = true; });
  });
})();
