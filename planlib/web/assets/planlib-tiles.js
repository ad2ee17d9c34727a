// The layers of the map: what lies under the cells, the cells in five outcomes, what lies over them, and the names.
// A layer draws what was fetched; a new look-up table only draws again.
"use strict";

const TILE_SIZE = 512; // CSS pixels; a map at zoom 15 shows tiles of zoom 14
const TILE_MARGIN = 1; // tiles overlap by a pixel, or a scaled map would show their seams
const UNKNOWN = 3;
const OUTCOME_COLOURS = ["#C7E9A0", "#C7E9A0", "#E08214", "#DADAD6", "#4A2A86"];
const OUTLINES = [null, "#5d8f3c", "#7a3b00", "#6b6b66", "#1f0d47"];

// Fetched tiles by address. A tile that fails is asked for again while somebody wants it.
class TileStore {
  constructor(onTrouble) {
    this.tiles = new Map();
    this.failing = new Set();
    this.onTrouble = onTrouble;
  }

  get(url) {
    let tile = this.tiles.get(url);
    if (!tile) {
      tile = this.fetch(url);
      this.tiles.set(url, tile);
      tile.catch(() => this.tiles.delete(url));
      if (this.tiles.size > 160) this.tiles.delete(this.tiles.keys().next().value);
    }
    return tile;
  }

  async fetch(url) {
    try {
      const answer = await fetch(url);
      if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
      let tile = {};
      if (answer.status !== 204) tile = url.endsWith(".json") ? await answer.json() : readTile(await answer.arrayBuffer());
      this.trouble(url, false);
      return tile;
    } catch (problem) {
      this.trouble(url, true);
      throw problem;
    }
  }

  trouble(url, failed) {
    if (failed) this.failing.add(url);
    else this.failing.delete(url);
    this.onTrouble(this.failing.size > 0);
  }

  forget(url) {
    if (this.failing.delete(url)) this.onTrouble(this.failing.size > 0);
  }
}

// Canvas tiles: subclasses give url(coords) and draw(tile, context, scale); a tile is { coords, canvas, data, failed }.
const CanvasTiles = L.GridLayer.extend({
  options: { tileSize: TILE_SIZE, updateWhenZooming: false, keepBuffer: 1 },

  initialize(store, url, options) {
    this.store = store;
    this.address = url;
    this.drawn = new Map();
    L.GridLayer.prototype.initialize.call(this, options);
    this.on("tileunload", (event) => {
      const key = this._tileCoordsToKey(event.coords);
      const tile = this.drawn.get(key);
      if (tile && tile.failed) this.store.forget(tile.url);
      this.drawn.delete(key);
    });
  },

  createTile(coords, done) {
    const canvas = L.DomUtil.create("canvas", "leaflet-tile planlib-tile");
    canvas.setAttribute("aria-hidden", "true");
    const ratio = window.devicePixelRatio || 1;
    canvas.width = canvas.height = Math.round((TILE_SIZE + 2 * TILE_MARGIN) * ratio);
    const url = this.address.replace("{z}", coords.z - 1).replace("{x}", coords.x).replace("{y}", coords.y);
    const tile = { coords, canvas, ratio, scale: (TILE_SIZE * ratio) / MVT_EXTENT, url, data: null, failed: false, tries: 0 };
    this.drawn.set(this._tileCoordsToKey(coords), tile);
    const wanted = () => this.drawn.get(this._tileCoordsToKey(coords)) === tile;
    const ask = () =>
      this.store.get(url).then(
        (data) => {
          if (!wanted()) return this.store.forget(url);
          tile.data = data;
          tile.failed = false;
          this.prepare(tile);
          this.paint(tile);
          this.fire("painted");
        },
        () => {
          if (!wanted()) return this.store.forget(url);
          tile.failed = true;
          this.paint(tile);
          setTimeout(() => wanted() && ask(), Math.min(30000, 2000 * 2 ** tile.tries++));
        },
      );
    ask().then(() => done(null, canvas));
    return canvas;
  },

  prepare() {},

  paint(tile) {
    const context = tile.canvas.getContext("2d");
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, tile.canvas.width, tile.canvas.height);
    context.translate(TILE_MARGIN * tile.ratio, TILE_MARGIN * tile.ratio);
    if (tile.data) this.draw(tile, context, tile.scale, tile.ratio);
    else if (tile.failed) this.drawMissing(tile, context, tile.ratio);
  },

  drawMissing() {},

  repaint() {
    this.drawn.forEach((tile) => this.paint(tile));
  },
});

function tracePart(path, part, scale, closed) {
  path.moveTo(part[0] * scale, part[1] * scale);
  for (let at = 2; at < part.length; at += 2) path.lineTo(part[at] * scale, part[at + 1] * scale);
  if (closed) path.closePath();
}

function traceAll(features, scale, closed) {
  const path = new Path2D();
  for (const feature of features || []) for (const part of feature.parts) tracePart(path, part, scale, closed);
  return path;
}

const UnderTiles = CanvasTiles.extend({
  draw(tile, context, scale, ratio) {
    context.fillStyle = "#cfdfc3";
    context.fill(traceAll(tile.data.woods, scale, true));
    context.fillStyle = "#b9d7e8";
    context.fill(traceAll(tile.data.water, scale, true));
    context.strokeStyle = "#b9d7e8";
    context.lineWidth = 2 * ratio;
    context.stroke(traceAll(tile.data.streams, scale, false));
  },
});

const OverTiles = CanvasTiles.extend({
  draw(tile, context, scale, ratio) {
    const zoom = tile.coords.z;
    context.lineJoin = context.lineCap = "round";
    // Water and woods again, thinly: on top of the colours one still sees where one is.
    context.fillStyle = "rgba(96, 158, 196, 0.55)";
    context.fill(traceAll(tile.data.water, scale, true));
    const long = (tile.data.roads || []).filter((road) => road.props.m === 1);
    const short = (tile.data.roads || []).filter((road) => road.props.m !== 1);
    this.road(context, traceAll(short, scale, false), ratio * roadWidth(zoom) * 0.75);
    this.road(context, traceAll(long, scale, false), ratio * roadWidth(zoom));
    if (zoom >= 14) {
      const buildings = traceAll(tile.data.buildings, scale, true);
      context.fillStyle = zoom >= 15 ? "#8d857b" : "#9c958c";
      context.fill(buildings);
      if (zoom >= 16) {
        context.strokeStyle = "#5f5850";
        context.lineWidth = 0.7 * ratio;
        context.stroke(buildings);
      }
    }
  },

  road(context, path, width) {
    if (width > 2) {
      context.strokeStyle = "rgba(70, 62, 50, 0.55)";
      context.lineWidth = width + 1.5;
      context.stroke(path);
    }
    context.strokeStyle = "#fffdf7";
    context.lineWidth = width;
    context.stroke(path);
  },
});

function roadWidth(zoom) {
  return [0.6, 0.9, 1.3, 1.8, 2.6, 4, 6, 9, 13][Math.max(0, Math.min(8, zoom - 11))];
}

// One period of each pattern, on its own ground; lines run on past the edges so that periods join.
const MOTIFS = {
  1(context, period) {
    context.fillStyle = "#467f30";
    for (const [x, y] of [[0.25, 0.25], [0.75, 0.75]]) {
      context.beginPath();
      context.arc(x * period, y * period, period * 0.105, 0, 2 * Math.PI);
      context.fill();
    }
  },
  2(context, period) {
    lines(context, period, "rgba(92, 44, 0, 0.62)", 0.14, [-1]);
  },
  3(context, period) {
    lines(context, period, "#85857f", 0.11, [1, -1]);
  },
  missing(context, period) {
    lines(context, period, "#b3b0a7", 0.3, [1]);
  },
};

function lines(context, period, colour, weight, directions) {
  context.strokeStyle = colour;
  context.lineWidth = period * weight;
  context.beginPath();
  for (const direction of directions) {
    for (const shift of [-1, 0, 1, 2]) {
      const x = shift * period;
      context.moveTo(x - period * direction, -period);
      context.lineTo(x + 2 * period * direction, 2 * period);
    }
  }
  context.stroke();
}

// Patterns hang on the world, not on the tile: they run on across the tiles' borders.
const patterns = new Map();
function pattern(context, motif, ground, size, ratio, coords) {
  const period = Math.max(4, Math.round(size * ratio));
  const key = `${motif}:${period}`;
  if (!patterns.has(key)) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = period;
    const drawing = canvas.getContext("2d");
    drawing.fillStyle = ground;
    drawing.fillRect(0, 0, period, period);
    MOTIFS[motif](drawing, period);
    patterns.set(key, context.createPattern(canvas, "repeat"));
  }
  const made = patterns.get(key);
  const side = TILE_SIZE * ratio;
  made.setTransform(new DOMMatrix().translate(-((coords.x * side) % period), -((coords.y * side) % period)));
  return made;
}

const Outcomes = CanvasTiles.extend({
  lut: null,
  patternSize: 9,

  rank(code) {
    return this.lut && code < this.lut.length ? this.lut[code] : UNKNOWN;
  },

  // Tiles in view first; the others when the browser has time.
  repaint() {
    const view = this._map && this._tileZoom !== undefined && this._map.getPixelBounds(null, this._tileZoom);
    const later = [];
    this.drawn.forEach((tile) => {
      const corner = L.point(tile.coords.x, tile.coords.y).multiplyBy(TILE_SIZE);
      const seen = view && view.intersects(L.bounds(corner, corner.add([TILE_SIZE, TILE_SIZE])));
      if (seen) this.paint(tile);
      else later.push(tile);
    });
    clearTimeout(this.laterTimer);
    this.laterTimer = setTimeout(() => later.forEach((tile) => this.paint(tile)), 250);
  },

  fillOutcomes(context, paths, ratio, coords) {
    paths.forEach((path, outcome) => {
      if (!path) return;
      if (OUTLINES[outcome] && coords.z >= 16) {
        // The fill covers all of these lines but the half that lies outside: an outline of the whole.
        context.lineJoin = "round";
        context.strokeStyle = OUTLINES[outcome];
        context.lineWidth = 1.6 * ratio;
        context.stroke(path);
      }
      const ground = OUTCOME_COLOURS[outcome];
      context.fillStyle = outcome in MOTIFS ? pattern(context, outcome, ground, this.patternSize, ratio, coords) : ground;
      context.fill(path);
    });
  },

  drawMissing(tile, context, ratio) {
    context.fillStyle = pattern(context, "missing", "#e9e7e1", 16, ratio, tile.coords);
    context.fillRect(0, 0, TILE_SIZE * ratio, TILE_SIZE * ratio);
  },
});

const CellTiles = Outcomes.extend({
  prepare(tile) {
    tile.cells = tile.data.cells || [];
    tile.paths = new Map();
    tile.painted = null;
    for (const cell of tile.cells) {
      let path = tile.paths.get(cell.props.c);
      if (!path) tile.paths.set(cell.props.c, (path = new Path2D()));
      for (const ring of cell.parts) tracePart(path, ring, tile.scale, true);
    }
    tile.edges = tile.data.edges ? this.drawEdges(tile) : null;
  },

  // The lines between parcels never change, so they are drawn once and laid over what does.
  drawEdges(tile) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = tile.canvas.width;
    const context = canvas.getContext("2d");
    context.translate(TILE_MARGIN * tile.ratio, TILE_MARGIN * tile.ratio);
    context.lineJoin = "round";
    context.strokeStyle = "rgba(255, 255, 255, 0.5)";
    context.lineWidth = [0.6, 1.1, 1.6][Math.max(0, Math.min(2, tile.coords.z - 14))] * tile.ratio;
    context.stroke(traceAll(tile.data.edges, tile.scale, false));
    return canvas;
  },

  paint(tile) {
    // Nothing to draw when no signature in the tile has another outcome than it was painted in.
    const ranks = tile.paths && this.lut ? [this.patternSize, ...[...tile.paths.keys()].map((code) => this.rank(code))].join() : null;
    if (ranks !== null && ranks === tile.painted) return;
    tile.painted = ranks;
    Outcomes.prototype.paint.call(this, tile);
  },

  draw(tile, context, scale, ratio) {
    if (!this.lut) return;
    const outcomes = OUTCOME_COLOURS.map(() => null);
    tile.paths.forEach((path, code) => {
      const outcome = this.rank(code);
      (outcomes[outcome] = outcomes[outcome] || new Path2D()).addPath(path);
    });
    this.fillOutcomes(context, outcomes, ratio, tile.coords);
    if (tile.edges) context.drawImage(tile.edges, -TILE_MARGIN * ratio, -TILE_MARGIN * ratio);
  },

  // The loaded tile at a place, and the place in its units.
  find(latlng) {
    const zoom = this._tileZoom;
    if (zoom === undefined || !this._map) return null;
    const point = this._map.project(latlng, zoom);
    const key = this._tileCoordsToKey({ x: Math.floor(point.x / TILE_SIZE), y: Math.floor(point.y / TILE_SIZE), z: zoom });
    const tile = this.drawn.get(key);
    if (!tile || !tile.cells) return null;
    const scale = MVT_EXTENT / TILE_SIZE;
    return { tile, x: (point.x - tile.coords.x * TILE_SIZE) * scale, y: (point.y - tile.coords.y * TILE_SIZE) * scale };
  },

  parcelAt(latlng) {
    const found = this.find(latlng);
    const cell = found && found.tile.cells.find((item) => holds(item.parts, found.x, found.y));
    return cell ? cell.props.p : null;
  },

  // The outline of a parcel as far as it is loaded, until the exact one comes.
  outlineOf(parcel) {
    const scale = TILE_SIZE / MVT_EXTENT;
    const found = [];
    this.drawn.forEach((tile) => {
      if (tile.coords.z !== this._tileZoom || !tile.data) return;
      for (const edge of tile.data.edges || []) {
        if (edge.props.p !== parcel) continue;
        for (const part of edge.parts) {
          const line = [];
          for (let at = 0; at < part.length; at += 2) {
            const x = tile.coords.x * TILE_SIZE + part[at] * scale;
            const y = tile.coords.y * TILE_SIZE + part[at + 1] * scale;
            line.push(this._map.unproject([x, y], tile.coords.z));
          }
          found.push(line);
        }
      }
    });
    return found;
  },
});

function holds(rings, x, y) {
  let inside = false;
  for (const ring of rings) {
    for (let at = 0, before = ring.length - 2; at < ring.length; before = at, at += 2) {
      if (ring[at + 1] > y === ring[before + 1] > y) continue;
      const crossing = ((ring[before] - ring[at]) * (y - ring[at + 1])) / (ring[before + 1] - ring[at + 1]) + ring[at];
      if (x < crossing) inside = !inside;
    }
  }
  return inside;
}

// Far out: squares, each in the outcome that most of it has.
const OverviewTiles = Outcomes.extend({
  draw(tile, context, scale, ratio) {
    if (!this.lut || !tile.data.squares) return;
    const side = (TILE_SIZE * ratio) / tile.data.across;
    const outcomes = OUTCOME_COLOURS.map(() => null);
    for (const [column, row, counts] of tile.data.squares) {
      const share = [0, 0, 0, 0, 0];
      for (let at = 0; at < counts.length; at += 2) share[this.rank(counts[at])] += counts[at + 1];
      const outcome = share.indexOf(Math.max(...share));
      const path = (outcomes[outcome] = outcomes[outcome] || new Path2D());
      path.rect(column * side, row * side, side, side);
    }
    this.fillOutcomes(context, outcomes, ratio, tile.coords);
  },
});
