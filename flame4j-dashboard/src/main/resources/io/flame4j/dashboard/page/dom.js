// Small help with the DOM. Text only ever becomes text: ids and messages come from elsewhere and may be hostile.

const SVG = 'http://www.w3.org/2000/svg';

/** An element with a class and children, which are elements or text. */
export function el(tag, className = '', ...children) {
  const node = document.createElement(tag);
  if (className) {
    node.className = className;
  }
  node.append(...children);
  return node;
}

export function svg(tag, attributes = {}) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    node.setAttribute(name, value);
  }
  return node;
}

// What has not changed is not written: writing makes the browser lay out anew.

export function setText(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

export function setAttribute(node, name, value) {
  const text = String(value);
  if (node.getAttribute(name) !== text) {
    node.setAttribute(name, text);
  }
}

export function setHidden(node, hidden) {
  if (node.hidden !== hidden) {
    node.hidden = hidden;
  }
}

/**
 * Keeps the children of a parent in step with a list: one view for each item, made once, found again by its key, so that
 * focus and open details stay where they are.
 */
export class KeyedList {
  #parent;
  #create;
  #views = new Map();

  /** create makes a view of an item: an object with `node` and `update(item, context)`. */
  constructor(parent, create) {
    this.#parent = parent;
    this.#create = create;
  }

  update(items, keyOf, context) {
    // Those that are gone go first: otherwise all behind them would be moved, and lose the focus.
    const wanted = new Set(items.map(keyOf));
    for (const [key, view] of this.#views) {
      if (!wanted.has(key)) {
        view.node.remove();
        this.#views.delete(key);
      }
    }
    let place = this.#parent.firstElementChild;
    for (const item of items) {
      const key = keyOf(item);
      let view = this.#views.get(key);
      if (!view) {
        view = this.#create(item);
        view.node.dataset.keyed = '';
        this.#views.set(key, view);
      }
      while (place && place !== view.node && !('keyed' in place.dataset)) {
        place = place.nextElementSibling;
      }
      if (place === view.node) {
        place = place.nextElementSibling;
      } else {
        this.#parent.insertBefore(view.node, place);
      }
      view.update(item, context);
    }
  }

  get views() {
    return [...this.#views.values()];
  }
}
