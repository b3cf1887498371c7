// Everything below the uplinks: what is not normal, events, rules with their hits, LANs, the pair.
import { $, make, say, table } from './dom.js';
import { age, clock, count, join } from './format.js';

const bad = new Set(['down', 'degraded', 'held', 'none', 'refused', 'failed', 'undecided', 'left alone']);
const good = new Set(['up', 'reloaded', 'settled', 'repaired', 'heard', 'decided', 'alone']);
const mostEvents = 100;

/** Replaces what differs only; `key` tells what is shown. */
function fill(element, key, build) {
  if (element.dataset.key === key) return;
  element.dataset.key = key;
  element.replaceChildren(...[build()].flat());
}

export function showConditions(status) {
  const found = [...status.conditions.map((condition) => ({ ...condition, bad: /down|no-uplink|failed|refused/.test(condition.id) })),
    ...status.warnings.map((warning) => ({ id: 'warning', subject: '', why: warning, effect: '' })),
    ...(status.last_error ? [{ id: 'error', subject: '', why: status.last_error, effect: '', bad: true }] : [])];
  $('conditions').hidden = found.length === 0;
  fill($('conditions').querySelector('ul'), JSON.stringify(found), () => found.map((condition) => make('li', { class: condition.bad ? 'bad' : null },
    make('b', {}, `${condition.id} ${condition.subject}`.trim()), ` ${join(condition.why, condition.effect)} `,
    condition.since ? make('small', {}, `since ${clock(condition.since)}`) : null)));
}

const what = (event) => `${event.kind} ${event.name}`.trim();
const turn = (event) => (event.before === event.after ? event.after : `${event.before || 'new'} → ${event.after || 'gone'}`);
export const eventText = (event) => `${what(event)}: ${turn(event)}${event.why ? `: ${event.why}` : ''}`;

function eventItem(event) {
  const kind = bad.has(event.after) ? 'bad' : good.has(event.after) ? 'good' : null;
  return make('li', { class: kind }, make('time', { datetime: event.time }, clock(event.time)),
    make('p', {}, `${what(event)} `, make('b', {}, turn(event)), ` ${join(event.why, event.effect)}`));
}

export function resetEvents(events) {
  $('events').replaceChildren(...events.map(eventItem).reverse());
  if (events.length === 0) $('events').append(make('li', { class: 'quiet none' }, make('p', {}, 'nothing yet')));
}

export function addEvent(event) {
  $('events').querySelector('.none')?.remove();
  $('events').prepend(eventItem(event));
  while ($('events').children.length > mostEvents) $('events').lastElementChild.remove();
  say($('announce'), eventText(event));
}

function showRules(element, rules, title, none) {
  const columns = [{ title, of: (rule) => rule.name }, { title: 'Leads to', of: (rule) => rule.what }, { title: 'Connections', of: (rule) => count(rule.connections), number: true }];
  fill(element, JSON.stringify(rules), () => table(columns, rules, `${title} and how often it decided`, none));
}

function showLans(status) {
  const columns = [{ title: 'LAN', of: (lan) => lan.name }, { title: 'State', of: (lan) => (lan.carrier ? '● up' : '✕ no carrier'), narrow: true }, { title: 'Device', of: (lan) => lan.device },
    { title: 'Addresses', of: (lan) => lan.addresses.join(' ') }, { title: 'Advertised', of: (lan) => lan.advertised.join(' '), optional: true }];
  fill($('lans'), JSON.stringify(status.lans), () => table(columns, status.lans, 'Networks of this router', 'none'));
}

function showPair(status) {
  $('pair-section').hidden = !status.pair;
  if (!status.pair) return;
  const { ours, theirs, link, connections } = status.pair;
  const side = (title, told) => make('div', {}, make('h3', {}, told ? told.name : title),
    make('p', {}, make('b', {}, told ? told.role : 'silent'), told ? ` for ${age(told.since)}` : ''),
    make('p', { class: 'quiet' }, told ? join(`priority ${told.priority}`, told.maintenance ? 'maintenance' : '', told.why, told.uplinks.map((uplink) => `${uplink.name} ${uplink.state}`).join(', ')) : link?.why ?? ''));
  const sync = connections ? join(connections.running ? 'connections are copied' : 'connections are not copied', `${count(connections.told)} told`, `${count(connections.waiting)} waiting`, `${count(connections.lost)} lost`, connections.why) : '';
  fill($('pair'), JSON.stringify([status.pair, Math.floor(Date.now() / 60000)]), () => [make('div', { class: 'sides' }, side('this router', ours), side('the other router', theirs)), make('p', { class: 'quiet' }, sync)]);
}

export function showLists(status) {
  showConditions(status);
  showRules($('policies'), status.policies ?? [], 'Policy', 'No policy: every new connection is balanced.');
  showRules($('forwards'), status.forwards ?? [], 'Forward', 'No port is forwarded.');
  showLans(status);
  showPair(status);
}
