// What controls for a room share. Keys work wherever the focus is, also inside the map's frame.

// Calls onKey for every key that is not typed in a field or meant for the browser; returns what ends it.
function hearKeys(onKey) {
  const heard = (event) => {
    // The controls stand in a shadow tree: only the path tells which of them it was.
    const source = event.composedPath()[0];
    if (source.closest?.("input, textarea, select, [contenteditable]")) return;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (!onKey(event, source)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  // The map stands in a frame of its own; a click on it takes the focus there, and the keys with it. Its document is
  // another one once the frame has loaded, while its window stays the same.
  const listened = new Set();
  const listen = () => {
    for (const target of [document, ...[...document.querySelectorAll("iframe")].map((frame) => frame.contentDocument)]) {
      if (target && !listened.has(target)) {
        target.addEventListener("keydown", heard, true);
        listened.add(target);
      }
    }
  };
  listen();
  const timer = setInterval(listen, 1000);
  window.addEventListener("blur", listen);
  return () => {
    clearInterval(timer);
    window.removeEventListener("blur", listen);
    listened.forEach((target) => target.removeEventListener("keydown", heard, true));
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

