// A button on the map that starts the drawing of a shape; Leaflet.draw does the drawing, this hands over its corners.
"use strict";

const DrawControl = L.Control.extend({
  options: { position: "topright" },

  initialize(onDrawn) {
    this.onDrawn = onDrawn;
  },

  onAdd(map) {
    this.map = map;
    const bar = L.DomUtil.create("div", "leaflet-bar planlib-draw");
    this.button = L.DomUtil.create("a", "", bar);
    this.button.href = "#";
    this.button.setAttribute("role", "button");
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", "M5 7 17 4l3 10-9 6-6-5z");
    svg.append(path);
    this.button.append(svg);
    bar.hidden = true;
    L.DomEvent.disableClickPropagation(bar);
    L.DomEvent.on(this.button, "click", (event) => {
      L.DomEvent.preventDefault(event);
      if (this.isOn()) this.polygon.disable();
      else this.start();
    });
    map.on("draw:created", (event) => {
      const ring = event.layer.getLatLngs()[0].map(({ lat, lng }) => [Number(lng.toFixed(6)), Number(lat.toFixed(6))]);
      // After streamlit-folium, which hears of it too and would hand over a shape without our words.
      setTimeout(() => this.onDrawn(ring), 0);
    });
    map.on("draw:drawstop", () => this.button.setAttribute("aria-pressed", "false"));
    return bar;
  },

  start() {
    this.polygon = new L.Draw.Polygon(this.map, {
      allowIntersection: false,
      showArea: false,
      drawError: { color: "#8a4b00", timeout: 1500 },
      shapeOptions: { color: "#005a9c", weight: 3, dashArray: "9 6", fill: false },
    });
    this.polygon.enable();
    this.button.setAttribute("aria-pressed", "true");
  },

  isOn() {
    // The click that closes a shape reaches the map just after the drawing ended.
    return Boolean(this.polygon && this.polygon.enabled()) || this.button.getAttribute("aria-pressed") === "true";
  },

  // Words come with every state; a map without the word for drawing has no button for it.
  say(texts) {
    this.getContainer().hidden = !texts.draw;
    this.button.title = texts.draw || "";
    this.button.setAttribute("aria-label", texts.draw || "");
    const said = L.drawLocal.draw.handlers.polygon;
    said.tooltip = { start: texts.draw_start, cont: texts.draw_more, end: texts.draw_end };
    said.error = L.drawLocal.draw.handlers.polyline.error = texts.draw_error;
    L.drawLocal.draw.handlers.polyline.tooltip = said.tooltip;
  },
});
