import test from 'ava';
import { CLOSE_CODES, shouldReconnect } from '../protocol/close-codes.ts';
import { TRANSITIONS, type Input, type Phase, type Transition } from './connection-states.ts';

/** The table once more, as a person would read it: what an input does in a phase, and where the connection goes from there. */
const MIRROR: { readonly [I in Input]: { readonly [P in Phase]: string } } = {
  hello: { 'awaiting-hello': 'authenticate → resuming', resuming: 'close bad-frame', live: 'close bad-frame', closing: 'nothing' },
  frame: { 'awaiting-hello': 'close unauthorised', resuming: 'buffer', live: 'handle', closing: 'nothing' },
  malformed: { 'awaiting-hello': 'close bad-frame', resuming: 'refuse', live: 'refuse', closing: 'nothing' },
  unreadable: { 'awaiting-hello': 'close bad-frame', resuming: 'close bad-frame', live: 'close bad-frame', closing: 'nothing' },
  admitted: { 'awaiting-hello': 'nothing', resuming: 'welcome → live', live: 'nothing', closing: 'nothing' },
  unauthenticated: { 'awaiting-hello': 'close unauthorised', resuming: 'close unauthorised', live: 'close unauthorised', closing: 'nothing' },
  'too-many-connections': {
    'awaiting-hello': 'close too-many-connections',
    resuming: 'close too-many-connections',
    live: 'close too-many-connections',
    closing: 'nothing',
  },
  failed: { 'awaiting-hello': 'close unavailable', resuming: 'close unavailable', live: 'close unavailable', closing: 'nothing' },
  'timed-out': { 'awaiting-hello': 'close stale', resuming: 'close no-pong', live: 'close no-pong', closing: 'nothing' },
  'send-queue-full': { 'awaiting-hello': 'close slow', resuming: 'close slow', live: 'close slow', closing: 'nothing' },
  'rate-limited': { 'awaiting-hello': 'close too-fast', resuming: 'close too-fast', live: 'close too-fast', closing: 'nothing' },
  expired: { 'awaiting-hello': 'close unauthorised', resuming: 'close unauthorised', live: 'close unauthorised', closing: 'nothing' },
  revoked: { 'awaiting-hello': 'close session-ended', resuming: 'close session-ended', live: 'close session-ended', closing: 'nothing' },
  'shutting-down': { 'awaiting-hello': 'close shutdown', resuming: 'close shutdown', live: 'close shutdown', closing: 'nothing' },
};

test('every input has in every phase the effect of the table', (t) => {
  for (const [phase, inputs] of Object.entries(TRANSITIONS) as [Phase, Record<Input, Transition>][]) {
    for (const [input, transition] of Object.entries(inputs) as [Input, Transition][])
      t.is(read(phase, transition), MIRROR[input][phase], `${phase} × ${input}`);
  }
});

test('a closing connection ignores every input, and every close leads there', (t) => {
  for (const inputs of Object.values(TRANSITIONS)) {
    for (const { to, effect } of Object.values(inputs)) if (effect.does === 'close') t.is(to, 'closing');
  }
  for (const { to, effect } of Object.values(TRANSITIONS.closing)) t.deepEqual([to, effect.does], ['closing', 'nothing']);
});

test('close codes are in their ranges, each once', (t) => {
  const codes = Object.values(CLOSE_CODES).map(({ code }) => code as number);
  t.is(new Set(codes).size, codes.length);
  t.true(codes.every((code) => code >= 3000 && code <= 3999));
  t.deepEqual(
    Object.entries(CLOSE_CODES).flatMap(([name, { code }]) => (shouldReconnect(code) ? [name] : [])),
    ['shutdown', 'slow', 'no-pong', 'stale', 'too-fast', 'unavailable'],
  );
});

function read(from: Phase, { to, effect }: Transition): string {
  if (effect.does === 'close') return `close ${effect.as}`;
  return to === from ? effect.does : `${effect.does} → ${to}`;
}
