// Switches for a projector. Keys work wherever the focus is, also inside the map's frame.
const memory = { current: -1, shown: false };

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const strip = document.createElement("div");
  strip.className = "strip";
  const handle = document.createElement("button");
  handle.className = "handle";
  handle.type = "button";
  handle.textContent = data.title;
  handle.onclick = () => show(!memory.shown);
  const switches = document.createElement("div");
  switches.className = "switches";
  data.switches.forEach((rule, at) => {
    const button = document.createElement("button");
    button.className = "switch";
    button.type = "button";
    button.setAttribute("aria-pressed", String(rule.on));
    const name = document.createElement("b");
    name.textContent = rule.name;
    const note = document.createElement("small");
    note.textContent = rule.note;
    button.append(name, note);
    button.onclick = () => {
      memory.current = at;
      setTriggerValue("switch", rule.id);
    };
    switches.append(button);
  });
  const hint = document.createElement("span");
  hint.className = "hint";
  hint.textContent = data.hint;
  strip.append(handle, switches, hint);
  parentElement.querySelector(".strip")?.remove();
  parentElement.append(strip);

  function show(on) {
    memory.shown = on;
    strip.toggleAttribute("data-hidden", !on);
    handle.setAttribute("aria-expanded", String(on));
    [...switches.children].forEach((button, at) => button.toggleAttribute("data-current", on && at === memory.current));
  }

  function move(step) {
    const count = data.switches.length;
    if (!count) return;
    memory.current = memory.current < 0 ? 0 : (memory.current + step + count) % count;
    show(true);
  }

  function onKey(event) {
    const field = event.target?.closest?.("input, textarea, select, [contenteditable]");
    if (field || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "ArrowRight" || event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowLeft" || event.key === "ArrowUp") move(-1);
    else if (event.key === " " && memory.shown && memory.current >= 0) setTriggerValue("switch", data.switches[memory.current].id);
    else if (event.key === "Escape") setTriggerValue("leave", true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  show(memory.shown);
  // The map stands in a frame of its own; a click on it takes the focus there, and the keys with it.
  const listened = new Set();
  const listen = () => {
    for (const target of [window, ...[...document.querySelectorAll("iframe")].map((frame) => frame.contentWindow)]) {
      if (target && !listened.has(target)) {
        target.addEventListener("keydown", onKey, true);
        listened.add(target);
      }
    }
  };
  listen();
  const timer = setInterval(listen, 1000);
  return () => {
    clearInterval(timer);
    listened.forEach((target) => target.removeEventListener("keydown", onKey, true));
  };
}
