"use strict";
// Each chart is drawn when it comes into view, in the place of its still picture.
(() => {
  const charts = JSON.parse(document.getElementById("charts").textContent);
  const options = { ast: true, renderer: "svg", actions: false, logLevel: 1 };
  const draw = (target) => {
    const place = document.createElement("div");
    return window.vegaEmbed(place, charts[target.dataset.chart], options).then(() => {
      place.setAttribute("role", "img");
      place.setAttribute("aria-label", target.getAttribute("aria-label"));
      place.className = target.className;
      place.querySelectorAll("[aria-label],[role]").forEach((one) => {
        for (const name of ["role", "aria-label", "aria-roledescription"]) one.removeAttribute(name);
      });
      target.replaceWith(place);
    });
  };
  const watcher = new IntersectionObserver((seen) => {
    for (const { target, isIntersecting } of seen) {
      if (!isIntersecting) continue;
      watcher.unobserve(target);
      draw(target);
    }
  }, { rootMargin: "200px" });
  document.querySelectorAll("[data-chart]").forEach((one) => watcher.observe(one));
})();
