// The components of a page. Each module registers its own when it is loaded.

const elements = new Map();
const places = new Map();

/** Registers the element `tag`. */
export function register(tag, type) {
  elements.set(tag, type);
}

/** All registered elements: tag → class. */
export function components() {
  return elements;
}

/**
 * Registers a place beside the page's own sections: `#/heads/1.2` is the place `heads` with the
 * section `1.2`. `open(section)` gives {element, title}, or null where there is nothing of that name.
 */
export function registerPlace(name, open) {
  places.set(name, open);
}

/** The way into a place, or undefined. */
export function place(name) {
  return places.get(name);
}
