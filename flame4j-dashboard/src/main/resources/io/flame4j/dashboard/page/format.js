// Numbers and times in words, the same everywhere on the page.

const NUMBER = new Intl.NumberFormat('en');
const CLOCK = new Intl.DateTimeFormat('en-GB', {hour: '2-digit', minute: '2-digit', second: '2-digit'});

export const count = value => NUMBER.format(value);

export const plural = (value, one, many = `${one}s`) => `${count(value)} ${value === 1 ? one : many}`;

export const clock = millis => CLOCK.format(new Date(millis));

/** A time span that is measured while one looks: no more digits than the eye can follow. */
export function duration(millis) {
  const seconds = Math.max(0, millis) / 1000;
  if (seconds < 10) {
    return `${seconds.toFixed(1)} s`;
  }
  if (seconds < 60) {
    return `${Math.floor(seconds)} s`;
  }
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) {
    return `${minutes} min ${String(Math.floor(seconds % 60)).padStart(2, '0')} s`;
  }
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${String(minutes % 60).padStart(2, '0')} min` : `${Math.floor(hours / 24)} days`;
}

/** The mean time of a call. */
export function micros(value) {
  if (value < 1000) {
    return `${Math.round(value)} µs`;
  }
  const millis = value / 1000;
  if (millis < 10) {
    return `${millis.toFixed(1)} ms`;
  }
  return millis < 1000 ? `${Math.round(millis)} ms` : `${(millis / 1000).toFixed(millis < 10000 ? 1 : 0)} s`;
}

/** Calls per second from calls per minute, as exact as is worth it. */
export function perSecond(perMinute) {
  const value = perMinute / 60;
  if (value === 0) {
    return '0';
  }
  return value < 10 ? value.toFixed(1) : count(Math.round(value));
}

/** The part of a runner's id that tells it from others of its pool. */
export function shortId(id, pool) {
  return id.startsWith(`${pool}-`) && id.length > pool.length + 1 ? id.slice(pool.length + 1) : id;
}
