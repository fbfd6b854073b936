/** For tests of a delivery's transitions: a history for each status, one command of each type, and arbitrary sequences of commands. */
import fc from 'fast-check';
import type { DeliveryId, EndpointId, NotificationId, PersonId } from '../../shared/ids.ts';
import { HOUR_MS, instant, MINUTE_MS, plus } from '../../shared/instant.ts';
import { delivery } from './delivery.ts';
import type { DeliveryCommand } from './delivery-commands.ts';
import type { DeliveryState } from './delivery-state.ts';
import type { DeliveryEvent } from '../events.ts';
import type { Plan } from '../delivery-plan.ts';
import { ATTEMPT_DEADLINE_MS } from './retry.ts';

export const start = instant(0);
export const later = plus(start, HOUR_MS); // past every deadline, retry and deferral below
export const expiresAt = plus(start, 24 * HOUR_MS);
export const deadline = plus(start, ATTEMPT_DEADLINE_MS);
const id = 'delivery' as DeliveryId;
export const plan: Plan = {
  delivery: id,
  notification: 'notification' as NotificationId,
  recipient: 'ann' as PersonId,
  channel: 'push',
  endpoint: 'endpoint' as EndpointId,
  source: { kind: 'app', app: 'shop' as never },
  category: 'news',
  critical: false,
  atMostOnce: false,
  priority: 'normal',
  expiresAt,
};

type Name<Type extends string> = Type extends `notifications.${infer Rest}.v1` ? Rest : never;
type EventName = Name<DeliveryEvent['type']>;
type DataOf<Which extends EventName> = Extract<DeliveryEvent, { type: `notifications.${Which}.v1` }>['data'];

export const event = <Which extends EventName>(which: Which, data: Omit<DataOf<Which>, 'delivery' | 'at'> & { readonly at?: string }): DeliveryEvent =>
  ({ type: `notifications.${which}.v1`, data: { delivery: id, at: start, ...data } }) as DeliveryEvent;

export const planned = event('delivery-planned', plan);
export const queued = event('delivery-queued', { vendor: 'fcm' });
export const started = (attempt = 1, mayRepeat = false) => event('attempt-started', { attempt, vendor: 'fcm', deadline, mayRepeat });
export const acceptedAs = (attempt: number, at = start) => event('attempt-accepted', { attempt, vendor: 'fcm', vendorId: 'm-1', at });
export const rejectedAs = (attempt: number) => event('attempt-rejected', { attempt, vendor: 'fcm', reason: 'bad', endpointLost: false });
export const unknown = (attempt = 1) => event('outcome-unknown', { attempt, reason: 'no answer' });
export const noted = event('cancellation-noted', {});

export type Status = DeliveryState['status'];
export type CommandName = DeliveryCommand['type'];

export const histories: Readonly<Record<Status, readonly DeliveryEvent[]>> = {
  none: [],
  planned: [planned],
  deferred: [planned, event('delivery-deferred', { reason: 'quiet-hours', until: plus(start, MINUTE_MS) })],
  queued: [planned, queued],
  attempting: [planned, queued, started()],
  waiting: [planned, queued, started(), event('retry-scheduled', { attempt: 1, reason: '503', retryAt: plus(start, MINUTE_MS) })],
  unknown: [planned, queued, started(), unknown()],
  accepted: [planned, queued, started(), acceptedAs(1)],
  suppressed: [planned, event('delivery-suppressed', { reason: 'opted-out' })],
  digested: [planned, event('delivery-digested', { into: 'digest' as NotificationId })],
  cancelled: [planned, event('delivery-cancelled', {})],
  expired: [planned, event('delivery-expired', {})],
  failed: [planned, queued, started(), rejectedAs(1), event('delivery-failed', { reason: 'bad' })],
  delivered: [planned, queued, started(), acceptedAs(1), event('delivery-confirmed', {})],
  undelivered: [planned, queued, started(), acceptedAs(1), event('delivery-undelivered', { reason: '30003' })],
};

const callback = { vendor: 'fcm', vendorId: 'm-1', callback: 'c-1', at: later } as const;
export const commands: { readonly [Type in CommandName]: Extract<DeliveryCommand, { type: Type }> } = {
  plan: { type: 'plan', ...plan, decision: { action: 'send', vendor: 'fcm' }, at: later },
  release: { type: 'release', decision: { action: 'send', vendor: 'fcm' }, at: later },
  suppress: { type: 'suppress', reason: 'opted-out', at: later },
  defer: { type: 'defer', reason: 'quiet-hours', until: plus(later, HOUR_MS), at: later },
  digest: { type: 'digest', into: 'digest' as NotificationId, at: later },
  queue: { type: 'queue', vendor: 'fcm', at: later },
  show: { type: 'show', at: later },
  mark: { type: 'mark', mark: 'read', at: later },
  reroute: { type: 'reroute', vendor: 'pushy', at: later },
  'start-attempt': { type: 'start-attempt', vendor: 'fcm', deadline: plus(later, ATTEMPT_DEADLINE_MS), at: later },
  accept: { type: 'accept', attempt: 1, vendor: 'fcm', vendorId: 'm-1', at: later },
  reject: { type: 'reject', attempt: 1, vendor: 'fcm', reason: 'bad', endpointLost: false, at: later },
  'schedule-retry': { type: 'schedule-retry', attempt: 1, reason: '503', retryAt: plus(later, MINUTE_MS), at: later },
  'outcome-unknown': { type: 'outcome-unknown', attempt: 1, reason: 'no answer', at: later },
  fail: { type: 'fail', reason: 'template', at: later },
  cancel: { type: 'cancel', at: later },
  expire: { type: 'expire', at: expiresAt },
  forget: { type: 'forget', upTo: later, at: later },
  taken: { type: 'taken', ...callback },
  confirm: { type: 'confirm', ...callback },
  undelivered: { type: 'undelivered', reason: '30003', ...callback },
  engagement: { type: 'engagement', what: 'opened', ...callback },
  callbacks: {
    type: 'callbacks',
    callbacks: [
      { type: 'engagement', what: 'opened', ...callback },
      { type: 'confirm', ...callback },
      { type: 'undelivered', reason: '30003', ...callback },
    ],
    at: later,
  },
};

const often = (['queue', 'start-attempt', 'outcome-unknown', 'schedule-retry'] as const).map((name) => commands[name]);

/** Any commands about any attempts in any order, mostly those that lead from attempt to attempt. */
export const anyCommands: fc.Arbitrary<readonly DeliveryCommand[]> = fc
  .array(
    fc.record({
      command: fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...often) }, { weight: 1, arbitrary: fc.constantFrom(...Object.values(commands)) }),
      attempt: fc.integer({ min: 1, max: 4 }),
      nextVendor: fc.option(fc.constant('fcm'), { nil: undefined }),
      minutes: fc.integer({ min: 0, max: 20 }),
    }),
    { minLength: 20, maxLength: 60 },
  )
  .map((drawn) => {
    let at = start;
    return drawn.map(({ command, attempt, nextVendor, minutes }) => {
      at = plus(at, minutes * MINUTE_MS);
      if (!('attempt' in command)) return { ...command, at };
      return {
        ...command,
        attempt,
        at,
        ...(command.type === 'schedule-retry' && { retryAt: at }),
        ...(command.type === 'reject' && nextVendor !== undefined && { nextVendor }),
      };
    });
  });

/** The events of a delivery that is given these commands in turn. */
export function eventsAfter(first: DeliveryCommand, others: readonly DeliveryCommand[]): readonly DeliveryEvent[] {
  const events: DeliveryEvent[] = [];
  let state: DeliveryState = delivery.initialState;
  for (const command of [first, ...others]) {
    const decision = delivery.decide(state, command);
    if (decision.outcome === 'refused') continue;
    events.push(...decision.events);
    state = decision.events.reduce(delivery.evolve, state);
  }
  return events;
}
