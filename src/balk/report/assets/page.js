"use strict";
// Each chart is drawn when it comes into view, in the place of its still picture.
const charts = JSON.parse(document.getElementById("charts").textContent);
const options = { ast: true, renderer: "svg", actions: false };
const watcher = new IntersectionObserver((seen) => {
  for (const { target, isIntersecting } of seen) {
    if (!isIntersecting) continue;
    watcher.unobserve(target);
    const place = document.createElement("div");
    window.vegaEmbed(place, charts[target.dataset.chart], options).then(() => {
      place.setAttribute("role", "img");
      place.setAttribute("aria-label", target.getAttribute("aria-label"));
      place.className = target.className;
      target.replaceWith(place);
    });
  }
}, { rootMargin: "200px" });
document.querySelectorAll("[data-chart]").forEach((one) => watcher.observe(one));
