/** Whether a delivery may be sent at this very moment, asked of the log: what was true when it was planned may be true no more. */
import type { Current } from '../../../commands/handling/handle.ts';
import type { SendDecision } from '../../../domain/notifications/delivery/delivery-commands.ts';
import { maySend, type Frequency } from '../../../domain/notifications/planning/may-send.ts';
import type { Plan, SuppressionReason } from '../../../domain/notifications/events.ts';
import { currentDestination, type Destination } from '../../../domain/notifications/planning/destinations.ts';
import { plus, type Instant } from '../../../domain/shared/instant.ts';
import type { Codec } from '../../../ports/event-log/codec.ts';
import type { EventLog } from '../../../ports/event-log/port.ts';
import type { Presence } from '../../../ports/presence/port.ts';
import type { Limit, RateLimit } from '../../../ports/rate-limit/port.ts';
import { inboxId } from '../../../projections/read-models/inbox.ts';
import type { ActiveViews } from '../../../projections/query/read-views.ts';
import { loadRecipient } from '../plan/recipient.ts';
import { loadNotification, type NotificationRequest } from '../plan/load-notification.ts';

export type MayStillSendDependencies = {
  readonly log: Pick<EventLog, 'readStream'>;
  readonly codec: Pick<Codec, 'decode'>;
  readonly current: Current;
  readonly views: Pick<ActiveViews, 'get'>;
  readonly presence: Pick<Presence, 'receivedBy'>;
  readonly rateLimit: Pick<RateLimit, 'takeOnce'>;
  readonly frequencyCap: Limit;
  readonly clock: () => Instant;
};

export type MayStillSend =
  | { readonly verdict: 'send'; readonly asked: NotificationRequest; readonly way: Destination }
  | Exclude<SendDecision, { readonly verdict: 'send' }>
  | { readonly verdict: 'cancel' };

/** `counts`: it is about to be sent for the first time, and counts towards how often a person may be disturbed. */
export async function mayStillSend(
  dependencies: MayStillSendDependencies,
  plan: Plan,
  { counts }: { readonly counts: 'towards-the-cap' | 'not-again' },
): Promise<MayStillSend> {
  const { current, clock } = dependencies;
  const [asked, known, needless] = await Promise.all([
    loadNotification(dependencies, plan.notification),
    loadRecipient(current, plan.recipient, plan.source),
    redundantBecause(dependencies, plan),
  ]);
  if (asked === undefined || asked.cancelled) return { verdict: 'cancel' };
  if (needless !== undefined) return { verdict: 'suppress', reason: needless };
  const at = clock();
  const may = maySend(plan, { ...known, at });
  if (may.verdict !== 'send') return may;
  const frequency = counts === 'towards-the-cap' ? await overFrequency(dependencies, plan) : undefined;
  const capped = frequency === undefined ? may : maySend(plan, { ...known, frequency, at });
  if (capped.verdict !== 'send') return capped;
  const way = currentDestination(known.contacts, plan);
  return way === undefined ? { verdict: 'suppress', reason: 'endpoint-removed' } : { verdict: 'send', asked, way };
}

/**
 * A push about a message that has reached the person meanwhile, or about a channel that was muted or left. Here alone a view may
 * answer: late, it costs one push that wasn't needed.
 */
async function redundantBecause({ presence, views }: MayStillSendDependencies, { source, recipient }: Plan): Promise<SuppressionReason | undefined> {
  if (source.kind !== 'chat') return undefined;
  const { channel, seq } = source;
  const [received, row] = await Promise.all([presence.receivedBy(recipient, channel), views.get('inbox', inboxId(recipient, channel))]);
  if (Math.max(received ?? -1, row?.readUpTo ?? -1) >= seq) return 'received-meanwhile';
  return row !== undefined && (row.muted || !row.member) ? 'opted-out' : undefined;
}

/**
 * What apps send, critical things apart, is counted a person and app. Chat and feed have their own ways to be quiet. A delivery counts
 * once, however often its attempt comes to nothing before it is written down, or the cap would hold back the very one that counted.
 */
async function overFrequency(
  { rateLimit, frequencyCap, clock }: MayStillSendDependencies,
  { delivery, source, recipient, critical }: Plan,
): Promise<Frequency | undefined> {
  if (source.kind !== 'app' || critical) return undefined;
  const taken = await rateLimit.takeOnce(frequencyCap, `${source.app}:${recipient}`, delivery);
  return taken.allowed ? undefined : { sent: frequencyCap.points, max: frequencyCap.points, resetsAt: plus(clock(), taken.retryAfterMs) };
}
