/** One connection's life as a complete table: what each input means in each phase. Nothing else decides it. */
import type { CloseName } from '../protocol/close-codes.ts';

/** `awaiting-hello` → `resuming` (the token is checked, the missing is read) → `live` → `closing`. */
export type Phase = 'awaiting-hello' | 'resuming' | 'live' | 'closing';

export type Input =
  | 'hello' // the client says who it is
  | 'frame' // any other frame that there is
  | 'malformed' // a frame that there isn't, or not in its form
  | 'unreadable' // not JSON
  | 'admitted' // the token is good and the missing was read
  | 'unauthenticated' // the token is not good
  | 'too-many-connections' // the person has come over again, once too often
  | 'failed' // something the gateway needs can't be reached
  | 'timed-out' // no hello in time, or no pong
  | 'send-queue-full' // more waits to be sent than may
  | 'rate-limited' // more comes in than may
  | 'expired' // the token's time is over
  | 'revoked' // the session was ended
  | 'shutting-down'; // the gateway stops

export type Effect =
  { readonly does: 'authenticate' | 'welcome' | 'handle' | 'hold' | 'refuse' | 'nothing' } | { readonly does: 'close'; readonly as: CloseName };

export type Transition = { readonly to: Phase; readonly effect: Effect };

const closing = (as: CloseName): Transition => ({ to: 'closing', effect: { does: 'close', as } });
const stays = (to: Phase, does: Exclude<Effect['does'], 'close'>): Transition => ({ to, effect: { does } });

/** What ends a connection ends it in every phase alike. */
const ends = {
  unreadable: closing('bad-frame'),
  unauthenticated: closing('unauthorised'),
  'too-many-connections': closing('too-many-connections'),
  failed: closing('unavailable'),
  'send-queue-full': closing('slow'),
  'rate-limited': closing('too-fast'),
  expired: closing('unauthorised'),
  revoked: closing('session-ended'),
  'shutting-down': closing('shutdown'),
} as const;

export const TRANSITIONS: { readonly [P in Phase]: { readonly [I in Input]: Transition } } = {
  'awaiting-hello': {
    ...ends,
    hello: stays('resuming', 'authenticate'),
    frame: closing('unauthorised'),
    malformed: closing('bad-frame'),
    admitted: stays('awaiting-hello', 'nothing'),
    'timed-out': closing('stale'),
  },
  resuming: {
    ...ends,
    hello: closing('bad-frame'),
    frame: stays('resuming', 'hold'),
    malformed: stays('resuming', 'refuse'),
    admitted: stays('live', 'welcome'),
    'timed-out': closing('no-pong'),
  },
  live: {
    ...ends,
    hello: closing('bad-frame'),
    frame: stays('live', 'handle'),
    malformed: stays('live', 'refuse'),
    admitted: stays('live', 'nothing'),
    'timed-out': closing('no-pong'),
  },
  closing: {
    hello: stays('closing', 'nothing'),
    frame: stays('closing', 'nothing'),
    malformed: stays('closing', 'nothing'),
    unreadable: stays('closing', 'nothing'),
    admitted: stays('closing', 'nothing'),
    unauthenticated: stays('closing', 'nothing'),
    'too-many-connections': stays('closing', 'nothing'),
    failed: stays('closing', 'nothing'),
    'timed-out': stays('closing', 'nothing'),
    'send-queue-full': stays('closing', 'nothing'),
    'rate-limited': stays('closing', 'nothing'),
    expired: stays('closing', 'nothing'),
    revoked: stays('closing', 'nothing'),
    'shutting-down': stays('closing', 'nothing'),
  },
};
