/** What the log says of deliveries, beside what the vendors were given: each came to an end, and nobody was told twice without a mark. */
import type { OutboxMessage } from '../../../ports/sender/port.ts';
import type { LoggedEvent, WholeLog } from './whole-log.ts';

/** What stands in the notification centre is most often planned and delivered by this one event. */
const SHOWN = 'notifications.delivered-in-app.v1';
const ENDED = new Set(['accepted', 'suppressed', 'digested', 'cancelled', 'expired', 'failed', 'confirmed', 'undelivered']);
/** Apart from these a delivery waits for a time that has not come. */
const isScheduled = (event: LoggedEvent | undefined): boolean => event?.type === 'notifications.delivery-deferred.v1';

export function findDeliveryFaults(log: WholeLog, outbox: readonly OutboxMessage[]): readonly string[] {
  const faults: string[] = [];
  const messagesOf = Map.groupBy(outbox, ({ delivery }) => String(delivery));
  const deliveries = Map.groupBy(
    log.events.filter(({ stream }) => stream.startsWith('delivery-')),
    ({ key }) => key,
  );
  for (const [delivery, events] of deliveries) {
    const last = events.at(-1);
    const isEnded = events.some(({ type }) => type === SHOWN || ENDED.has(endOf(type)));
    if (!isEnded && !isScheduled(last)) faults.push(`delivery ${delivery} has not ended: ${events.map(({ type }) => type).join(', ')}`);
    const attempts = events.filter(({ type }) => type === 'notifications.attempt-started.v1') as readonly AttemptStarted[];
    const accepted = events.filter(({ type }) => type === 'notifications.attempt-accepted.v1').length;
    const messages = messagesOf.get(delivery)?.length ?? 0;
    const mayRepeat = attempts.some(({ data }) => data.mayRepeat);
    if (accepted > 1) faults.push(`delivery ${delivery} was accepted ${accepted} times`);
    if (accepted === 1 && messages === 0) faults.push(`delivery ${delivery} was accepted, and no vendor was given it`);
    if (messages > attempts.length) faults.push(`delivery ${delivery} was given to a vendor ${messages} times in ${attempts.length} attempts`);
    if (messages > 1 && !mayRepeat) faults.push(`delivery ${delivery} was given to a vendor ${messages} times, and no attempt says that it may repeat`);
    const shown = events.filter(({ type }) => type === SHOWN).length;
    if (shown > 1) faults.push(`delivery ${delivery} was shown ${shown} times`);
    const planned = events.filter(({ type }) => type === 'notifications.delivery-planned.v1').length || shown;
    if (planned !== 1) faults.push(`delivery ${delivery} was planned ${planned} times`);
  }
  for (const delivery of messagesOf.keys()) if (!deliveries.has(delivery)) faults.push(`a vendor was given ${delivery}, which the log does not have`);
  return [...faults, ...findUnplanned(log)];
}

type AttemptStarted = Extract<LoggedEvent, { readonly type: 'notifications.attempt-started.v1' }>;

const endOf = (type: string): string => /^notifications\.(?:delivery|attempt)-(.+)\.v1$/.exec(type)?.[1] ?? '';

/** Each recipient of each notification has a delivery, or was left out by a delivery that says why. */
function findUnplanned(log: WholeLog): readonly string[] {
  const plans = [...log.ofType('notifications.delivery-planned.v1'), ...log.ofType(SHOWN)];
  const planned = new Set(plans.map(({ data }) => `${data.notification} ${data.recipient}`));
  const cancelled = new Set(log.ofType('notifications.cancelled.v1').map(({ data }) => data.notification));
  return log
    .ofType('notifications.requested.v1')
    .filter(({ data }) => !cancelled.has(data.notification))
    .flatMap(({ data }) =>
      data.recipients
        .filter((recipient) => !planned.has(`${data.notification} ${recipient}`))
        .map((recipient) => `${data.notification} was not planned for ${recipient}`),
    );
}
