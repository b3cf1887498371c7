// Connects the parts of the page.
import { $, fillSelect, say } from './dom.js';
import { age, join } from './format.js';
import { watchDoctor } from './doctor.js';
import { addEvent, resetEvents, showLists } from './lists.js';
import { watchExplain } from './explain.js';
import { Live } from './live.js';
import * as series from './series.js';
import { onSession, refreshSession, session, toggleLock } from './session.js';
import { watchTraffic } from './traffic.js';
import { showCharts, showUplinks } from './uplinks.js';

let uplinks = [];

function showStatus({ status }) {
  uplinks = status.uplinks;
  document.title = `${status.uplinks.every((uplink) => uplink.state === 'up') ? '' : '⚠ '}${status.name} · Fairlead`;
  say($('router-name'), status.name);
  say($('router-about'), join(`running for ${age(status.started)}`, status.method, status.offload === 'off' ? '' : `${status.offload} fast path`, status.pair ? status.pair.ours.role : '', `Fairlead ${status.version}`));
  series.hear(status);
  showUplinks(status);
  showLists(status);
  const names = status.uplinks.map((uplink) => uplink.name);
  fillSelect($('flow-filter').elements.uplink, names);
  fillSelect($('explain').elements.in, names);
}

const refreshTraffic = watchTraffic();
watchExplain((name) => uplinks.find((uplink) => uplink.name === name)?.ipv4.address ?? '');
watchDoctor();
series.onSeries(showCharts);

const live = new Live({
  hello: ({ events }) => {
    resetEvents(events);
    series.forget();
    series.fetchSeries();
    refreshTraffic();
    refreshSession().catch(() => {});
  },
  status: showStatus,
  change: addEvent,
});
live.open();
onSession(() => { if (session.read) live.open(); });

for (const choice of document.querySelectorAll('input[name=span]'))
  choice.addEventListener('change', () => series.setSpan(choice.value));
$('lock').addEventListener('click', () => toggleLock().catch(() => {}));
