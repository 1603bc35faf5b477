// The data inlined in the page. Arrays sit in their own elements and are decoded when first asked
// for.

const parsed = new Map();
const arrays = new Map();

const TYPES = {
  int8: Int8Array,
  uint8: Uint8Array,
  float16: Uint16Array,
  uint32: Uint32Array,
  float32: Float32Array,
};

/** The JSON of the element `id`, parsed once. */
export function json(id) {
  if (!parsed.has(id)) parsed.set(id, JSON.parse(document.getElementById(id).textContent));
  return parsed.get(id);
}

/** The record that describes the page. */
export function report() {
  return json('vt-report');
}

/** The bytes of base64 text. */
export function decode(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/**
 * The typed array `name`, decoded from base64 once; float16 as its bits. Files are little-endian,
 * as are all browsers' machines.
 */
export function array(name) {
  if (!arrays.has(name)) {
    const note = report().arrays[name];
    if (!note) throw new Error(`This file has no array ${name}. Write the report again.`);
    const { type, length } = note;
    const bytes = decode(document.getElementById(`vt-array-${name}`).textContent);
    const values = new TYPES[type](
      bytes.buffer,
      bytes.byteOffset,
      bytes.byteLength / TYPES[type].BYTES_PER_ELEMENT,
    );
    if (values.length !== length)
      throw new Error(
        `Array ${name} is cut short: ${values.length} of ${length} values. Write the report again.`,
      );
    arrays.set(name, values);
  }
  return arrays.get(name);
}

/**
 * The arrays of a section by their names in its data; those of another section by the names that
 * they have on the page, `tokens.W_E`.
 */
export function arraysOf(section) {
  return name => array(`${section}.${name}` in report().arrays ? `${section}.${name}` : name);
}
