// Switches for a projector.
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
  line.append(back, ask, ...story(), handle, make("span", "hint", data.hint));
  strip.append(switches, line);
  const focused = parentElement.querySelector(".strip :focus")?.className;
  parentElement.querySelector(".strip")?.remove();
  parentElement.append(strip);
  if (focused && focused !== "switch") strip.querySelector(`.${focused}`)?.focus();

  // The choice of a story, where there is one to tell.
  function story() {
    if (!data.stories.length) return [];
    const told = make("select", "stories");
    for (const { id, name } of [{ id: "", name: data.choose }, ...data.stories]) {
      const option = make("option", "", name);
      option.value = id;
      told.append(option);
    }
    told.onchange = () => told.value && setTriggerValue("story", told.value);
    const label = make("label", "", data.story);
    label.append(told);
    return [label];
  }

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

  function onKey(event, source) {
    if (event.key === " " && source.closest?.("button:not(.switch)")) return false;
    if (event.key === "ArrowRight" || event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowLeft" || event.key === "ArrowUp") move(-1);
    else if (event.key === " " && memory.shown && memory.current >= 0) setTriggerValue("switch", data.switches[memory.current].id);
    else if (event.key.toLowerCase() === "w") nextUse();
    else if (event.key === "Escape") setTriggerValue("leave", true);
    else return false;
    return true;
  }

  show(memory.shown);
  return hearKeys(onKey);
}
