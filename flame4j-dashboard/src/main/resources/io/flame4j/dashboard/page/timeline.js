// The last minutes of a pool: one lane for each thing that is counted, all on one axis of time.

import {el, setAttribute, setText, svg} from './dom.js';
import {clock, count, perSecond, plural} from './format.js';

const HEIGHT = 100;
const STEP_MILLIS = 1000;

/** How many seconds are shown, and after how many there is a line: few while a pool is young. */
const SPANS = [[60, 15], [120, 30], [300, 60]];

/** A lane: its name, the areas in it from the bottom up, a line for what is possible, and its value in words. */
const LANES = [
  {
    name: 'Runners',
    areas: [['ready', 'ready'], ['booting', 'booting']],
    total: t => stack(t.ready, t.booting),
    now: pool => count(pool.ready),
  },
  {
    name: 'Busy slots',
    areas: [['busy', 'busy']],
    line: 'slots',
    total: t => t.slots.map((slots, i) => Math.max(slots, t.busy[i])),
    now: pool => count(pool.busy),
  },
  {name: 'Waiting calls', areas: [['queued', 'queued']], total: t => t.queued, now: pool => count(pool.queued)},
  {
    name: 'Calls per second',
    areas: [['unsuccessful', 'bad'], ['good', 'good']],
    total: t => t.ended,
    now: pool => perSecond(pool.calls.perMinute),
  },
];

const stack = (one, other) => one.map((value, i) => value + other[i]);

export class Timeline {
  constructor() {
    this.lanes = LANES.map(lane => new Lane(lane));
    this.axis = el('div', 'axis');
    this.cursor = el('div', 'cursor');
    this.plot = el('div', 'plot', ...this.lanes.map(lane => lane.node), this.cursor);
    this.readout = el('p', 'detail');
    this.node = el('section', 'panel timeline', el('h3', '', 'The last minutes'), this.plot, this.axis, this.readout);
    this.back = null;
    this.#listen();
  }

  update(pool, {seconds, now}) {
    const {timeline, open} = pool;
    const [span, tick] = SPANS.find(([shown]) => timeline.ready.length <= shown) ?? [seconds, 60];
    this.seconds = span;
    this.now = now;
    const good = timeline.ended.map((ended, i) => ended - timeline.unsuccessful[i]);
    this.series = {...timeline, good};
    // Most states come between two samples, and the lines stay what they are.
    const key = JSON.stringify(timeline);
    if (key !== this.drawn) {
      this.drawn = key;
      for (const lane of this.lanes) {
        lane.draw(this.series, span, tick);
      }
    }
    for (const lane of this.lanes) {
      lane.tell(pool);
    }
    this.#drawAxis(span, tick, open);
    this.#drawCursor();
  }

  #drawAxis(seconds, tick, open) {
    const labels = Array.from({length: seconds / tick}, (_, i) => ago(seconds - i * tick));
    const all = [...labels, open ? 'now' : 'closed'];
    if (this.axis.dataset.labels !== all.join()) {
      this.axis.dataset.labels = all.join();
      this.axis.replaceChildren(...all.map(text => el('span', '', text)));
    }
  }

  // A cursor that shows the values of one second, for the pointer and for the keyboard.

  #listen() {
    const {plot} = this;
    plot.tabIndex = 0;
    plot.setAttribute('role', 'slider');
    plot.setAttribute('aria-label', 'Moment in the timeline');
    plot.addEventListener('pointermove', event => {
      const box = this.lanes[0].picture.getBoundingClientRect();
      this.#moveTo(Math.round(((box.right - event.clientX) / box.width) * this.seconds - 0.5));
    });
    plot.addEventListener('pointerleave', () => this.#moveTo(null));
    plot.addEventListener('blur', () => this.#moveTo(null));
    plot.addEventListener('keydown', event => {
      const size = this.series?.ready.length ?? 0;
      const at = this.back ?? -1;
      const moves = {ArrowLeft: at + 1, ArrowRight: at - 1, PageUp: at + 30, PageDown: at - 30, Home: size - 1, End: 0};
      if (event.key === 'Escape') {
        this.#moveTo(null);
      } else if (moves[event.key] !== undefined) {
        event.preventDefault();
        this.#moveTo(Math.max(0, moves[event.key]));
      }
    });
  }

  #moveTo(back) {
    const size = this.series?.ready.length ?? 0;
    this.back = back === null || size === 0 ? null : Math.min(size - 1, Math.max(0, back));
    this.#drawCursor();
  }

  #drawCursor() {
    const {plot, cursor, series, seconds} = this;
    setAttribute(plot, 'aria-valuemin', -(seconds - 1));
    setAttribute(plot, 'aria-valuemax', 0);
    setAttribute(plot, 'aria-valuenow', -(this.back ?? 0));
    cursor.hidden = this.back === null;
    const text = this.back === null ? 'Point at the lines, or use the arrow keys, to read them.' : this.#valuesAt(series);
    setText(this.readout, text);
    setAttribute(plot, 'aria-valuetext', this.back === null ? 'now' : text);
    if (this.back !== null) {
      const picture = this.lanes[0].picture;
      cursor.style.insetInlineStart = `${picture.offsetLeft + picture.clientWidth * (1 - (this.back + 0.5) / seconds)}px`;
    }
  }

  #valuesAt(t) {
    const i = t.ready.length - 1 - this.back;
    return `${clock(this.now - this.back * STEP_MILLIS)}: ${plural(t.ready[i], 'runner')}`
      + `${t.booting[i] ? ` and ${count(t.booting[i])} booting` : ''}, ${count(t.busy[i])} of ${plural(t.slots[i], 'slot')} busy, `
      + `${count(t.queued[i])} waiting, ${plural(t.ended[i], 'call')} ended`
      + `${t.unsuccessful[i] ? `, ${count(t.unsuccessful[i])} of them without success` : ''}`;
  }
}

class Lane {
  constructor(lane) {
    this.lane = lane;
    this.value = el('span', 'value');
    this.most = el('span', 'most');
    this.picture = svg('svg', {viewBox: `0 0 300 ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true'});
    this.grid = svg('path', {class: 'grid'});
    this.paths = lane.areas.map(([, style]) => svg('path', {class: `area ${style}`}));
    this.line = svg('path', {class: 'capacity'});
    this.picture.append(this.grid, ...this.paths, this.line);
    this.node = el('div', 'lane', el('span', 'label', lane.name, this.value), this.picture, this.most);
  }

  /** What it is now, as at the head of the pool: the newest sample may be a second old. */
  tell(pool) {
    setText(this.value, pool.open ? this.lane.now(pool) : '');
  }

  draw(series, seconds, tick) {
    const total = this.lane.total(series);
    const most = Math.max(1, ...total);
    setAttribute(this.picture, 'viewBox', `0 0 ${seconds} ${HEIGHT}`);
    setAttribute(this.grid, 'd', Array.from({length: seconds / tick - 1}, (_, i) => `M${(i + 1) * tick} 0V${HEIGHT}`).join(''));
    setText(this.most, count(most));
    let below = total.map(() => 0);
    this.lane.areas.forEach(([name], i) => {
      const top = stack(below, series[name]);
      setAttribute(this.paths[i], 'd', area(below, top, most, seconds));
      below = top;
    });
    setAttribute(this.line, 'd', this.lane.line ? steps(series[this.lane.line], most, seconds) : '');
  }
}

const ago = seconds => (seconds % 60 === 0 ? `−${seconds / 60} min` : `−${seconds} s`);

const y = (value, most) => (HEIGHT * (1 - value / most)).toFixed(1);

/** A line of steps: a value holds for its second. */
function steps(values, most, seconds) {
  const first = seconds - values.length;
  return values.map((value, i) => `${i === 0 ? 'M' : 'L'}${first + i} ${y(value, most)}H${first + i + 1}`).join('');
}

function area(below, top, most, seconds) {
  if (top.length === 0) {
    return '';
  }
  const first = seconds - top.length;
  const back = below.map((value, i) => `V${y(value, most)}H${first + i}`).reverse().join('');
  return `${steps(top, most, seconds)}${back}Z`;
}
