// Reads vector tiles: a tile becomes { layer name: [{ type, props, parts: [[x, y, x, y, ...], ...] }, ...] }.
// Coordinates stay in tile units (MVT_EXTENT across); a ring does not repeat its first point.
"use strict";

const MVT_EXTENT = 4096;

const readTile = (() => {
  const text = new TextDecoder();

  class Reader {
    constructor(bytes) {
      this.bytes = bytes;
      this.at = 0;
    }

    varint() {
      let value = 0;
      let scale = 1;
      for (;;) {
        const byte = this.bytes[this.at++];
        if (byte === undefined) throw new Error("the tile is cut short");
        value += (byte & 127) * scale;
        if (byte < 128) return value;
        scale *= 128;
      }
    }

    // Calls handle(field number) for each field up to end; a handler that does not read the field returns false.
    fields(end, handle) {
      while (this.at < end) {
        const tag = this.varint();
        if (handle(tag >> 3) === false) this.skip(tag & 7);
      }
    }

    skip(wire) {
      if (wire === 0) this.varint();
      else if (wire === 2) this.at = this.end();
      else this.at += wire === 1 ? 8 : 4;
    }

    end() {
      const length = this.varint();
      return this.at + length;
    }

    string() {
      const end = this.end();
      const value = text.decode(this.bytes.subarray(this.at, end));
      this.at = end;
      return value;
    }
  }

  function readValue(reader) {
    let value = null;
    reader.fields(reader.end(), (field) => {
      if (field === 1) value = reader.string();
      else if (field === 4 || field === 5) value = reader.varint();
      else return false;
    });
    return value;
  }

  function readGeometry(reader) {
    const parts = [];
    const end = reader.end();
    let x = 0;
    let y = 0;
    let part = null;
    while (reader.at < end) {
      const command = reader.varint();
      const kind = command & 7;
      if (kind === 7) continue;
      for (let count = command >> 3; count > 0; count--) {
        const dx = reader.varint();
        const dy = reader.varint();
        x += (dx >>> 1) ^ -(dx & 1);
        y += (dy >>> 1) ^ -(dy & 1);
        if (kind === 1) parts.push((part = []));
        part.push(x, y);
      }
    }
    return parts;
  }

  function readFeature(reader, keys, values) {
    const feature = { type: 0, props: {}, parts: [] };
    reader.fields(reader.end(), (field) => {
      if (field === 2) {
        const end = reader.end();
        while (reader.at < end) {
          const key = keys[reader.varint()];
          feature.props[key] = values[reader.varint()];
        }
      } else if (field === 3) feature.type = reader.varint();
      else if (field === 4) feature.parts = readGeometry(reader);
      else return false;
    });
    return feature;
  }

  function readLayer(reader, tile) {
    const keys = [];
    const values = [];
    const starts = [];
    let name = "";
    const end = reader.end();
    reader.fields(end, (field) => {
      if (field === 1) name = reader.string();
      else if (field === 2) {
        starts.push(reader.at);
        reader.skip(2);
      } else if (field === 3) keys.push(reader.string());
      else if (field === 4) values.push(readValue(reader));
      else return false;
    });
    // Features name keys and values by number, and these stand after them.
    tile[name] = starts.map((start) => {
      reader.at = start;
      return readFeature(reader, keys, values);
    });
    reader.at = end;
  }

  return (buffer) => {
    const tile = {};
    const reader = new Reader(new Uint8Array(buffer));
    reader.fields(reader.bytes.length, (field) => (field === 3 ? readLayer(reader, tile) : false));
    return tile;
  };
})();
