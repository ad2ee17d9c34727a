// A button that takes along where the map of the page stands now: the map writes that in the address.
export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const button = parentElement.querySelector("button") || document.createElement("button");
  button.type = "button";
  button.textContent = data.label;
  button.onclick = () => {
    const found = /^#kaart=([\d.]+)\/(-?[\d.]+)\/(-?[\d.]+)$/.exec(window.location.hash);
    if (found) setTriggerValue("view", { zoom: Number(found[1]), lat: Number(found[2]), lon: Number(found[3]) });
  };
  if (!button.isConnected) parentElement.append(button);
}
