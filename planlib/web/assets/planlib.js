// planlib's map: started once per release by planlib.start, told what to show by planlib.apply.
// apply draws again what is there: it fetches nothing and leaves the view alone, unless a focus with a new token asks.
"use strict";

const planlib = (() => {
  const self = { start, apply, rank, view, follow, painted: 0, ready: false };
  let map, config, cells, overview, names, pins, picks, lines, background, drawing;
  let state = {};
  let outline = [];
  let land = null;
  let sites = null;
  let drawSoon = 0;
  let repaint = false;

  function start(theMap, theConfig) {
    map = self.map = theMap;
    config = theConfig;
    self.bounds = config.bounds;
    makePanes();
    makeControls();
    const tiles = `/tiles/${config.release}`;
    const store = new TileStore((failing) => say("offline", failing ? text("offline") : ""));
    const shared = { maxZoom: config.maxZoom, bounds: L.latLngBounds(config.bounds) };
    new UnderTiles(store, `${tiles}/context/{z}/{x}/{y}.mvt`, { ...shared, pane: "planlib-under" }).addTo(map);
    cells = new CellTiles(store, `${tiles}/cells/{z}/{x}/{y}.mvt`, { ...shared, minZoom: config.cellsFrom, pane: "planlib-cells" });
    overview = new OverviewTiles(store, `${tiles}/overview/{z}/{x}/{y}.json`, { ...shared, maxZoom: config.cellsFrom - 1, pane: "planlib-cells" });
    const over = new OverTiles(store, `${tiles}/context/{z}/{x}/{y}.mvt`, { ...shared, pane: "planlib-over" });
    picks = L.layerGroup();
    pins = new Pins(map, pick);
    names = new NameLayer(over, () => pins.boxes());
    pins.cluster.on("animationend", () => names.soon());
    // The first view must stand before the first layer asks for tiles.
    const remembered = restoreView();
    for (const layer of [cells, overview, over, picks, names]) layer.addTo(map);
    for (const layer of [cells, overview]) layer.on("load painted", settle);
    map.on("click", onClick);
    keepView(remembered);
    leadOthers();
    new ResizeObserver(resized).observe(map.getContainer());
    drawing = new DrawControl((ring) => pick({ kind: "shape", ring }, map.getCenter())).addTo(map);
    if (config.background) tryBackground();
    askForLatestState();
  }

  // The frame gets its size after the map: until somebody moves it, the area fills whatever size that is.
  function resized() {
    map.invalidateSize({ animate: false });
    if (self.fitted) fitArea();
  }

  function fitArea() {
    const size = map.getSize();
    const padding = Math.min(size.x, size.y) > 100 ? [8, 8] : [0, 0];
    map.fitBounds(config.bounds, { animate: false, padding, maxZoom: 17 });
  }

  // ---- what is shown

  function apply(next) {
    // Another filter or selection leaves the land as it is.
    repaint ||= state.lut !== next.lut || state.big !== next.big;
    state = next;
    const lut = Uint8Array.from(atob(next.lut), (char) => char.charCodeAt(0));
    cells.lut = overview.lut = lut;
    cells.patternSize = overview.patternSize = next.big ? 18 : 9;
    names.scale = next.big ? 1.8 : 1;
    sayAll();
    showOutline(next.outline.map(toLatLng));
    showLand(next.land.map(toLatLng));
    showSites(next.sites);
    pins.show(next.pins, next.big, next.texts.cluster);
    names.soon();
    // Many toggles in one frame are drawn once, the last one.
    cancelAnimationFrame(drawSoon);
    drawSoon = requestAnimationFrame(() => {
      if (repaint) for (const layer of [cells, overview]) layer.repaint();
      repaint = false;
      self.painted++;
      settle();
    });
    if (next.focus) moveTo(next.focus);
  }

  function settle() {
    const layer = showsCells() ? cells : overview;
    self.ready = Boolean(cells.lut) && !layer.isLoading();
  }

  function showsCells() {
    return Math.round(map.getZoom()) >= config.cellsFrom;
  }

  function showOutline(rings) {
    outline.forEach((line) => line.remove());
    const wide = state.big ? 1.8 : 1;
    const shared = { pane: "planlib-outlines", fill: false, interactive: false, lineJoin: "round" };
    outline = rings.length
      ? [
          L.polyline(rings, { ...shared, color: "#fff", weight: 7 * wide, opacity: 0.9 }).addTo(map),
          L.polyline(rings, { ...shared, color: "#111", weight: 3 * wide }).addTo(map),
        ]
      : [];
  }

  // The land the numbers are about, when it is not the whole area: a line around it.
  function showLand(rings) {
    if (land) land.remove();
    land = null;
    if (!rings.length) return;
    const wide = state.big ? 1.8 : 1;
    const shared = { pane: "planlib-outlines", fill: false, interactive: false };
    land = L.layerGroup([
      L.polygon(rings.map((ring) => [ring]), { ...shared, color: "#fff", weight: 6 * wide, opacity: 0.85 }),
      L.polygon(rings.map((ring) => [ring]), { ...shared, color: "#005a9c", weight: 3 * wide, dashArray: "9 6" }),
    ]).addTo(map);
  }

  // Places that an answer names by number, as in the list beside the map.
  function showSites(wanted) {
    if (sites) sites.remove();
    sites = null;
    if (!wanted.length) return;
    const shared = { pane: "planlib-outlines", fill: false, interactive: false, lineJoin: "round" };
    const mark = { pane: "planlib-names", interactive: false, keyboard: false };
    const drawn = [...wanted].sort((one, other) => one.selected - other.selected);
    sites = L.layerGroup(
      drawn.flatMap((site) => {
        const rings = site.rings.map(toLatLng);
        const html = document.createElement("span");
        html.textContent = site.label;
        const icon = L.divIcon({ className: `planlib-site${site.selected ? " planlib-site-selected" : ""}`, html, iconSize: [20, 20] });
        return [
          L.polyline(rings, { ...shared, color: "#fff", weight: site.selected ? 8 : 5, opacity: 0.9 }),
          L.polyline(rings, { ...shared, color: site.selected ? "#b3005e" : "#005a9c", weight: site.selected ? 4 : 2 }),
          L.marker([site.latitude, site.longitude], { ...mark, icon, zIndexOffset: site.selected ? 1e6 : -1e4 * Number(site.label) }),
        ];
      })
    ).addTo(map);
  }

  function toLatLng(ring) {
    return ring.map(([longitude, latitude]) => [latitude, longitude]);
  }

  function rank(code) {
    return cells.rank(code);
  }

  // ---- what was clicked: handed to the page the way it hears of drawings

  function onClick(event) {
    if (drawing.isOn()) return;
    if (!showsCells()) {
      map.setView(event.latlng, config.cellsFrom + 1);
      return;
    }
    const parcel = cells.parcelAt(event.latlng);
    if (parcel !== null && parcel !== state.selected) showOutline(cells.outlineOf(parcel));
    const spot = [event.latlng.lng, event.latlng.lat];
    pick(parcel === null ? { kind: "none" } : { kind: "parcel", parcel, spot }, event.latlng);
  }

  function pick(what, latlng) {
    // The moment makes a second click on the same thing another click.
    const feature = { type: "Feature", geometry: null, properties: { ...what, at: Date.now() } };
    self.picked = feature.properties;
    picks.fire("click", { latlng, layer: { toGeoJSON: () => feature } });
  }

  // ---- where the map stands: in the address of the page, which others can open

  function page() {
    // Alone in its window when it is not inside a page.
    return window.parent;
  }

  function restoreView() {
    const bounds = L.latLngBounds(config.bounds);
    map.setMaxBounds(bounds.pad(1.5));
    fitArea();
    const linked = readHash(page().location.hash);
    const last = readHash(sessionStorage.getItem(memoryKey("view")));
    // Beside another map there is nothing to remember: it stands where the other stands.
    const beside = others()[0];
    const found = beside ? !beside.fitted && beside.view() : linked || last;
    self.linked = Boolean(linked);
    if (found) map.setView([found.lat, found.lon], found.zoom, { animate: false });
    self.fitted = !found;
    touched(() => (self.fitted = false));
    // Somebody who opens a link sees what it shows, whatever the page thinks of moving to.
    return Boolean(linked && !last);
  }

  function keepView(linked) {
    if (linked) self.keepLinked = true;
    map.on("moveend", writeHash);
    page().addEventListener("hashchange", onHashChange);
    window.addEventListener("unload", () => page().removeEventListener("hashchange", onHashChange));
    // The page rewrites its address for its own choices and drops what stands after the #.
    setInterval(() => page().location.hash || writeHash(), 300);
    writeHash();
  }

  function onHashChange() {
    const wanted = readHash(page().location.hash);
    if (wanted && hash() !== page().location.hash) map.setView([wanted.lat, wanted.lon], wanted.zoom, { animate: false });
  }

  function hash() {
    const { zoom, lat, lon } = view();
    return `#kaart=${zoom}/${lat.toFixed(5)}/${lon.toFixed(5)}`;
  }

  function writeHash() {
    // Of maps beside each other the one that leads writes.
    if (self.leads === false) return;
    const { history, location } = page();
    sessionStorage.setItem(memoryKey("view"), hash());
    if (location.hash !== hash()) history.replaceState(history.state, "", location.pathname + location.search + hash());
  }

  function readHash(written) {
    const found = /^#kaart=(\d{1,2}(?:\.\d+)?)\/(-?\d{1,2}(?:\.\d+)?)\/(-?\d{1,3}(?:\.\d+)?)$/.exec(written || "");
    return found && { zoom: Number(found[1]), lat: Number(found[2]), lon: Number(found[3]) };
  }

  function memoryKey(what) {
    return `planlib:${config.area}:${what}`;
  }

  function view() {
    const centre = map.getCenter();
    return { zoom: map.getZoom(), lat: centre.lat, lon: centre.lng };
  }

  function moveTo(focus) {
    const key = memoryKey("focus");
    if (sessionStorage.getItem(key) === focus.token) return;
    sessionStorage.setItem(key, focus.token);
    const linked = self.keepLinked;
    self.keepLinked = false;
    if (linked || (focus.yields && self.linked)) return;
    self.fitted = false;
    const bounds = L.latLngBounds([focus.south, focus.west], [focus.north, focus.east]);
    if (focus.zoom === null) map.fitBounds(bounds, { animate: false, maxZoom: 17, padding: [60, 60] });
    else map.setView(bounds.getCenter(), focus.zoom, { animate: false });
  }

  // ---- maps beside each other show one view: the one that somebody moves takes the others along

  function leadOthers() {
    let zooming = false;
    touched(() => {
      for (const other of others()) other.leads = false;
      self.leads = true;
    });
    map.on("move", () => zooming || lead(view(), false));
    map.on("zoomanim", ({ center, zoom }) => {
      zooming = true;
      lead({ zoom, lat: center.lat, lon: center.lng }, true);
    });
    map.on("zoomend", () => {
      zooming = false;
      lead(view(), false);
    });
  }

  function lead(wanted, animate) {
    if (self.leads) for (const other of others()) other.follow(wanted, animate);
  }

  function follow({ zoom, lat, lon }, animate) {
    self.fitted = false;
    map.setView([lat, lon], zoom, { animate });
  }

  function others() {
    const frames = Array.from({ length: page().frames.length }, (_, at) => page().frames[at]);
    return frames.filter((frame) => frame !== window && frame.planlib?.map).map((frame) => frame.planlib);
  }

  function touched(act) {
    for (const touch of ["pointerdown", "wheel", "keydown"]) {
      map.getContainer().addEventListener(touch, act, { capture: true, passive: true });
    }
  }

  // ---- panes, controls, words

  function makePanes() {
    const order = { "planlib-background": 150, "planlib-under": 210, "planlib-cells": 220, "planlib-over": 230, "planlib-outlines": 450, "planlib-names": 560 };
    for (const [name, index] of Object.entries(order)) {
      const pane = map.createPane(name);
      pane.style.zIndex = index;
      pane.style.pointerEvents = "none";
    }
  }

  function makeControls() {
    self.zoomControl = L.control.zoom({ position: "topright", zoomInTitle: "", zoomOutTitle: "" }).addTo(map);
    if (map.attributionControl) map.attributionControl.remove();
    lines = L.DomUtil.create("div", "planlib-lines", map.getContainer());
    for (const name of ["offline", "disclaimer", "fictional", "attribution"]) {
      const line = L.DomUtil.create("p", `planlib-line planlib-${name}`, lines);
      line.hidden = true;
      if (name === "offline") line.setAttribute("role", "status");
    }
    L.control.scale({ imperial: false, maxWidth: 120, position: "bottomright" }).addTo(map);
  }

  function text(name) {
    return (state.texts && state.texts[name]) || "";
  }

  function say(name, words) {
    const line = lines.querySelector(`.planlib-${name}`);
    if (line.textContent !== words) line.textContent = words;
    line.hidden = !words;
  }

  function sayAll() {
    for (const name of ["disclaimer", "fictional"]) say(name, text(name));
    say("attribution", [text("attribution"), config.attribution].filter(Boolean).join(" · "));
    const container = map.getContainer();
    container.classList.toggle("planlib-big", state.big);
    container.setAttribute("role", "application");
    container.setAttribute("aria-label", text("label"));
    for (const [name, button] of [["zoom_in", "_zoomInButton"], ["zoom_out", "_zoomOutButton"]]) {
      self.zoomControl[button].title = text(name);
      self.zoomControl[button].setAttribute("aria-label", text(name));
    }
    drawing.say(state.texts || {});
    if (window.frameElement) window.frameElement.title = text("title");
    document.documentElement.lang = page().document.documentElement.lang;
  }

  // ---- the background of the cadastre: only where the browser itself proves that it has internet

  function tryBackground() {
    const { url, attribution } = config.background;
    const probe = new Image();
    const giveUp = setTimeout(() => (probe.src = ""), 2500);
    probe.onload = () => {
      clearTimeout(giveUp);
      let failed = 0;
      background = L.tileLayer(url, { pane: "planlib-background", maxZoom: config.maxZoom });
      background.on("tileerror", () => ++failed > 3 && background.remove());
      background.addTo(map);
      config.attribution = attribution;
      sayAll();
    };
    probe.src = L.Util.template(url, { z: 7, x: 66, y: 42 });
  }

  // A choice made while the scripts were loading is lost on the frame; asking again brings the latest.
  function askForLatestState() {
    if (window.Streamlit) setTimeout(() => window.Streamlit.setComponentReady(), 0);
  }

  return self;
})();
window.planlib = planlib;
