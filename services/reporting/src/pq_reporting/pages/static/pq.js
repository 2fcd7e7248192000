// Works without: the form has a button. With it, a changed filter is shown at once.
"use strict";
for (const form of document.querySelectorAll("form[data-auto]")) {
  form.addEventListener("change", () => {
    for (const field of form.elements) if (field.name && !field.value) field.disabled = true;
    form.submit();
  });
  // The address keeps only what was chosen; going back finds the fields usable again.
  form.addEventListener("submit", () => {
    for (const field of form.elements) if (field.name && !field.value) field.disabled = true;
  });
  window.addEventListener("pageshow", () => {
    for (const field of form.elements) field.disabled = false;
  });
}
