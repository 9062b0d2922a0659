"use strict";
// What the page holds packed, unpacked when first wanted. All of it is text, never markup.
const balk = (() => {
  const WORDS = {
    A: "attempt", S: "skip", O: "asked with none left", C: "conflict", B: "blank", M: "missing",
    U: "unparsed", R: "refusal", T: "truncated", F: "failed",
  };
  let unpacked = null;

  async function unpack(id) {
    const packed = atob(document.getElementById(id).textContent.trim());
    const bytes = Uint8Array.from(packed, (char) => char.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return new Response(stream).text();
  }

  const decisions = () => (unpacked ??= unpack("decisions-data").then(JSON.parse));

  function one(data, i) {
    const [subject, condition, epoch, log, sample] = data.exams[data.exam[i]];
    const [family, level, key, stem] = data.puzzles[data.puzzle[i]];
    const mark = { r: ", right", w: ", wrong", "-": "" }[data.mark[i]];
    return {
      subject: data.subjects[subject], condition: data.conditions[condition], epoch, log, sample,
      position: data.position[i], family, level, key, stem, letter: data.outcome[i],
      outcome: WORDS[data.outcome[i]] + mark, answer: data.answer[i], quote: data.quote[i],
      confidence: data.confidence[i], reason: data.reason[i], rule: data.rules[data.rule[i]],
    };
  }

  function element(name, text, attributes = {}) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  // Where the whole reply stands: a link where a viewer is at hand, its name elsewhere.
  function whereabouts(told) {
    const { viewer } = document.body.dataset;
    const text = `${told.log}, sample ${told.sample}`;
    if (!viewer) return element("bdi", text);
    const parts = ["logs", told.log, "samples", "sample_uuid", told.sample].map(encodeURIComponent);
    return element("a", text, { href: `${viewer}#/${parts.join("/")}/` });
  }

  const percent = (value) => (value === null ? "" : `${value} %`);
  return { WORDS, unpack, decisions, one, element, whereabouts, percent };
})();
