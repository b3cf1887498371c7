// The form that asks which way a new connection would go.
import { $, make } from './dom.js';
import { change } from './session.js';

const text = (value) => (typeof value === 'string' ? value : JSON.stringify(value));

/** A step is a text, or an object with what decides and where the file says so. */
function step(told) {
  if (typeof told !== 'object' || told === null) return make('li', {}, make('span', {}, text(told)));
  const { what, where, ...rest } = told;
  const main = what ?? Object.values(rest).filter((value) => typeof value === 'string').join(': ');
  return make('li', {}, make('span', {}, main, where ? make('small', { class: 'quiet' }, ` (${text(where)})`) : null));
}

export function watchExplain() {
  const form = $('explain');
  const output = form.querySelector('output');
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const request = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]).filter(([, value]) => value !== ''));
    if (request.port) request.port = Number(request.port);
    if (request.protocol === 'icmp') delete request.port;
    try {
      const answer = await change('/api/explain', request);
      const steps = answer.steps ?? answer.path ?? [];
      output.replaceChildren(make('ol', {}, ...steps.map(step)), ...(answer.verdict ? [make('p', {}, make('b', {}, text(answer.verdict)))] : []));
    } catch (problem) {
      output.replaceChildren(make('p', { class: 'wrong' }, problem.message));
    }
  });
}
