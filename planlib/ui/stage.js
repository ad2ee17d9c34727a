// Switches for a projector. Keys work wherever the focus is, also inside the map's frame.
const memory = { current: -1, shown: false };

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const strip = make("div", "strip");
  const switches = make("div", "switches");
  data.switches.forEach((rule, at) => {
    const button = make("button", "switch");
    button.setAttribute("aria-pressed", String(rule.on));
    button.append(make("b", "", rule.name), make("small", "", rule.note));
    button.onclick = () => {
      memory.current = at;
      setTriggerValue("switch", rule.id);
    };
    switches.append(button);
  });
  const back = make("button", "back", `\u2039 ${data.back}`);
  back.onclick = () => setTriggerValue("leave", true);
  const uses = make("select", "uses");
  data.uses.forEach((use) => {
    const option = make("option", "", use.name);
    option.value = use.id;
    uses.append(option);
  });
  uses.value = data.use;
  uses.onchange = () => setTriggerValue("use", uses.value);
  const ask = make("label", "", data.ask);
  ask.append(uses);
  const handle = make("button", "handle", data.title);
  handle.onclick = () => show(!memory.shown);
  const line = make("div", "line");
  line.append(back, ask, handle, make("span", "hint", data.hint));
  strip.append(switches, line);
  const focused = parentElement.querySelector(".strip :focus")?.className;
  parentElement.querySelector(".strip")?.remove();
  parentElement.append(strip);
  if (focused && focused !== "switch") strip.querySelector(`.${focused}`)?.focus();

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

  function nextUse() {
    const at = data.uses.findIndex((use) => use.id === data.use);
    setTriggerValue("use", data.uses[(at + 1) % data.uses.length].id);
  }

  function onKey(event) {
    // The controls stand in a shadow tree: only the path tells which of them it was.
    const source = event.composedPath()[0];
    if (source.closest?.("input, textarea, select, [contenteditable]")) return;
    if (event.key === " " && source.closest?.("button:not(.switch)")) return;
    if ( event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "ArrowRight" || event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowLeft" || event.key === "ArrowUp") move(-1);
    else if (event.key === " " && memory.shown && memory.current >= 0) setTriggerValue("switch", data.switches[memory.current].id);
    else if (event.key.toLowerCase() === "w") nextUse();
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

// An element with words that are only ever set as text.
function make(tag, name, words) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (tag === "button") made.type = "button";
  if (words) made.textContent = words;
  return made;
}
