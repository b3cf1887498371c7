// The button that looks for what is wrong, as `fairlead doctor` does.
import { $, make } from './dom.js';
import { ask } from './session.js';

const levels = ['problem', 'warning', 'ok'];
const signs = { problem: '✕', warning: '!', ok: '✓' };

const item = (found) => make('li', { class: found.level }, make('b', {}, `${signs[found.level]} ${found.level}`), ` ${found.what}`,
  found.remedy ? make('small', { class: 'quiet' }, ` → ${found.remedy}`) : null);

export function watchDoctor() {
  const output = $('doctor').querySelector('output');
  $('doctor').querySelector('button').addEventListener('click', async () => {
    try {
      const { findings } = await ask('/api/doctor');
      findings.sort((one, other) => levels.indexOf(one.level) - levels.indexOf(other.level));
      output.replaceChildren(make('ul', {}, ...findings.map(item)));
    } catch (problem) {
      output.replaceChildren(make('p', { class: 'wrong' }, problem.message));
    }
  });
}
