// A table whose first column picks a row. All text is set as text, never as markup.
export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  let frame = parentElement.querySelector(".pick");
  const scrolled = frame ? frame.scrollTop : 0;
  const hadFocus = frame && frame.contains(frame.getRootNode().activeElement);
  const fresh = document.createElement("div");
  fresh.className = "pick";
  const table = document.createElement("table");
  table.createCaption().textContent = data.caption;
  const head = table.createTHead().insertRow();
  data.headers.forEach((title, column) => {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.classList.toggle("text", column < data.texts);
    cell.textContent = title;
    head.append(cell);
  });
  const body = table.createTBody();
  data.rows.forEach((texts, at) => {
    const row = body.insertRow();
    const chosen = data.ids[at] === data.selected;
    if (chosen) row.setAttribute("aria-current", "true");
    texts.forEach((text, column) => {
      const cell = row.insertCell();
      cell.classList.toggle("text", column < data.texts);
      if (column > 0) {
        cell.textContent = text;
        return;
      }
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = button.title = text;
      button.dataset.id = data.ids[at];
      button.onclick = () => setTriggerValue("pick", data.ids[at]);
      cell.append(button);
    });
  });
  fresh.append(table);
  if (frame) frame.replaceWith(fresh);
  else parentElement.append(fresh);
  fresh.scrollTop = scrolled;
  // A pick draws the table anew; whoever works by keyboard goes on where they were.
  if (hadFocus && data.selected !== null) {
    const again = [...fresh.querySelectorAll("button")].find((button) => button.dataset.id === data.selected);
    if (again) again.focus({ preventScroll: true });
  }
}
