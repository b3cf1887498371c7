// What this browser may do, and asking the router. The token is shown once, in a form; what stays is a cookie that no
// script can read.
import { $, say } from './dom.js';

export const session = { read: true, change: false };
const listeners = [];
export const onSession = (listener) => listeners.push(listener);

async function parsed(response) {
  const answer = await response.json().catch(() => ({ ok: false, error: `the router answers ${response.status}` }));
  if (!response.ok || answer.ok === false) throw Object.assign(new Error(answer.error ?? `the router answers ${response.status}`), { status: response.status });
  return answer;
}

export const ask = async (path, parameters = {}) => {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== '')).toString();
  return parsed(await fetch(query ? `${path}?${query}` : path, { cache: 'no-store' }));
};

const post = async (path, body) => parsed(await fetch(path, {
  method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body),
}));

export async function refreshSession() {
  const answer = await ask('/api/session');
  session.read = answer.read;
  session.change = answer.change;
  say($('lock'), session.change ? 'Lock' : 'Unlock changes');
  for (const listener of listeners) listener();
  return session;
}

/** Shows a dialog until `work(form)` went well (true) or it is cancelled (false). */
export function runDialog(dialog, work) {
  return new Promise((resolve) => {
    const form = dialog.querySelector('form');
    const wrong = form.querySelector('.wrong');
    const submit = form.querySelector('[type=submit]');
    let done = false;
    say(wrong, '');
    form.reset();
    form.onsubmit = async (event) => {
      event.preventDefault();
      submit.disabled = true;
      try {
        await work(form);
        done = true;
        dialog.close();
      } catch (problem) {
        say(wrong, problem.message);
      }
      submit.disabled = false;
    };
    form.querySelector('[value=cancel]').onclick = () => dialog.close();
    dialog.onclose = () => { form.reset(); resolve(done); };
    dialog.showModal();
  });
}

/** The form stays until it is known what the session may do, so that nothing asks for the token again meanwhile. */
export async function logIn(why) {
  if (why) say($('login-why'), why);
  return runDialog($('login'), async (form) => {
    await post('/api/login', { token: form.elements.token.value.trim() });
    await refreshSession();
  });
}

export async function toggleLock() {
  if (!session.change) return logIn();
  await post('/api/logout', {});
  return refreshSession();
}

/** A change, or a question that only who may change gets answered; asks for the token first where it is needed. */
export async function change(path, body) {
  if (!session.change && !(await logIn())) throw new Error('the token is needed');
  try {
    return await post(path, body);
  } catch (problem) {
    if (problem.status === 401) await refreshSession();
    throw problem;
  }
}
