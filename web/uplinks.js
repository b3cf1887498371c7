// The uplinks as cards: made once for each name, then only what differs is changed, so that nobody loses the focus.
import { $, make, say } from './dom.js';
import { age, count, join, milliseconds, percent, rate } from './format.js';
import { Chart } from './charts.js';
import { change, runDialog } from './session.js';
import * as series from './series.js';

// A sign beside the word and the colour.
const signs = { up: '●', degraded: '▲', draining: '◐', held: '◆', down: '✕' };
const cards = new Map();

const both = (four, six) => [four, six].filter((text) => text).join(' ') || '–';

function share(uplink) {
  const { ipv4, ipv6 } = uplink;
  if (ipv4.share === ipv6.share || !ipv6.usable) return percent(ipv4.share);
  return `${percent(ipv4.share)} (IPv6 ${percent(ipv6.share)})`;
}

const actions = {
  drain: { title: 'Drain', what: 'gets no new connections; those that it has stay.', limited: true },
  disable: { title: 'Disable', what: 'is taken out at once, as if it had failed: its connections break.', limited: true },
  enable: { title: 'Enable', what: 'takes new connections again, as its probes allow.', limited: false },
};

async function act(name, action) {
  const { title, what, limited } = actions[action];
  const dialog = $('confirm');
  say($('confirm-title'), `${title} ${name}?`);
  say($('confirm-what'), `${name} ${what}`);
  $('confirm-for').hidden = !limited;
  say(dialog.querySelector('[type=submit]'), title);
  await runDialog(dialog, async (form) => {
    const time = limited ? form.elements.for.value : '';
    await change('/api/wan', { action, uplink: name, ...(time ? { for_ms: Number(time) } : {}) });
  });
}

class Card {
  constructor(name) {
    this.facts = new Map();
    this.list = make('dl', { class: 'facts' });
    this.pill = make('span', { class: 'pill' });
    this.why = make('p', { class: 'why' });
    this.rates = { down: make('b', { class: 'a' }), up: make('b', { class: 'b' }), connections: make('b') };
    const labelled = (element, label) => make('div', {}, element, make('span', {}, label));
    this.chart = new Chart(name);
    const button = (action) => make('button', { type: 'button', 'data-action': action, 'aria-label': `${actions[action].title} ${name}`, onclick: () => act(name, action) }, actions[action].title);
    this.buttons = { drain: button('drain'), disable: button('disable'), enable: button('enable') };
    this.element = make('article', { class: 'card', 'data-uplink': name, 'aria-label': `Uplink ${name}` },
      make('header', {}, make('h3', {}, name), this.pill), this.why,
      make('div', { class: 'rates' }, labelled(this.rates.down, 'down'), labelled(this.rates.up, 'up'), labelled(this.rates.connections, 'connections')),
      this.chart.element, this.list, make('div', { class: 'actions' }, ...Object.values(this.buttons)));
  }

  fact(label, text, wide = false) {
    let value = this.facts.get(label);
    if (!value) {
      value = make('dd');
      this.facts.set(label, value);
      this.list.append(make('div', { class: wide ? 'wide' : null }, make('dt', {}, label), value));
    }
    say(value, text);
  }

  show(uplink) {
    const { traffic, probes, state } = uplink;
    this.element.dataset.state = state;
    say(this.pill, `${signs[state] ?? '?'} ${state}`);
    say(this.why, join(`for ${age(uplink.since)}`, uplink.why));
    say(this.rates.down, rate(traffic?.down));
    say(this.rates.up, rate(traffic?.up));
    say(this.rates.connections, count(traffic?.connections));
    this.fact('Share of new', share(uplink));
    this.fact('Weight', uplink.tier > 1 ? `${uplink.weight} · tier ${uplink.tier}` : `${uplink.weight}`);
    this.fact('Latency', probes?.latency_ms === undefined ? '–' : `${milliseconds(probes.latency_ms)} ± ${milliseconds(probes.jitter_ms)}`);
    this.fact('Loss', probes ? percent(probes.loss) : '–');
    this.fact('Device', uplink.device);
    this.fact('Gateway', both(uplink.ipv4.gateway, uplink.ipv6.gateway));
    this.fact('Address', both(uplink.ipv4.address, uplink.ipv6.address), true);
    const out = state === 'draining' || uplink.why.includes('by hand');
    this.buttons.drain.hidden = out;
    this.buttons.disable.hidden = out && state !== 'draining';
    this.buttons.enable.hidden = !out;
  }
}

function showShares(uplinks) {
  const bar = $('shares');
  const parts = uplinks.map((uplink) => ({ name: uplink.name, share: Math.max(uplink.ipv4.share, uplink.ipv6.share) })).filter((part) => part.share > 0);
  bar.hidden = parts.length === 0;
  bar.setAttribute('aria-label', `New connections go to: ${parts.map((part) => `${part.name} ${percent(part.share)}`).join(', ')}`);
  const present = [...bar.children].map((child) => child.dataset.name).join('\n');
  if (present !== parts.map((part) => part.name).join('\n'))
    bar.replaceChildren(...parts.map((part) => make('div', { 'data-name': part.name })));
  parts.forEach((part, index) => {
    bar.children[index].style.flexGrow = part.share;
    say(bar.children[index], `${part.name} ${percent(part.share)}`);
  });
}

export function showUplinks(status) {
  const { uplinks } = status;
  const names = uplinks.map((uplink) => uplink.name);
  for (const [name, card] of cards) if (!names.includes(name)) { card.element.remove(); cards.delete(name); }
  for (const uplink of uplinks) {
    if (!cards.has(uplink.name)) {
      cards.set(uplink.name, new Card(uplink.name));
      cards.get(uplink.name).chart.show(series.of(uplink.name));
    }
    const card = cards.get(uplink.name);
    card.show(uplink);
    const index = names.indexOf(uplink.name);
    if ($('uplinks').children[index] !== card.element) $('uplinks').insertBefore(card.element, $('uplinks').children[index] ?? null);
  }
  showShares(uplinks);
  const sum = (field) => uplinks.reduce((total, uplink) => total + (uplink.traffic?.[field] ?? 0), 0);
  const used = uplinks.filter((uplink) => uplink.state === 'up').length;
  const limit = status.connections_limit ? ` of ${count(status.connections_limit)}` : '';
  say($('sums'), join(`${used} of ${uplinks.length} up`, `↓ ${rate(sum('down'))}`, `↑ ${rate(sum('up'))}`, `${count(status.connections)}${limit} connections`));
}

export function showCharts() {
  for (const [name, card] of cards) card.chart.show(series.of(name));
}
