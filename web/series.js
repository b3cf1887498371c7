// What charts show: the last minute from what the page itself has heard, the last hour and day from the router.
import { ask } from './session.js';

const minutePoints = 60;
const spans = { minute: { slots: minutePoints, step: 1 }, hour: { slots: 360, step: 10, every: 10000 }, day: { slots: 360, step: 240, every: 60000 } };

const heard = new Map();
let span = 'hour';
let told = null;
let timer = null;
let show = () => {};

const empty = () => ({ down: [], up: [], latency: [], loss: [] });

/** The router tells rates of the last minute, one for two seconds; the page begins with them. */
function begun(uplink) {
  const series = empty();
  const recent = uplink.traffic?.recent_down ?? [];
  recent.forEach((down, index) => {
    for (let twice = 0; twice < 2; twice += 1) {
      series.down.push(down);
      series.up.push(uplink.traffic.recent_up[index]);
      series.latency.push(null);
      series.loss.push(0);
    }
  });
  return series;
}

export function hear(status) {
  for (const uplink of status.uplinks) {
    const series = heard.get(uplink.name) ?? begun(uplink);
    heard.set(uplink.name, series);
    series.down.push(uplink.traffic?.down ?? 0);
    series.up.push(uplink.traffic?.up ?? 0);
    series.latency.push(uplink.probes?.latency_ms ?? null);
    series.loss.push(uplink.probes?.loss ?? 0);
    for (const values of Object.values(series)) values.splice(0, Math.max(0, values.length - minutePoints));
  }
  if (span === 'minute') show();
}

/** A page that sleeps hears nothing; what it knew is not the last minute when it wakes. */
export const forget = () => heard.clear();

export function of(name) {
  const { slots, step } = spans[span];
  if (span === 'minute') return { span, slots, step, ...(heard.get(name) ?? empty()) };
  const found = told?.span === span ? told.uplinks.find((uplink) => uplink.name === name) : null;
  if (!found) return { span, slots, step, ...empty() };
  return { span, slots, step: told.step, down: found.down, up: found.up, latency: found.latency_ms, loss: found.loss };
}

export async function fetchSeries() {
  clearTimeout(timer);
  if (span === 'minute' || document.hidden) return show();
  const asked = span;
  try {
    const answer = await ask('/api/charts', { span: asked });
    if (asked === span) told = answer;
  } catch {
    // The banner tells that the router is not there.
  }
  if (asked === span) timer = setTimeout(fetchSeries, spans[asked].every);
  return show();
}

export function setSpan(wanted) {
  span = wanted;
  return fetchSeries();
}

export const onSeries = (listener) => { show = listener; };
