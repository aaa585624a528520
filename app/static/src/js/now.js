// Help now by one key, on pages that carry it. Without this file it is a part of the page that unfolds.
// F2 types nothing, so it gets in the way of no field and of no speech (WCAG 2.1.4).
(function () {
  "use strict";

  var part = document.querySelector("[data-talk-now]");
  var first = document.querySelector("[data-now-first]");

  document.addEventListener("keydown", function (event) {
    if (!part || event.key !== "F2" || event.ctrlKey || event.altKey || event.metaKey) {
      return;
    }
    event.preventDefault();
    part.open = !part.open;
    part.querySelector("summary").focus();
  });

  // An answer asked for it: whoever listens to the page hears it first.
  if (first) {
    first.focus();
  }
})();
