/** The state machine of one connection as a complete table: what each input does in each phase. Nothing else decides it. */
import type { CloseName } from '../protocol/close-codes.ts';

/** `awaiting-hello` → `resuming` (the token is checked, missed messages are read) → `live` → `closing`. */
export type Phase = 'awaiting-hello' | 'resuming' | 'live' | 'closing';

export type Input =
  | 'hello' // the client names its token and its device
  | 'frame' // any other valid frame
  | 'malformed' // a frame of an unknown type, or not of its schema
  | 'unreadable' // not JSON
  | 'admitted' // the token is valid, and missed messages were read
  | 'unauthenticated' // the token is not valid
  | 'too-many-connections' // the person has opened one more than allowed
  | 'failed' // something the gateway needs can't be reached
  | 'timed-out' // no hello in time, or no pong
  | 'send-queue-full' // the client reads too slowly
  | 'rate-limited' // the client sends too much
  | 'expired' // the token has expired
  | 'revoked' // the session was ended, or the device removed
  | 'shutting-down'; // the gateway stops

export type Effect =
  { readonly does: 'authenticate' | 'welcome' | 'handle' | 'buffer' | 'refuse' | 'nothing' } | { readonly does: 'close'; readonly as: CloseName };

export type Transition = { readonly to: Phase; readonly effect: Effect };

const closes = (as: CloseName): Transition => ({ to: 'closing', effect: { does: 'close', as } });
const moves = (to: Phase, does: Exclude<Effect['does'], 'close'>): Transition => ({ to, effect: { does } });

/** These close a connection in every phase alike. */
const CLOSING_INPUTS = {
  unreadable: closes('bad-frame'),
  unauthenticated: closes('unauthorised'),
  'too-many-connections': closes('too-many-connections'),
  failed: closes('unavailable'),
  'send-queue-full': closes('slow'),
  'rate-limited': closes('too-fast'),
  expired: closes('unauthorised'),
  revoked: closes('session-ended'),
  'shutting-down': closes('shutdown'),
} as const;

export const TRANSITIONS: { readonly [P in Phase]: { readonly [I in Input]: Transition } } = {
  'awaiting-hello': {
    ...CLOSING_INPUTS,
    hello: moves('resuming', 'authenticate'),
    frame: closes('unauthorised'),
    malformed: closes('bad-frame'),
    admitted: moves('awaiting-hello', 'nothing'),
    'timed-out': closes('stale'),
  },
  resuming: {
    ...CLOSING_INPUTS,
    hello: closes('bad-frame'),
    frame: moves('resuming', 'buffer'),
    malformed: moves('resuming', 'refuse'),
    admitted: moves('live', 'welcome'),
    'timed-out': closes('no-pong'),
  },
  live: {
    ...CLOSING_INPUTS,
    hello: closes('bad-frame'),
    frame: moves('live', 'handle'),
    malformed: moves('live', 'refuse'),
    admitted: moves('live', 'nothing'),
    'timed-out': closes('no-pong'),
  },
  closing: {
    hello: moves('closing', 'nothing'),
    frame: moves('closing', 'nothing'),
    malformed: moves('closing', 'nothing'),
    unreadable: moves('closing', 'nothing'),
    admitted: moves('closing', 'nothing'),
    unauthenticated: moves('closing', 'nothing'),
    'too-many-connections': moves('closing', 'nothing'),
    failed: moves('closing', 'nothing'),
    'timed-out': moves('closing', 'nothing'),
    'send-queue-full': moves('closing', 'nothing'),
    'rate-limited': moves('closing', 'nothing'),
    expired: moves('closing', 'nothing'),
    revoked: moves('closing', 'nothing'),
    'shutting-down': moves('closing', 'nothing'),
  },
};
