// Draws every chart on the page from the JSON beside it. Without this file the table is still there.
(function () {
  "use strict";

  var styles = getComputedStyle(document.documentElement);
  var still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  var dashes = [[], [6, 4], [2, 3], [10, 4, 2, 4], [1, 2]];
  var points = ["circle", "rectRot", "triangle", "rect", "star"];

  function token(name) {
    return styles.getPropertyValue(name).trim();
  }

  function dataset(series, index, kind) {
    var colour = token("--chart-" + ((index % 5) + 1));
    var line = kind === "line" || kind === "steps";
    return {
      label: series.name,
      data: series.values,
      // Stacked pieces stand apart by a thin gap as well as by colour.
      borderColor: line ? colour : token("--paper"),
      backgroundColor: line ? "transparent" : colour,
      // Lines differ by dash and point as well as by colour.
      borderDash: line ? dashes[index % 5] : [],
      pointStyle: points[index % 5],
      pointRadius: 4,
      borderWidth: line ? 2.5 : 1,
      borderRadius: line ? 0 : 3,
      // A share holds until the next conversation; it does not climb towards it.
      stepped: kind === "steps",
      maxBarThickness: 44,
      spanGaps: false,
    };
  }

  function options(data) {
    var sideways = data.kind === "sideways";
    var count = {
      beginAtZero: true,
      stacked: data.stacked,
      grid: { color: token("--line") },
      ticks: { precision: 0 },
      title: { display: true, text: data.unit },
    };
    var names = { stacked: data.stacked, grid: { display: false } };
    return {
      indexAxis: sideways ? "y" : "x",
      maintainAspectRatio: false,
      animation: still ? false : { duration: 300 },
      scales: sideways ? { x: count, y: names } : { x: names, y: count },
      plugins: {
        legend: {
          display: data.series.length > 1,
          labels: { usePointStyle: true },
        },
      },
    };
  }

  function draw(figure) {
    var source = document.getElementById(figure.dataset.chart);
    var canvas = figure.querySelector("canvas");
    if (!source || !canvas) {
      return;
    }
    var data = JSON.parse(source.textContent);
    var before = window.Chart.getChart(canvas);
    if (before) {
      before.destroy();
    }
    canvas.parentElement.hidden = false;
    new window.Chart(canvas, {
      type: data.kind === "line" || data.kind === "steps" ? "line" : "bar",
      data: {
        labels: data.labels,
        datasets: data.series.map(function (series, index) {
          return dataset(series, index, data.kind);
        }),
      },
      options: options(data),
    });
  }

  function drawAll() {
    document.querySelectorAll("[data-chart]").forEach(draw);
  }

  window.Chart.defaults.font.family = token("--font");
  window.Chart.defaults.font.size = 14;
  window.Chart.defaults.color = token("--ink-soft");
  drawAll();
  document.addEventListener("htmx:after:swap", drawAll);
  window.addEventListener("beforeprint", function () {
    Object.values(window.Chart.instances).forEach(function (chart) {
      chart.resize();
    });
  });
})();
