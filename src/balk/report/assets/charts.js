"use strict";
// Each chart is drawn when it comes into view, in the place of its still picture.
(() => {
  const options = { ast: true, renderer: "svg", actions: false, logLevel: 2 };
  let loaded = null;

  // The chart library runs as the script that the page's policy names by its hash.
  async function load() {
    const [charts, library] = await Promise.all(["charts", "chart-library"].map(balk.unpack));
    document.head.append(balk.element("script", library));
    return JSON.parse(charts);
  }

  async function draw(target) {
    const charts = await (loaded ??= load());
    const place = document.createElement("div");
    await window.vegaEmbed(place, charts[target.dataset.chart], options);
    place.setAttribute("role", "img");
    place.setAttribute("aria-label", target.getAttribute("aria-label"));
    place.className = target.className;
    place.querySelectorAll("[aria-label],[role]").forEach((one) => {
      for (const name of ["role", "aria-label", "aria-roledescription"]) one.removeAttribute(name);
    });
    target.replaceWith(place);
  }

  const watcher = new IntersectionObserver((seen) => {
    for (const { target, isIntersecting } of seen) {
      if (!isIntersecting) continue;
      watcher.unobserve(target);
      draw(target);
    }
  }, { rootMargin: "200px" });
  document.querySelectorAll("[data-chart]").forEach((one) => watcher.observe(one));
})();
