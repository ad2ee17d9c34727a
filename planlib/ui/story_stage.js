// The line of controls under a story: back to the map, and from slide to slide.
export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const go = (way) => setTriggerValue("go", way);
  const steps = [
    ["previous", `\u2039 ${data.previous}`, data.at > 1],
    ["next", `${data.next} \u203a`, data.at < data.count],
  ];
  const strip = make("div", "strip");
  const line = make("div", "line story");
  const back = make("button", "back", data.back);
  back.onclick = () => go("leave");
  line.append(back);
  if (data.count) {
    const [previous, next] = steps.map(([way, label, possible]) => {
      const button = make("button", way, label);
      // Not disabled, which would drop the focus of whoever works by keyboard.
      button.setAttribute("aria-disabled", String(!possible));
      button.onclick = () => possible && go(way);
      return button;
    });
    const where = make("span", "where", data.where);
    where.setAttribute("aria-live", "polite");
    line.append(previous, where, next, make("span", "hint", data.hint));
  }
  strip.append(line);
  const focused = parentElement.querySelector(".strip :focus")?.className;
  parentElement.querySelector(".strip")?.remove();
  parentElement.append(strip);
  if (focused) strip.querySelector(`.${focused}`)?.focus();

  return hearKeys((event, source) => {
    if (event.key === " " && source.closest?.("button")) return false;
    const forward = ["ArrowRight", "PageDown", " "].includes(event.key);
    if (event.key === "Escape") go("leave");
    else if (forward) data.at < data.count && go("next");
    else if (["ArrowLeft", "PageUp"].includes(event.key)) data.at > 1 && go("previous");
    else return false;
    return true;
  });
}
