// Leaving at once. The design system's component does the button, the three presses of Shift and what
// is read out; here the session ends too, and the page's place in the history is taken.
// Without this file the button is a form that does the same, one step slower.
(function () {
  "use strict";

  var form = document.querySelector("[data-quick-exit]");
  var ExitThisPage = window.GOVUKFrontend.ExitThisPage;
  var PATIENCE = 1500;
  if (!form || !document.body.classList.contains("govuk-frontend-supported")) {
    return;
  }

  class QuickExit extends ExitThisPage {
    exitPage() {
      var left = form.dataset.quickExit;
      function go() {
        window.location.replace(left);
      }
      document.body.classList.add("govuk-exit-this-page-hide-content");
      document.title = "Loading";
      window.history.replaceState(null, "", left);
      // A line that hangs must not keep somebody here: the request goes on without the page.
      window.setTimeout(go, PATIENCE);
      window
        .fetch(form.action, { method: "POST", body: new FormData(form), keepalive: true })
        .then(go, go);
    }
  }

  // The component wants a link, which a form without script cannot be.
  var button = form.querySelector("button");
  var link = document.createElement("a");
  link.className = button.className;
  link.href = form.dataset.quickExit;
  link.rel = "nofollow noreferrer";
  link.setAttribute("role", "button");
  link.draggable = false;
  link.append.apply(link, button.childNodes);
  button.replaceWith(link);
  var hint = document.createElement("span");
  hint.className = "exit-hint";
  hint.textContent = "or press Shift 3 times";
  link.append(hint);
  new QuickExit(form);
})();
