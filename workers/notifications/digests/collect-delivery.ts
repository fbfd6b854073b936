/** Lets a delivery wait for others, where its person or its app wants to have several told as one. */
import type { Commands } from '../../../commands/commands.ts';
import type { ContextFor } from '../../../commands/handling/command-context.ts';
import { digestIdOf } from '../../../commands/handling/deterministic-ids.ts';
import type { LoadState } from '../../../commands/handling/handle.ts';
import { delivery as deliveryDecider } from '../../../domain/notifications/delivery/delivery.ts';
import { digest as digestDecider, windowOf } from '../../../domain/notifications/digests/digest.ts';
import type { SendDecision } from '../../../domain/notifications/delivery/delivery-commands.ts';
import type { Plan } from '../../../domain/notifications/delivery-plan.ts';
import { digestUntil } from '../../../domain/notifications/planning/digest-until.ts';
import type { RequestedNotification, Recipient } from '../../../domain/notifications/planning/plan.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import { deliveryStream, digestStream } from '../../../domain/shared/streams.ts';
import { freshContext } from '../../jobs/command-contexts.ts';

/** Who gives the commands of digests. */
export const DIGESTER = 'digests';

export type ToCollect = {
  readonly plan: Plan;
  readonly requested: Pick<RequestedNotification, 'digestOf'>;
  readonly recipient: Recipient;
  /** `planning`: only if it is not planned yet, for planning may be repeated. */
  readonly by: 'planning' | 'release';
  readonly at: Instant;
};

/** undefined: it doesn't wait. A digest itself never does. */
export type CollectDelivery = (delivery: ToCollect) => Promise<Extract<SendDecision, { action: 'defer' }> | undefined>;

type Dependencies = { readonly loadState: LoadState; readonly commands: Pick<Commands, 'commandDigest'>; readonly contextFor: ContextFor };

export const collectDeliveryWith =
  ({ loadState, commands, contextFor }: Dependencies): CollectDelivery =>
  async ({ plan, requested, recipient, by, at }) => {
    const { delivery, notification, source, category, channel, priority, atMostOnce, expiresAt } = plan;
    const closesAt = requested.digestOf === undefined ? digestUntil(plan, recipient, at) : undefined;
    if (closesAt === undefined || source.kind !== 'app') return undefined;
    if (by === 'planning' && (await loadState(deliveryDecider, deliveryStream(delivery))).state.status !== 'none') return undefined;
    const about = { person: recipient.person, app: source.app, category, channel };
    const digest = digestIdOf(about);
    const command = { type: 'collect', digest, ...about, delivery, notification, priority, atMostOnce, expiresAt, closesAt, at } as const;
    await commands.commandDigest(command, freshContext({ contextFor, worker: DIGESTER, type: 'collect-delivery', body: delivery, at }));
    const { state } = await loadState(digestDecider, digestStream(digest));
    const found = windowOf(state, delivery);
    if (found === undefined || found.closesAt <= at) return undefined;
    return { action: 'defer', reason: 'digest', until: found.closesAt, digestWindow: { digest, window: found.window } };
  };
