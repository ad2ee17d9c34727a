// Initiatives and bronpunten: round pins that fill along their way, pearls, and groups with a number.
// Titles come from people: they are set as attributes and never parsed as markup. All markup here is our own.
"use strict";

const GLYPHS = {
  housing: "M4 11.5 12 5l8 6.5V20h-5.5v-5h-5v5H4z",
  business: "M4 20V9l5 3V9l5 3V9l5 3v8zM16 7V4h3v5",
  solar: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM11 2h2v4h-2zM11 18h2v4h-2zM2 11h4v2H2zM18 11h4v2h-4zM4.2 5.6l1.4-1.4 2.8 2.8L7 8.4zM15.6 17l1.4-1.4 2.8 2.8-1.4 1.4zM18.4 4.2l1.4 1.4L17 8.4 15.6 7zM7 15.6 8.4 17l-2.8 2.8-1.4-1.4z",
  wind: "M11.2 12.5h1.6L14 22h-4zM12 9.6 11 2l2-.3 1 7.6zM13.3 11.2l6.9 3.3-.9 1.8-6.9-3.3zM10.6 10.6l-6.3 4.3 1.1 1.7 6.3-4.4z",
  farming: "M11 22v-9c-4 0-6-2-6-6 4 0 6 1.600 7 4 1-3.500 3-5.500 7-6 0 5-2 8-6 8.500V22z",
  nature: "M12 2 5.500 11H9l-4.500 6H11v5h2v-5h6.500L15 11h3.500z",
  recreation: "M12 4 2.500 20h6.700L12 14.500l2.800 5.500h6.700z",
  infrastructure: "M8 3h2L7 21H3zM14 3h2l5 18h-4zM11 4h2v4h-2zM11 10.500h2v4h-2zM11 17h2v4h-2z",
};
const SVG = "http://www.w3.org/2000/svg";
let gradients = 0;

// A pin comes as a row of values, in this order.
function readPin([kind, uid, longitude, latitude, label, icon, stage, rings]) {
  return { kind, uid, longitude, latitude, label, icon, stage, rings };
}

function element(name, attributes, parent) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (parent) parent.append(made);
  return made;
}

function drawInitiative(svg, pin) {
  const stopped = pin.stage === null;
  const colour = stopped ? "#6d6d68" : "#0b4f7d";
  const clip = `planlib-fill-${gradients++}`;
  element("circle", { cx: 20, cy: 20, r: 18.5, fill: "#fff", "fill-opacity": 0.95 }, svg);
  const clipPath = element("clipPath", { id: clip }, element("defs", {}, svg));
  const high = stopped ? 0 : (32 * pin.stage) / 5;
  element("rect", { x: 4, y: 36 - high, width: 32, height: high }, clipPath);
  element("circle", { cx: 20, cy: 20, r: 15.5, fill: "#a9d3ec", "clip-path": `url(#${clip})` }, svg);
  const ring = { cx: 20, cy: 20, r: 16, fill: "none", stroke: colour, "stroke-width": 3 };
  if (stopped) ring["stroke-dasharray"] = "4 3.2";
  element("circle", ring, svg);
  element("path", { d: GLYPHS[pin.icon] || "", fill: colour, transform: "translate(9.8 9.6) scale(0.85)" }, svg);
}

function drawPearl(svg) {
  const name = `planlib-pearl-${gradients++}`;
  const shade = element("radialGradient", { id: name, cx: 0.36, cy: 0.32, r: 0.75 }, element("defs", {}, svg));
  for (const [offset, colour] of [[0, "#ffffff"], [0.4, "#fbf1e6"], [0.8, "#dcc3ad"], [1, "#b39277"]]) {
    element("stop", { offset, "stop-color": colour }, shade);
  }
  element("circle", { cx: 20, cy: 20, r: 16, fill: "#fff" }, svg);
  element("circle", { cx: 20, cy: 20, r: 13.5, fill: `url(#${name})`, stroke: "#5d4630", "stroke-width": 2 }, svg);
  element("ellipse", { cx: 15.2, cy: 14.4, rx: 4, ry: 2.7, fill: "#fff", transform: "rotate(-35 15.2 14.4)" }, svg);
}

function drawGroup(svg, count) {
  element("circle", { cx: 20, cy: 20, r: 18.5, fill: "#fff", "fill-opacity": 0.95 }, svg);
  element("circle", { cx: 20, cy: 20, r: 16.5, fill: "none", stroke: "#1d1d1b", "stroke-width": 1.6 }, svg);
  element("circle", { cx: 20, cy: 20, r: 13.2, fill: "none", stroke: "#1d1d1b", "stroke-width": 1.2 }, svg);
  const text = element("text", { x: 20, y: 25, "text-anchor": "middle", class: "planlib-count" }, svg);
  text.textContent = String(count);
}

// An icon that draws itself and says its name to those who cannot see it.
const PinIcon = L.Icon.extend({
  createIcon() {
    const { size, label, draw } = this.options;
    const box = document.createElement("div");
    box.className = "planlib-pin leaflet-marker-icon";
    box.setAttribute("aria-label", label);
    box.title = label;
    box.style.width = box.style.height = `${size}px`;
    box.style.marginLeft = box.style.marginTop = `${-size / 2}px`;
    const svg = element("svg", { viewBox: "0 0 40 40", width: size, height: size, "aria-hidden": "true" });
    draw(svg);
    box.append(svg);
    return box;
  },
  createShadow: () => null,
});

class Pins {
  // onPick({kind, uid}, latlng) is called when a pin is chosen, by mouse or by keyboard.
  constructor(map, onPick) {
    this.map = map;
    this.onPick = onPick;
    this.shown = null;
    this.markers = new Map();
    this.big = false;
    this.groupLabel = "{count}";
    this.outlines = L.layerGroup().addTo(map);
    this.cluster = L.markerClusterGroup({
      maxClusterRadius: () => (this.big ? 64 : 40),
      showCoverageOnHover: false,
      animate: false,
      spiderfyDistanceMultiplier: 1.6,
      chunkedLoading: true,
      iconCreateFunction: (cluster) => this.groupIcon(cluster.getChildCount()),
    }).addTo(map);
    map.on("zoomend", () => this.showOutlines());
  }

  // rows: a row of values per pin.
  show(rows, big, groupLabel) {
    const texts = rows.map((row) => JSON.stringify(row));
    const wanted = [big, groupLabel, ...texts].join("\n");
    // Left alone when nothing changed, so that a toggle takes no keyboard focus away.
    if (wanted === this.shown) return;
    if (big !== this.big) this.markers.clear();
    this.shown = wanted;
    this.big = big;
    this.groupLabel = groupLabel;
    this.pins = rows.map(readPin);
    this.cluster.clearLayers();
    this.cluster.addLayers(this.pins.map((pin, at) => this.kept(pin, texts[at])));
    this.showOutlines(true);
  }

  // The marker of a pin; a filter shows again what was there, and making markers is most of its work.
  kept(pin, text) {
    const known = this.markers.get(pin.uid);
    if (known && known.text === text) return known.marker;
    const marker = this.marker(pin);
    this.markers.set(pin.uid, { text, marker });
    return marker;
  }

  marker(pin) {
    const pearl = pin.kind === "bronpunt";
    const size = (pearl ? 32 : 34) * (this.big ? 2 : 1);
    const draw = (svg) => (pearl ? drawPearl(svg) : drawInitiative(svg, pin));
    const icon = new PinIcon({ size, label: pin.label, draw });
    const marker = L.marker([pin.latitude, pin.longitude], { icon, riseOnHover: true, keyboard: true });
    const picked = { kind: pin.kind, uid: pin.uid };
    marker.on("click", (event) => this.onPick(picked, event.latlng));
    return marker;
  }

  groupIcon(count) {
    const size = (count < 10 ? 36 : 42) * (this.big ? 2 : 1);
    const label = this.groupLabel.replace("{count}", String(count));
    return new PinIcon({ size, label, draw: (svg) => drawGroup(svg, count) });
  }

  // Where pins and groups stand on the map pane: [left, top, right, bottom].
  boxes() {
    const found = [];
    this.map.eachLayer((layer) => {
      const size = layer.options.icon instanceof PinIcon ? layer.options.icon.options.size : layer._icon && layer._icon.offsetWidth;
      if (!size) return;
      const { x, y } = this.map.latLngToLayerPoint(layer.getLatLng());
      found.push([x - size / 2, y - size / 2, x + size / 2, y + size / 2]);
    });
    return found;
  }

  showOutlines(changed) {
    const near = this.map.getZoom() >= 14;
    if (!changed && near === this.near) return;
    this.near = near;
    this.outlines.clearLayers();
    if (!near) return;
    for (const pin of this.pins || []) {
      for (const ring of pin.rings) {
        const line = ring.map(([longitude, latitude]) => [latitude, longitude]);
        const shared = { pane: "planlib-outlines", fill: false, interactive: false };
        L.polygon(line, { ...shared, color: "#fff", weight: this.big ? 8 : 4, opacity: 0.85 }).addTo(this.outlines);
        L.polygon(line, { ...shared, color: "#0b4f7d", weight: this.big ? 4 : 2, dashArray: "7 5" }).addTo(this.outlines);
      }
    }
  }
}
