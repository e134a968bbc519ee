// Enhancement only: every page works without this file.
"use strict";
document.documentElement.classList.add("js");
document.addEventListener("DOMContentLoaded", () => {
  const summary = document.querySelector(".error-summary");
  if (summary) summary.focus();
  const language = document.querySelector("#language");
  if (language) language.addEventListener("change", () => language.form.submit());
  const clocks = document.querySelectorAll("[data-due]");
  const tick = () => {
    for (const clock of clocks) {
      const left = Math.floor((new Date(clock.dataset.due) - Date.now()) / 1000);
      if (left <= 0 || left > 359999) continue; // longer than that stays in words
      const parts = [left / 3600, (left / 60) % 60, left % 60].map((part) => String(Math.floor(part)).padStart(2, "0"));
      clock.textContent = parts.join(":");
      clock.dir = "ltr";
    }
  };
  if (clocks.length) { tick(); setInterval(tick, 1000); }
  for (const form of document.querySelectorAll("form[method=post]")) {
    form.addEventListener("submit", () => {
      for (const button of form.querySelectorAll("button:not([type=button])")) {
        setTimeout(() => { button.disabled = true; }, 0);
        setTimeout(() => { button.disabled = false; }, 8000);
      }
    });
  }
});
