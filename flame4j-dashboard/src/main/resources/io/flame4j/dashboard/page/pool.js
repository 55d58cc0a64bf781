// One pool: what a second person reads first, and the panels below it.

import {el, KeyedList, setAttribute, setHidden, setText} from './dom.js';
import {BootsPanel, FailuresPanel} from './failures.js';
import {count, micros, perSecond, plural} from './format.js';
import {RunnersPanel} from './runners.js';
import {Timeline} from './timeline.js';

const RECENT_MILLIS = 60_000;

/** The state of a pool in one word, with a sign, since colour alone would not tell everybody. */
export function verdict(pool, now) {
  if (!pool.open) {
    return {sign: '■', word: 'closed', mood: 'quiet'};
  }
  const newest = pool.failures[0];
  const bootFails = pool.failures.some(failure => failure.kind === 'boot' && now - failure.at < RECENT_MILLIS);
  if (bootFails && pool.ready === 0) {
    return {sign: '✕', word: 'runners do not start', mood: 'bad'};
  }
  if (pool.queued > 0 && pool.booting === 0 && pool.ready >= pool.max) {
    return {sign: '▲', word: 'full', mood: 'warn'};
  }
  if (pool.booting > 0 && pool.busy === 0) {
    return {sign: '◌', word: 'starting', mood: 'warn'};
  }
  if (newest && newest.kind !== 'call' && now - newest.at < RECENT_MILLIS / 4) {
    return {sign: '!', word: newest.kind === 'lost' ? 'lost a runner' : 'a boot failed', mood: 'bad'};
  }
  return pool.busy > 0 ? {sign: '●', word: 'working', mood: 'good'} : {sign: '○', word: 'idle', mood: 'quiet'};
}

export class PoolView {
  constructor(pool) {
    const title = el('h2', '', pool.name);
    title.id = `pool-${encodeURIComponent(pool.name)}`;
    title.tabIndex = -1;
    this.badge = el('p', 'badge');
    this.sentence = el('p', 'sentence');
    this.resize = new ResizeForm(pool.name);
    this.stats = new Stats();
    this.runners = new RunnersPanel(pool.name);
    this.timeline = new Timeline();
    this.boots = new BootsPanel();
    this.failures = new FailuresPanel();
    this.calls = new CallsPanel();
    const head = el('header', 'pool-head', el('div', 'pool-title', title, this.badge), this.sentence, this.resize.node);
    const main = el('div', 'column', this.runners.node, this.timeline.node);
    const side = el('div', 'column', this.boots.node, this.failures.node, this.calls.node);
    this.node = el('section', 'pool', head, this.stats.node, el('div', 'columns', main, side));
    this.node.setAttribute('aria-labelledby', title.id);
  }

  update(pool, context) {
    const {sign, word, mood} = verdict(pool, context.now);
    setText(this.badge, `${sign} ${word}`);
    setAttribute(this.badge, 'data-mood', mood);
    setText(this.sentence, sentence(pool));
    setAttribute(this.node, 'data-open', pool.open);
    this.resize.update(pool, context);
    this.stats.update(pool);
    this.runners.update(pool, context);
    this.timeline.update(pool, context);
    this.boots.update(pool, context);
    setHidden(this.runners.node, !pool.open);
    setHidden(this.boots.node, !pool.open);
    this.failures.update(pool);
    this.calls.update(pool);
  }
}

function sentence(pool) {
  if (!pool.open) {
    return 'This pool was closed. It stays here for a few minutes.';
  }
  const parts = [];
  parts.push(pool.ready === 0 ? 'No runner is up' : `${plural(pool.ready, 'runner')} of at most ${count(pool.max)}`);
  if (pool.booting > 0) {
    parts.push(`${count(pool.booting)} starting`);
  }
  if (pool.draining > 0) {
    parts.push(`${count(pool.draining)} finishing`);
  }
  if (pool.slots > 0) {
    parts.push(`${count(pool.busy)} of ${plural(pool.slots, 'slot')} busy`);
  }
  parts.push(pool.queued > 0 ? `${plural(pool.queued, 'call waits', 'calls wait')}` : 'no call waits');
  return `${parts.join(', ')}.`;
}

class Stats {
  constructor() {
    this.tiles = {
      runners: new Stat('Runners'),
      slots: new Stat('Busy slots'),
      queue: new Stat('Waiting calls'),
      rate: new Stat('Calls per second'),
      failed: new Stat('Unsuccessful'),
    };
    this.node = el('dl', 'stats', ...Object.values(this.tiles).map(tile => tile.node));
  }

  update(pool) {
    const {runners, slots, queue, rate, failed} = this.tiles;
    runners.update(count(pool.ready), `max ${count(pool.max)}, min ${count(pool.min)}`, pool.max ? pool.ready / pool.max : 0);
    slots.update(count(pool.busy), `of ${count(pool.slots)}`, pool.slots ? pool.busy / pool.slots : 0);
    queue.update(count(pool.queued), pool.queued === 0 ? '' : 'for a free slot');
    setAttribute(queue.node, 'data-mood', pool.queued > 0 ? 'warn' : '');
    const all = Object.values(pool.calls.outcomes).reduce((sum, value) => sum + value, 0);
    rate.update(perSecond(pool.calls.perMinute), all ? `${micros(pool.calls.meanMicros)} on average` : 'no call so far');
    const good = pool.calls.outcomes.succeeded ?? 0;
    failed.update(count(all - good), `of ${plural(all, 'call')}`);
    setAttribute(failed.node, 'data-mood', all > good ? 'bad' : '');
  }
}

class Stat {
  constructor(label) {
    this.value = el('span', 'value');
    this.note = el('span', 'note');
    this.fill = el('span', 'fill');
    this.meter = el('span', 'meter', this.fill);
    this.meter.setAttribute('aria-hidden', 'true');
    this.node = el('div', 'stat', el('dt', '', label), el('dd', '', this.value, ' ', this.note, this.meter));
  }

  update(value, note, share) {
    setText(this.value, value);
    setText(this.note, note);
    setHidden(this.meter, share === undefined);
    if (share !== undefined) {
      this.fill.style.inlineSize = `${Math.min(100, share * 100).toFixed(1)}%`;
    }
  }
}

class CallsPanel {
  constructor() {
    const list = el('ul', 'outcomes');
    this.list = new KeyedList(list, () => new Outcome());
    this.none = el('p', 'none', 'No call has ended so far.');
    this.refused = el('p', 'refused');
    this.node = el('section', 'panel', el('h3', '', 'How calls ended'), list, this.none, this.refused);
  }

  update(pool) {
    const outcomes = Object.entries(pool.calls.outcomes);
    const most = Math.max(1, ...outcomes.map(([, value]) => value));
    this.list.update(outcomes, ([name]) => name, most);
    setHidden(this.none, outcomes.length > 0);
    const refused = Object.entries(pool.refused).map(([kind, value]) => `${count(value)} ${kind}`);
    setHidden(this.refused, refused.length === 0);
    setText(this.refused, `Refused connections to the port for runners: ${refused.join(', ')}.`);
  }
}

class Outcome {
  constructor() {
    this.name = el('span', 'name');
    this.value = el('span', 'number');
    this.fill = el('span', 'fill');
    this.node = el('li', '', this.name, el('span', 'meter', this.fill), this.value);
  }

  update([name, value], most) {
    setText(this.name, name);
    setText(this.value, count(value));
    setAttribute(this.node, 'data-good', name === 'succeeded');
    this.fill.style.inlineSize = `${(100 * value) / most}%`;
  }
}

class ResizeForm {
  constructor(pool) {
    this.pool = pool;
    this.min = numberField('min', 0);
    this.max = numberField('max', 1);
    this.result = el('output', 'result');
    const button = el('button', '', 'Resize');
    this.node = el('form', 'resize', labelled('min', this.min), labelled('max', this.max), button, this.result);
    this.node.setAttribute('aria-label', `Resize pool ${pool}`);
    this.node.addEventListener('submit', event => {
      event.preventDefault();
      this.#send();
    });
    // What somebody types is not overwritten by what is.
    this.node.addEventListener('input', () => (this.edited = true));
    this.node.addEventListener('keydown', event => {
      if (event.key === 'Escape') {
        this.edited = false;
      }
    });
  }

  update(pool, {resize}) {
    setHidden(this.node, !resize || !pool.open);
    if (!this.edited && (this.shown !== `${pool.min} ${pool.max}`)) {
      this.shown = `${pool.min} ${pool.max}`;
      this.min.value = pool.min;
      this.max.value = pool.max;
    }
  }

  async #send() {
    const parameters = new URLSearchParams({pool: this.pool, min: this.min.value, max: this.max.value});
    setText(this.result, 'Resizing…');
    try {
      const headers = {'X-Flame4j-Dashboard': 'resize', 'Content-Type': 'application/json'};
      const answer = await fetch(`resize?${parameters}`, {method: 'POST', headers, body: '{}'});
      const text = await answer.text();
      setText(this.result, answer.ok ? `Now ${this.min.value} to ${this.max.value} runners.` : text.slice(0, 300));
      if (answer.ok) {
        this.edited = false;
        this.shown = '';
      }
    } catch {
      setText(this.result, 'Not done: the application does not answer.');
    }
  }
}

function numberField(name, min) {
  const field = el('input');
  Object.assign(field, {type: 'number', name, min, max: 100_000, step: 1, required: true, inputMode: 'numeric'});
  return field;
}

const labelled = (text, field) => el('label', '', `${text} `, field);
