// A button that takes a small text file from the reader's machine; the page gets its text.
export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const label = parentElement.querySelector("label");
  const input = parentElement.querySelector("input");
  label.querySelector("span").textContent = data.label;
  input.accept = data.suffix;
  input.onchange = async () => {
    const [file] = input.files;
    if (!file) return;
    const text = await file.slice(0, data.most).text();
    input.value = "";
    setTriggerValue("file", { name: file.name, text });
  };
}
