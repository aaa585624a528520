// Starts the Design System's behaviours, and tells people when the site cannot be reached.
// Every page works without this file.
(function () {
  "use strict";

  document.body.classList.add("js-enabled", "govuk-frontend-supported");
  window.GOVUKFrontend.initAll();

  // What htmx brings in is started too. Parts that had started before refuse, which is not an error.
  function startNew(event) {
    var target = event.detail.ctx && event.detail.ctx.target;
    var swapped = target instanceof Element && target.isConnected;
    window.GOVUKFrontend.initAll({
      scope: swapped ? target.parentElement : document,
      onError: function () {},
    });
  }

  document.addEventListener("htmx:after:swap", startNew);

  // A live page that loses its connection says so, and takes it back when the site answers again.
  function passing() {
    return document.querySelectorAll("#messages [data-passing]");
  }

  document.addEventListener("htmx:error", function (event) {
    var messages = document.getElementById("messages");
    if (!messages || !event.detail.ctx || passing().length) {
      return;
    }
    var lost = document.createElement("p");
    lost.className = "notice notice--soon";
    lost.setAttribute("data-passing", "");
    lost.textContent =
      "The site cannot be reached just now, so what you see may be out of date. It keeps trying.";
    messages.replaceChildren(lost);
  });

  document.addEventListener("htmx:after:request", function (event) {
    if (event.detail.ctx.response.status < 500) {
      passing().forEach(function (message) {
        message.remove();
      });
    }
  });

  // A page kept for the browser's back button may belong to somebody who has signed out.
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) {
      window.location.reload();
    }
  });
})();
