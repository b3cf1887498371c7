// The form that asks which way a new connection would go.
import { $, make } from './dom.js';
import { join, percent } from './format.js';
import { change } from './session.js';

const step = (told) => make('li', {}, make('span', {}, told.what, told.line ? make('small', { class: 'quiet' }, ` (line ${told.line})`) : null));

function way(told) {
  const path = join(told.uplink ? `uplink ${told.uplink}` : told.device, told.gateway ? `to ${told.gateway}` : '', told.source ? `as ${told.source}` : '');
  return make('li', {}, make('span', {}, told.share < 1 ? `${percent(told.share)} ${path}` : path));
}

function show(told) {
  const where = told.outcome === 'forwarded' ? `forwarded to ${told.to}${told.port ? `, port ${told.port}` : ''}` : told.outcome;
  return [make('ol', {}, ...told.steps.map(step)), make('p', {}, make('b', {}, `⇒ ${where}`)), make('ul', {}, ...told.ways.map(way))];
}

export function watchExplain(addressOf) {
  const form = $('explain');
  const output = form.querySelector('output');
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const request = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]).filter(([, value]) => value !== ''));
    // Anything else the router refuses, and says why.
    if (/^\d+$/.test(request.port)) request.port = Number(request.port);
    if (request.protocol === 'icmp') request.port = 0;
    if (request.in && !request.to) request.to = addressOf(request.in);
    try {
      const answer = await change('/api/explain', request);
      output.replaceChildren(...show(answer.explanation ?? answer));
    } catch (problem) {
      output.replaceChildren(make('p', { class: 'wrong' }, problem.message));
    }
  });
}
