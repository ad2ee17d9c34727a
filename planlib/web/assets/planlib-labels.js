// Names of villages, places, waters and streets: one canvas over the map, drawn again when the map stands still.
// People's words are only ever drawn as text.
"use strict";

const NameLayer = L.Layer.extend({
  // Kinds as the server counts them: village, place, water, street.
  styles: [
    { from: 8, size: 15, font: "600", colour: "#1d1d1b", grow: 1.5 },
    { from: 13, size: 12, font: "500", colour: "#3a3a36", grow: 0.5 },
    { from: 14, size: 12, font: "italic 500", colour: "#15537d", grow: 0.5 },
    { from: 15, size: 11, font: "400", colour: "#3a3a36", grow: 0.6 },
  ],
  scale: 1,

  // tiles: the layer whose tiles hold the names; obstacles(): boxes on the map pane that names keep clear of.
  initialize(tiles, obstacles) {
    this.tiles = tiles;
    this.obstacles = obstacles;
    this.soon = L.Util.throttle(this.draw, 120, this);
  },

  onAdd(map) {
    this.canvas = L.DomUtil.create("canvas", "planlib-names leaflet-zoom-hide", map.getPane("planlib-names"));
    this.canvas.setAttribute("aria-hidden", "true");
    map.on("moveend zoomend resize", this.draw, this);
    this.tiles.on("painted", this.soon);
    this.draw();
  },

  onRemove(map) {
    map.off("moveend zoomend resize", this.draw, this);
    this.tiles.off("painted", this.soon);
    this.canvas.remove();
  },

  draw() {
    const map = this._map;
    if (!map || map._animatingZoom) return;
    const ratio = window.devicePixelRatio || 1;
    const size = map.getSize();
    const margin = size.multiplyBy(0.25).round();
    const corner = map.containerPointToLayerPoint(margin.multiplyBy(-1));
    this.canvas.width = (size.x + 2 * margin.x) * ratio;
    this.canvas.height = (size.y + 2 * margin.y) * ratio;
    this.canvas.style.width = `${size.x + 2 * margin.x}px`;
    this.canvas.style.height = `${size.y + 2 * margin.y}px`;
    L.DomUtil.setPosition(this.canvas, corner);
    const context = this.canvas.getContext("2d");
    context.scale(ratio, ratio);
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    const origin = map.getPixelOrigin().add(corner);
    const taken = this.obstacles().map(([left, top, right, bottom]) => [left - corner.x, top - corner.y, right - corner.x, bottom - corner.y]);
    const placed = new Map();
    for (const name of this.names()) {
      const x = name.x - origin.x;
      const y = name.y - origin.y;
      if (x < 0 || y < 0 || x > size.x + 2 * margin.x || y > size.y + 2 * margin.y) continue;
      this.place(context, name, x, y, taken, placed);
    }
  },

  names() {
    const zoom = this._map.getZoom();
    const found = [];
    this.tiles.drawn.forEach((tile) => {
      if (tile.coords.z !== this.tiles._tileZoom || !tile.data) return;
      const shown = this._map.getZoomScale(zoom, tile.coords.z);
      for (const feature of tile.data.labels || []) {
        const [x, y] = feature.parts[0];
        const { t, k, a, r } = feature.props;
        if (zoom < this.styles[k].from) continue;
        const scale = (TILE_SIZE / MVT_EXTENT) * shown;
        found.push({
          text: t,
          kind: k,
          turn: ((a - 90) * Math.PI) / 180,
          room: r * scale,
          x: tile.coords.x * TILE_SIZE * shown + x * scale,
          y: tile.coords.y * TILE_SIZE * shown + y * scale,
        });
      }
    });
    // The same order wherever the map stands, so that names do not come and go while it moves.
    return found.sort((one, other) => one.kind - other.kind || one.text.localeCompare(other.text) || one.x - other.x || one.y - other.y);
  },

  place(context, name, x, y, taken, placed) {
    const style = this.styles[name.kind];
    const size = (style.size + style.grow * Math.min(3, Math.max(0, this._map.getZoom() - 13))) * this.scale;
    context.font = `${style.font} ${size}px "Source Sans Pro", "Source Sans", "Segoe UI", Roboto, "Liberation Sans", sans-serif`;
    const width = context.measureText(name.text).width;
    if (name.room && width > name.room * 1.15) return;
    const cos = Math.abs(Math.cos(name.turn));
    const sin = Math.abs(Math.sin(name.turn));
    const gap = 4 * this.scale;
    const halfWide = (width * cos + size * sin) / 2 + gap;
    const halfHigh = (width * sin + size * cos) / 2 + gap / 2;
    const twins = placed.get(name.text) || [];
    if (twins.some(([otherX, otherY]) => Math.hypot(otherX - x, otherY - y) < 320 * this.scale)) return;
    const stands = this.isSeen(x);
    for (const [aside, down] of this.steps(name, halfWide, size, gap)) {
      const right = stands ? aside + this.cut(x + aside, halfWide) : aside;
      const box = [x + right - halfWide, y + down - halfHigh, x + right + halfWide, y + down + halfHigh];
      if (taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) continue;
      taken.push(box);
      placed.set(name.text, [...twins, [x, y]]);
      this.write(context, name, x + right, y + down, style);
      return;
    }
  },

  // Where a place across the canvas lies across the map.
  across(x) {
    return x - Math.round(this._map.getSize().x * 0.25);
  },

  isSeen(x) {
    return this.across(x) >= 0 && this.across(x) <= this._map.getSize().x;
  },

  // How far a name must move to the right to be seen as a whole; to the left when negative.
  cut(x, halfWide) {
    const wide = this._map.getSize().x;
    if (2 * halfWide > wide) return 0;
    return Math.max(0, halfWide - this.across(x)) - Math.max(0, this.across(x) + halfWide - wide);
  },

  // Where a name may stand: a street's only on its street, a place's also beside a pin, a village's further off too.
  steps(name, halfWide, size, gap) {
    if (name.kind === 3) return [[0, 0]];
    const aside = (34 * this.scale + size) / 2 + gap;
    const steps = [[0, 0], [0, aside], [0, -aside]];
    if (name.kind !== 0) return steps;
    const beside = halfWide + 18 * this.scale;
    return [...steps, [beside, 0], [-beside, 0], [beside, aside], [-beside, aside], [beside, -aside], [-beside, -aside], [0, 2 * aside], [0, -2 * aside]];
  },

  write(context, name, x, y, style) {
    context.save();
    context.translate(x, y);
    context.rotate(name.turn);
    context.strokeStyle = "rgba(255, 255, 255, 0.88)";
    context.lineWidth = (name.kind === 0 ? 4 : 3) * Math.min(1.6, this.scale);
    context.strokeText(name.text, 0, 0);
    context.fillStyle = style.colour;
    context.fillText(name.text, 0, 0);
    context.restore();
  },
});
