// How states come here: as server-sent events, or, where whoever serves this page has no stream, by asking each second.
// The browser connects anew by itself when a stream breaks, but not after an answer that is no stream.

const SILENCE_MILLIS = 25_000;
const RETRY_MILLIS = 3_000;
const POLL_MILLIS = 1_000;

export class Connection {
  #onState;
  #onStatus;
  #source = null;
  #timer = 0;
  #watchdog = 0;

  /** onState is given each state, onStatus 'live', 'lost' or 'refused' and what is to be said of it. */
  constructor(onState, onStatus) {
    this.#onState = onState;
    this.#onStatus = onStatus;
    // Nobody looks at a page in the background; the place it takes at the server is better given to somebody else.
    document.addEventListener('visibilitychange', () => (document.hidden ? this.#stop() : this.#start()));
    if (!document.hidden) {
      this.#start();
    }
  }

  #start() {
    this.#stop();
    this.#source = new EventSource('events');
    this.#source.onmessage = event => this.#received(event.data);
    this.#source.onerror = () => {
      if (this.#source?.readyState === EventSource.CLOSED) {
        this.#askWhy();
      } else {
        this.#onStatus('lost', '');
      }
    };
  }

  #stop() {
    this.#source?.close();
    this.#source = null;
    clearTimeout(this.#timer);
    clearTimeout(this.#watchdog);
  }

  #received(text) {
    clearTimeout(this.#watchdog);
    // A connection may be dead and not know it: the server is never silent for so long.
    this.#watchdog = setTimeout(() => {
      this.#onStatus('lost', '');
      this.#start();
    }, SILENCE_MILLIS);
    this.#onStatus('live', '');
    this.#onState(JSON.parse(text));
  }

  async #askWhy() {
    this.#stop();
    const asked = new AbortController();
    try {
      const answer = await fetch('events', {cache: 'no-store', signal: asked.signal});
      if (answer.ok) {
        this.#again(0, () => this.#start());
      } else if (answer.status === 404 || answer.status === 405 || answer.status === 406) {
        this.#poll();
      } else {
        this.#onStatus('refused', (await answer.text()).slice(0, 300) || `The server answers ${answer.status}.`);
        this.#again(RETRY_MILLIS, () => this.#start());
      }
    } catch {
      this.#onStatus('lost', '');
      this.#again(RETRY_MILLIS, () => this.#start());
    } finally {
      asked.abort();
    }
  }

  async #poll() {
    try {
      const answer = await fetch('state', {cache: 'no-store'});
      if (answer.ok) {
        this.#onStatus('live', '');
        this.#onState(await answer.json());
      } else {
        this.#onStatus('refused', `The server answers ${answer.status}.`);
      }
    } catch {
      this.#onStatus('lost', '');
    }
    this.#again(POLL_MILLIS, () => this.#poll());
  }

  #again(millis, step) {
    clearTimeout(this.#timer);
    if (!document.hidden) {
      this.#timer = setTimeout(step, millis);
    }
  }
}
