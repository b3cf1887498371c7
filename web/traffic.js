// What costs the router a look at its connection table: asked for only while it can be seen.
import { $, make, table } from './dom.js';
import { age, bytes, clock, count, rate } from './format.js';
import { ask } from './session.js';

const end = ({ address, port }) => (port ? (address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`) : address);

const talkerColumns = [
  { title: 'Host', of: (talker) => talker.host }, { title: 'Uplink', of: (talker) => talker.uplink ?? '–' },
  { title: 'Down', of: (talker) => rate(talker.down_rate), number: true }, { title: 'Up', of: (talker) => rate(talker.up_rate), number: true },
  { title: 'Received', of: (talker) => bytes(talker.down_bytes), number: true, optional: true }, { title: 'Connections', of: (talker) => count(talker.connections), number: true }];

const flowColumns = [
  { title: 'Host', of: (flow) => end(flow.host) }, { title: 'With', of: (flow) => end(flow.peer) },
  { title: 'Protocol', of: (flow) => `${flow.protocol} ${flow.state ?? ''}`.trim(), optional: true },
  { title: 'Uplink', of: (flow) => flow.uplink ?? '–' }, { title: 'Because of', of: (flow) => flow.policy ?? flow.forward ?? (flow.direction === 'out' ? 'balance' : flow.direction), optional: true },
  { title: 'Down', of: (flow) => rate(flow.down_rate), number: true }, { title: 'Up', of: (flow) => rate(flow.up_rate), number: true, optional: true },
  { title: 'Bytes', of: (flow) => bytes(flow.down_bytes === undefined ? undefined : flow.down_bytes + (flow.up_bytes ?? 0)), number: true, optional: true },
  { title: 'Age', of: (flow) => (flow.started ? age(flow.started) : '–'), number: true }];

const leaseColumns = [
  { title: 'Address', of: (lease) => lease.address }, { title: 'Host', of: (lease) => lease.host || '–' }, { title: 'MAC', of: (lease) => lease.mac || '–', narrow: true, optional: true },
  { title: 'LAN', of: (lease) => lease.lan }, { title: 'Until', of: (lease) => (lease.static ? 'always the same' : clock(lease.expires)) }];

/** Fetches again and again while `element` is in sight. */
class Watched {
  constructor(element, every, refresh) {
    this.element = element;
    this.every = every;
    this.refresh = refresh;
    this.seen = false;
    new IntersectionObserver((entries) => {
      this.seen = entries.at(-1).isIntersecting;
      if (this.seen) this.run();
    }).observe(element);
  }

  async run() {
    clearTimeout(this.timer);
    this.turn = (this.turn ?? 0) + 1;
    const { turn } = this;
    if (!this.seen || document.hidden) return;
    let shown;
    try {
      shown = await this.refresh();
    } catch (problem) {
      shown = make('p', { class: 'quiet' }, problem.message);
    }
    if (turn !== this.turn) return;
    this.element.replaceChildren(shown);
    this.timer = setTimeout(() => this.run(), this.every);
  }
}

const mostFlows = 200;

export function watchTraffic() {
  const filter = $('flow-filter');
  const talkers = new Watched($('talkers'), 3000, async () => {
    const { talkers: found } = await ask('/api/talkers');
    return table(talkerColumns, found.slice(0, 20), 'Hosts, the busiest first', 'Nobody talks.');
  });
  const flows = new Watched($('flows'), 5000, async () => {
    const { flows: found, total } = await ask('/api/flows', { limit: mostFlows, uplink: filter.elements.uplink.value, host: filter.elements.host.value.trim(), port: filter.elements.port.value.trim() });
    return table(flowColumns, found, total > found.length ? `The busiest ${found.length} of ${count(total)}` : `${count(total)} connections, the busiest first`, 'No connection.');
  });
  const leases = new Watched($('leases'), 30000, async () => {
    const { leases: found } = await ask('/api/leases');
    return table(leaseColumns, found, 'Addresses that hosts were lent', 'No lease.');
  });
  filter.addEventListener('input', () => flows.run());
  filter.addEventListener('submit', (event) => event.preventDefault());
  return () => { for (const watched of [talkers, flows, leases]) watched.run(); };
}
