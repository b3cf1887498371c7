// One uplink's chart: rates down (area) and up (line), below them latency (line) and loss (bars).
import { make, say, svg } from './dom.js';
import { duration, milliseconds, percent, rate } from './format.js';

const width = 360;
const height = 100;

const largest = (values) => values.reduce((most, value) => (value > most ? value : most), 0);

/** The next 1, 2 or 5 times a power of ten, so that the scale does not move all the time. */
function ceiling(value, least) {
  if (value <= least) return least;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((limit) => value <= limit);
}

/** Where nothing is known the line has a gap. */
function line(values, slots, top) {
  let path = '';
  let pen = 'M';
  values.forEach((value, index) => {
    if (value === null || value === undefined) { pen = 'M'; return; }
    const x = ((slots - values.length + index) / (slots - 1)) * width;
    const y = height - Math.min(value / top, 1) * (height - 4) - 1;
    path += `${pen}${x.toFixed(1)} ${y.toFixed(1)}`;
    pen = 'L';
  });
  return path;
}

function area(values, slots, top) {
  if (values.length === 0) return '';
  const start = ((slots - values.length) / (slots - 1)) * width;
  return `M${start.toFixed(1)} ${height}${line(values.map((value) => value ?? 0), slots, top).replace('M', 'L')}L${width} ${height}Z`;
}

function bars(values, slots) {
  const step = width / (slots - 1);
  return values.map((value, index) => {
    if (!value) return '';
    const x = (slots - values.length + index) * step - step / 2;
    const tall = Math.max(6, value * height);
    return `M${x.toFixed(1)} ${height}v${(-tall).toFixed(1)}h${Math.max(step, 1.5).toFixed(1)}V${height}Z`;
  }).join('');
}

const frame = (kind, ...parts) => svg('svg', { class: kind, viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
  svg('path', { class: 'base', d: `M0 ${height}H${width}` }), ...parts);

export class Chart {
  constructor(name) {
    this.name = name;
    this.data = null;
    this.parts = { area: svg('path', { class: 'area' }), down: svg('path', { class: 'l1' }), up: svg('path', { class: 'l2' }),
      latency: svg('path', { class: 'l3' }), loss: svg('path', { class: 'lossbar' }) };
    this.top = make('span', { class: 'top-value' });
    this.from = make('span');
    this.readout = make('span');
    this.element = make('figure', { class: 'chart', role: 'img', 'data-chart': name },
      this.top, frame('rate', this.parts.area, this.parts.down, this.parts.up), frame('quality', this.parts.loss, this.parts.latency),
      make('figcaption', {}, this.from, this.readout));
    this.element.addEventListener('pointermove', (event) => this.point(event));
    this.element.addEventListener('pointerleave', () => { this.index = null; this.tell(); });
  }

  /** data: {span, step (s), slots, down: [], up: [], latency: [], loss: []}, the newest last */
  show(data) {
    this.data = data;
    const top = ceiling(Math.max(largest(data.down), largest(data.up)), 10000);
    const latencyTop = ceiling(largest(data.latency.map((value) => value ?? 0)), 10);
    this.parts.area.setAttribute('d', area(data.down, data.slots, top));
    this.parts.down.setAttribute('d', line(data.down, data.slots, top));
    this.parts.up.setAttribute('d', line(data.up, data.slots, top));
    this.parts.latency.setAttribute('d', line(data.latency, data.slots, latencyTop));
    this.parts.loss.setAttribute('d', bars(data.loss, data.slots));
    say(this.top, rate(top));
    say(this.from, `a ${data.span} ago`.replace('a h', 'an h'));
    this.element.setAttribute('aria-label', this.summary());
    this.tell();
  }

  summary() {
    const { span, down, up, latency, loss } = this.data;
    const answered = latency.filter((value) => value !== null && value !== undefined);
    const times = answered.length > 0 ? `latency ${milliseconds(Math.min(...answered))} to ${milliseconds(largest(answered))}` : 'no latency known';
    return `${this.name}, last ${span}: down up to ${rate(largest(down))}, up up to ${rate(largest(up))}, ${times}, loss up to ${percent(largest(loss))}`;
  }

  point(event) {
    const box = this.element.getBoundingClientRect();
    const slot = Math.round(((event.clientX - box.left) / box.width) * ((this.data?.slots ?? 1) - 1));
    this.index = slot - ((this.data?.slots ?? 0) - (this.data?.down.length ?? 0));
    this.tell();
  }

  tell() {
    const { down, up, latency, loss, step } = this.data ?? { down: [] };
    if (this.index === null || this.index === undefined || down[this.index] === undefined) {
      say(this.readout, latency?.length ? `latency ${milliseconds(latency.at(-1))}, loss ${percent(loss.at(-1) ?? 0)}` : '');
      return;
    }
    const back = (down.length - 1 - this.index) * step;
    say(this.readout, `${back > 0 ? `− ${duration(back)}` : 'now'}: ↓ ${rate(down[this.index])} ↑ ${rate(up[this.index])} · ${milliseconds(latency[this.index])} · ${percent(loss[this.index] ?? 0)}`);
  }
}
