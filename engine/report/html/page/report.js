// Draws every <figure data-spec="NAME"> from the specification of that name and the figure's own data. Colors
// are CSS variables, so dark mode and print need no redraw.
(function () {
  "use strict";
  const font = getComputedStyle(document.body).fontFamily;
  const config = {
    aria: false,
    background: null,
    axis: {
      labelFont: font, titleFont: font, labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal",
      labelColor: "var(--muted)", titleColor: "var(--muted)", domainColor: "var(--line)",
      tickColor: "var(--line)", gridColor: "var(--grid)", labelPadding: 5, titlePadding: 8, tickSize: 4,
    },
    text: { font: font, fontSize: 13, fill: "var(--ink)" },
  };

  function merge(list, values, field) {
    for (const [name, value] of Object.entries(values || {})) {
      list.find((entry) => entry.name === name)[field] = value;
    }
  }

  function draw(figure) {
    const place = figure.querySelector(".chart");
    const width = Math.floor(place.clientWidth);
    if (figure.closest("details:not([open])")) return; // drawn once it is opened
    if (width === 0 || width === figure.drawnWidth) return;
    const spec = JSON.parse(document.getElementById("spec-" + figure.dataset.spec).textContent);
    const input = JSON.parse(figure.querySelector("script").textContent);
    const from_start = document.getElementById("from-start");
    if (figure.dataset.spec === "curves") input.signals.from_start = from_start.checked;
    spec.width = width;
    merge(spec.data, input.data, "values");
    merge(spec.signals, input.signals, "value");
    if (figure.view) figure.view.finalize();
    figure.drawnWidth = width;
    figure.view = new vega.View(vega.parse(spec, config, { ast: true }), {
      expr: vega.expressionInterpreter, renderer: "svg", container: place, hover: true,
    });
    figure.view.runAsync();
  }

  const figures = [...document.querySelectorAll("figure[data-spec]")];
  const draw_all = () => figures.forEach(draw);
  // Drawing changes sizes, which is not allowed inside a resize notification, so it is deferred.
  const observer = new ResizeObserver(() => requestAnimationFrame(draw_all));
  document.querySelectorAll("details").forEach((each) => each.addEventListener("toggle", draw_all));
  draw_all();
  figures.forEach((figure) => observer.observe(figure.querySelector(".chart")));

  const from_start = document.getElementById("from-start");
  if (from_start) {
    from_start.addEventListener("change", () => {
      figures.filter((figure) => figure.dataset.spec === "curves").forEach((figure) => {
        figure.drawnWidth = 0;
        draw(figure);
      });
    });
  }
})();
