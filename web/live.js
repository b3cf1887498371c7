// The stream of events. A hidden page listens to nothing, and so costs the router nothing.
import { $, say } from './dom.js';
import { clock } from './format.js';
import { logIn, refreshSession, session } from './session.js';

// A status comes every second.
const patience = 4000;
const pause = 2000;

export class Live {
  constructor(handlers) {
    this.handlers = handlers;
    this.heard = 0;
    document.addEventListener('visibilitychange', () => (document.hidden ? this.close() : this.open()));
    setInterval(() => this.check(), 1000);
  }

  open() {
    if (this.source || document.hidden) return;
    this.opened = Date.now();
    this.source = new EventSource('/api/events');
    for (const [name, handler] of Object.entries(this.handlers)) {
      this.source.addEventListener(name, (message) => {
        this.heard = Date.now();
        this.tell(true);
        handler(JSON.parse(message.data));
      });
    }
    this.source.onerror = () => this.lose();
  }

  close() {
    this.source?.close();
    this.source = null;
  }

  /** Why it failed the source does not tell: a router that is away, or one that wants the token. */
  async lose() {
    this.close();
    this.tell(false);
    if (this.asking) return;
    this.asking = true;
    let refused = false;
    try {
      await refreshSession();
      refused = !session.read && !(await logIn('This router shows itself only to who has the token. On the router, `fairlead token` prints it.'));
    } catch {
      // It is away.
    }
    this.asking = false;
    // Who has sent the form away finds it behind the button.
    if (!refused) setTimeout(() => this.open(), pause);
  }

  check() {
    if (this.source && Date.now() - Math.max(this.heard, this.opened) > patience) this.lose();
  }

  tell(alive) {
    if (this.alive === alive) return;
    this.alive = alive;
    $('live').dataset.live = alive ? 'yes' : 'no';
    say($('live').querySelector('b'), alive ? 'live' : 'waiting');
    $('lost').hidden = alive;
    if (!alive && this.heard) say($('lost-since'), clock(this.heard));
  }
}
