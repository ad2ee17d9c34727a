// The browser keeps the last address of an area. A page that is opened bare offers to go on there; it never jumps.
let opened = null;

export default function (component) {
  const { data, parentElement } = component;
  const key = `planlib:${data.area}:last`;
  const read = () => {
    try {
      return localStorage.getItem(key) || "";
    } catch {
      // A browser that keeps nothing offers nothing.
      return "";
    }
  };
  const keep = (address) => {
    try {
      if (address) localStorage.setItem(key, address);
      else localStorage.removeItem(key);
    } catch {
      return;
    }
  };
  // What this page was opened with decides; a scenario that somebody put back to what holds now is no longer the last.
  opened ??= { bare: !data.chosen, last: read() };
  if (data.chosen) {
    keep(location.search + location.hash);
    opened.bare = false;
  } else if (!opened.bare) {
    keep("");
  }
  const link = parentElement.querySelector("a");
  const offered = opened.bare && opened.last.startsWith("?");
  link.hidden = !offered;
  if (offered) {
    link.href = location.pathname + opened.last;
    link.textContent = data.label;
  }
}
