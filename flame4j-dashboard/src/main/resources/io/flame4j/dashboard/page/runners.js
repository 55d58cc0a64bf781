// The runners of a pool as tiles, their slots as cells; as bars where there are many. One tile at a time is in the tab
// order, arrow keys go to the others.

import {el, KeyedList, setAttribute, setHidden, setText} from './dom.js';
import {count, duration, plural, shortId} from './format.js';

const ROOMY = 24;
const COMPACT = 72;
const MOST_CELLS = {roomy: 20, compact: 10, dense: 0};

const PHASES = {
  '': 'waiting for room',
  requested: 'requested',
  scheduled: 'has a machine',
  started: 'JVM starts',
  connected: 'connected',
};

/** What a boot is doing, in words. */
export const phaseText = runner => PHASES[runner.phase] ?? runner.phase ?? '';

const densityFor = many => (many <= ROOMY ? 'roomy' : many <= COMPACT ? 'compact' : 'dense');

export class RunnersPanel {
  constructor(pool) {
    this.title = el('h3', '', 'Runners');
    this.box = el('div', 'tiles');
    this.box.setAttribute('role', 'listbox');
    this.box.setAttribute('aria-label', `Runners of ${pool}`);
    this.none = el('p', 'none');
    this.detail = el('p', 'detail');
    this.legend = legend();
    this.node = el('section', 'panel', el('div', 'panel-head', this.title, this.legend), this.box, this.none, this.detail);
    this.tiles = new KeyedList(this.box, runner => new Tile(runner));
    this.box.addEventListener('keydown', event => this.#move(event));
    this.box.addEventListener('focusin', event => this.#select(event.target.dataset.runner));
    this.box.addEventListener('focusout', () => requestAnimationFrame(() => this.#describe()));
    this.box.addEventListener('pointerover', event => this.#hover(event.target.closest('[data-runner]')?.dataset.runner));
    this.box.addEventListener('pointerleave', () => this.#hover(undefined));
  }

  update(pool, context) {
    const {runners} = pool;
    const density = densityFor(runners.length);
    const cells = pool.slotsPerRunner <= MOST_CELLS[density] ? pool.slotsPerRunner : 0;
    setText(this.title, runners.length === 0 ? 'Runners' : `Runners (${count(runners.length)})`);
    setAttribute(this.box, 'data-density', density);
    setHidden(this.box, runners.length === 0);
    setHidden(this.legend, runners.length === 0);
    setHidden(this.none, runners.length > 0);
    setText(this.none, emptyText(pool));
    if (!runners.some(runner => runner.id === this.selected)) {
      this.selected = runners[0]?.id;
    }
    const shared = {...context, pool: pool.name, slots: pool.slotsPerRunner, density, cells, selected: this.selected};
    this.tiles.update(runners, runner => runner.id, shared);
    this.#describe(runners, shared);
  }

  #describe(runners = this.shown?.runners ?? [], shared = this.shown?.shared) {
    this.shown = {runners, shared};
    const focused = this.box.contains(document.activeElement) ? this.selected : undefined;
    const shown = runners.find(runner => runner.id === (this.hovered ?? focused));
    setHidden(this.detail, runners.length === 0);
    setText(this.detail, shown ? description(shown, shared) : 'Point at a runner, or go to it with Tab and the arrow keys.');
  }

  #hover(id) {
    this.hovered = id;
    this.#describe();
  }

  #select(id) {
    if (id === undefined) {
      return;
    }
    this.selected = id;
    for (const tile of this.tiles.views) {
      tile.select(tile.node.dataset.runner === id);
    }
    this.#describe();
  }

  #move(event) {
    const all = [...this.box.children];
    const at = all.indexOf(document.activeElement);
    const perRow = all.filter(tile => tile.offsetTop === all[0].offsetTop).length;
    const steps = {ArrowRight: 1, ArrowLeft: -1, ArrowDown: perRow, ArrowUp: -perRow, Home: -all.length, End: all.length};
    const step = steps[event.key];
    if (step === undefined || at < 0) {
      return;
    }
    event.preventDefault();
    all[Math.min(all.length - 1, Math.max(0, at + step))].focus();
  }
}

class Tile {
  constructor(runner) {
    this.name = el('span', 'id');
    this.word = el('span', 'word');
    this.slots = el('span', 'slots');
    this.foot = el('span', 'foot');
    this.node = el('div', 'tile', el('span', 'line', this.name, this.word), this.slots, this.foot);
    this.node.dataset.runner = runner.id;
    this.node.setAttribute('role', 'option');
  }

  update(runner, shared) {
    const {now, pool, slots, density, cells, selected} = shared;
    const booting = runner.state === 'booting';
    const age = duration(now - runner.since);
    setAttribute(this.node, 'data-state', runner.state);
    setAttribute(this.node, 'data-full', !booting && slots > 0 && runner.busy >= slots);
    setAttribute(this.node, 'aria-label', description(runner, shared));
    this.select(runner.id === selected);
    setText(this.name, shortId(runner.id, pool));
    setText(this.word, word(runner, density));
    this.#drawSlots(runner, booting, cells, slots, density);
    setText(this.foot, density !== 'roomy' ? '' : booting ? `${phaseText(runner)} ${age}` : `${plural(runner.served, 'call')}, ${age}`);
  }

  select(selected) {
    setAttribute(this.node, 'aria-selected', selected);
    setAttribute(this.node, 'tabindex', selected ? 0 : -1);
  }

  #drawSlots(runner, booting, cells, slots, density) {
    const kind = booting ? 'booting' : cells > 0 ? `cells ${cells}` : 'bar';
    if (this.kind !== kind) {
      this.kind = kind;
      this.slots.className = booting ? 'slots booting' : cells > 0 ? 'slots cells' : 'slots bar';
      this.slots.replaceChildren(
        ...(booting ? [] : cells > 0 ? Array.from({length: cells}, () => el('span', 'cell')) : [el('span', 'fill'), el('span', 'number')]));
    }
    if (booting) {
      return;
    }
    if (cells > 0) {
      [...this.slots.children].forEach((cell, index) => setAttribute(cell, 'data-busy', index < runner.busy));
    } else {
      const [fill, number] = this.slots.children;
      fill.style.inlineSize = `${slots > 0 ? Math.min(100, (100 * runner.busy) / slots) : 0}%`;
      setText(number, density === 'dense' ? '' : `${count(runner.busy)}/${count(slots)}`);
    }
  }
}

function word(runner, density) {
  const signs = {booting: '◌', draining: '↓', stopping: '×'};
  if (runner.state === 'ready') {
    return '';
  }
  const sign = signs[runner.state] ?? '?';
  return density === 'roomy' ? `${sign} ${runner.state}` : sign;
}

function description(runner, {now, slots}) {
  const age = duration(now - runner.since);
  if (runner.state === 'booting') {
    const phase = phaseText(runner);
    return `${runner.id}: booting for ${age}${phase ? `, ${phase}` : ''}`;
  }
  return `${runner.id}: ${runner.state}, ${count(runner.busy)} of ${plural(slots, 'slot')} busy, `
    + `${plural(runner.served, 'call')} served, asked for ${age} ago`;
}

function emptyText(pool) {
  if (!pool.open) {
    return 'Its runners are gone.';
  }
  return pool.queued > 0
    ? 'No runner is up, and calls wait for one. If it does not come, the failures say why.'
    : 'No runner is up. The next call starts one; min(1) would keep one ready.';
}

function legend() {
  const item = (name, text) => {
    const sign = el('span', `key ${name}`);
    sign.setAttribute('aria-hidden', 'true');
    return el('span', 'item', sign, text);
  };
  return el('p', 'legend', item('busy', 'busy slot'), item('free', 'free slot'), item('boot', '◌ booting'), item('drain', '↓ draining'));
}
