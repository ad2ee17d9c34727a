// Turns the story into slides and back; arrows and space go on, Escape leaves.
(() => {
  const pages = [...document.querySelectorAll("body > header, body > section")];
  const slides = document.getElementById("slides");
  let at = 0;
  const show = (next) => {
    at = Math.max(0, Math.min(pages.length - 1, next));
    pages.forEach((page, number) => page.classList.toggle("now", number === at));
  };
  const toggle = (on) => {
    document.body.classList.toggle("slides", on);
    slides.setAttribute("aria-pressed", String(on));
    show(at);
  };
  slides.addEventListener("click", () => toggle(!document.body.classList.contains("slides")));
  document.addEventListener("keydown", (event) => {
    if (!document.body.classList.contains("slides")) return;
    if (["ArrowRight", "PageDown", " "].includes(event.key)) show(at + 1);
    else if (["ArrowLeft", "PageUp"].includes(event.key)) show(at - 1);
    else if (event.key === "Escape") toggle(false);
    else return;
    event.preventDefault();
  });
  show(0);
})();
