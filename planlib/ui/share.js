// The link of the view, shown and copied; also what only the browser can set: the page's language and its skip link.
export default function (component) {
  const { data, parentElement } = component;
  document.documentElement.lang = data.language;
  const skip = document.querySelector('[data-testid="stSkipToContent"]');
  if (skip && skip.textContent !== data.skip) skip.textContent = data.skip;

  // A rerun of the page keeps what is open.
  let box = parentElement.querySelector(".share");
  if (!box) {
    box = build();
    parentElement.append(box);
  }
  const part = (name) => box.querySelector(`.${name}`);
  part("open").textContent = data.share;
  part("title").textContent = data.title;
  part("close").textContent = data.close;

  function show(on) {
    part("panel").hidden = !on;
    part("open").setAttribute("aria-expanded", String(on));
    if (!on) return;
    part("link").value = window.location.href;
    part("said").textContent = "";
    copy();
  }

  // Copying needs a safe connection or the reader's consent; without it the link stands there to be copied by hand.
  async function copy() {
    part("link").focus();
    part("link").select();
    try {
      await navigator.clipboard.writeText(part("link").value);
      part("said").textContent = data.copied;
    } catch {
      part("said").textContent = data.copy;
    }
  }

  part("open").onclick = () => show(part("panel").hidden);
  part("close").onclick = () => {
    show(false);
    part("open").focus();
  };
  part("panel").onkeydown = (event) => {
    if (event.key === "Escape") part("close").click();
  };
  // The view that is on the screen may change while the panel is open; the next one is another link.
  const outside = (event) => {
    if (!event.composedPath().includes(box)) show(false);
  };
  document.addEventListener("pointerdown", outside);
  return () => document.removeEventListener("pointerdown", outside);
}

function build() {
  const box = document.createElement("div");
  box.className = "share";
  const open = add(box, "button", "open", { type: "button", "aria-expanded": "false" });
  const panel = add(box, "div", "panel", { hidden: "" });
  add(panel, "label", "title", { for: "link" });
  add(panel, "input", "link", { id: "link", type: "text", readonly: "", spellcheck: "false" });
  const line = add(panel, "div", "line", {});
  add(line, "span", "said", { role: "status" });
  add(line, "button", "close", { type: "button" });
  open.dataset.testid = "share";
  return box;
}

function add(parent, tag, name, attributes) {
  const made = document.createElement(tag);
  made.className = name;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  parent.append(made);
  return made;
}
