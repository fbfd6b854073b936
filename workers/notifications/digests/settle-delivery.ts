/**
 * Settles a delivery whose window has closed, or is to close now: it is told with the others as one, or as itself where no other waited.
 * Whoever comes first closes the window, by which that is decided for all of them; each delivery is settled by a job of its own, which
 * the sweeper adds again where it was lost, so that a process may die after any step.
 */
import type { Commands } from '../../../commands/commands.ts';
import type { ContextFor } from '../../../commands/handling/command-context.ts';
import { digestNotificationIdOf } from '../../../commands/handling/deterministic-ids.ts';
import { delivery as deliveryDecider } from '../../../domain/notifications/delivery/delivery.ts';
import type { DeliveryIn } from '../../../domain/notifications/delivery/delivery-state.ts';
import { digest as digestDecider, openWindow, type OpenWindow } from '../../../domain/notifications/digests/digest.ts';
import type { DigestEvent, DigestWindow } from '../../../domain/notifications/digests/events.ts';
import type { Refusal } from '../../../domain/shared/decider.ts';
import type { RefusalCode } from '../../../domain/shared/refusals.ts';
import type { DeliveryId, NotificationId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import { deliveryStream, digestStream } from '../../../domain/shared/streams.ts';
import type { DomainReader } from '../../dependencies.ts';
import { contextForKey, freshContext } from '../../jobs/command-contexts.ts';
import { DIGESTER } from './collect-delivery.ts';

/** Read at once, of the deliveries of a window. */
const READ_AT_ONCE_MAX = 50;

/** The notification that tells it together with others; undefined: it is told as itself. */
export type SettleDelivery = (state: DeliveryIn<'deferred'>, at: Instant) => Promise<NotificationId | undefined>;

type Dependencies = {
  readonly reader: DomainReader;
  readonly commands: Pick<Commands, 'commandDigest' | 'requestDigest'>;
  readonly contextFor: ContextFor;
};

export const settleDeliveryWith =
  (dependencies: Dependencies): SettleDelivery =>
  async ({ plan, digestWindow }, at) => {
    const { commands, contextFor } = dependencies;
    const { source, recipient: person, category, channel, notification } = plan;
    if (digestWindow === undefined || source.kind !== 'app') return undefined;
    await closeIfOpen(dependencies, digestWindow, at);
    const closed = await findClosed(dependencies, digestWindow);
    if (closed?.into === undefined || !closed.notifications.includes(notification)) return undefined;
    const request = { app: source.app, person, category, channel, of: closed.notifications, as: closed.into };
    const { digest, window } = digestWindow;
    const context = contextForKey(`${digest}:${window}`, { contextFor, worker: DIGESTER, type: 'request-digest', body: closed.into, at });
    const result = await commands.requestDigest(request, context);
    return result.outcome === 'refused' && isNeverRequested(result.refusal) ? undefined : closed.into.notification;
  };

const NEVER_REQUESTED: readonly RefusalCode[] = ['app-unknown', 'app-disabled', 'expires-before-sending'];

/** True: nobody has requested it, nor will, so that it stands in nobody's place. Throws where that is not known: then this is done again. */
function isNeverRequested({ code }: Refusal): boolean {
  if (NEVER_REQUESTED.includes(code)) return true;
  // It tells nothing, and those in it neither.
  if (code === 'notification-cancelled') return false;
  throw new Error(`A digest can't be requested: ${code}`);
}

async function closeIfOpen(dependencies: Dependencies, digestWindow: DigestWindow, at: Instant): Promise<void> {
  const { reader, commands, contextFor } = dependencies;
  const { digest, window } = digestWindow;
  const { state } = await reader.loadState(digestDecider, digestStream(digest));
  const open = openWindow(state, window);
  if (open === undefined) return;
  const waiting = await waitingIn(dependencies, open, digestWindow);
  const command = { type: 'close', digest, window, waiting, into: digestNotificationIdOf(digestWindow), at } as const;
  const result = await commands.commandDigest(command, freshContext({ contextFor, worker: DIGESTER, type: 'close-digest', body: digestWindow, at }));
  if (result.outcome === 'refused') throw new Error(`A digest can't be closed: ${result.refusal.code}`);
}

/** Others were cancelled meanwhile, or were never planned because their process died, and wait in another window by now. */
async function waitingIn({ reader }: Dependencies, { collected }: OpenWindow, { digest, window }: DigestWindow): Promise<readonly DeliveryId[]> {
  const waiting: DeliveryId[] = [];
  for (let first = 0; first < collected.length; first += READ_AT_ONCE_MAX) {
    const page = collected.slice(first, first + READ_AT_ONCE_MAX);
    const states = await Promise.all(page.map(async ({ delivery }) => (await reader.loadState(deliveryDecider, deliveryStream(delivery))).state));
    for (const state of states) {
      if (state.status !== 'deferred' || state.reason !== 'digest') continue;
      if (state.digestWindow?.digest === digest && state.digestWindow.window === window) waiting.push(state.plan.delivery);
    }
  }
  return waiting;
}

type Closed = Extract<DigestEvent, { type: 'notifications.digest-closed.v1' }>['data'];

/** Nearly always among the last events, for it was closed just now. undefined: it was never opened, or is open. */
async function findClosed({ reader: { log, codec } }: Dependencies, { digest, window }: DigestWindow): Promise<Closed | undefined> {
  for await (const stored of log.readStream(digestStream(digest), { from: 'end', direction: 'backwards' })) {
    if (stored.type !== 'notifications.digest-closed.v1' && stored.type !== 'notifications.digest-opened.v1') continue;
    const event = await codec.decode(stored);
    if (event.type === 'notifications.digest-closed.v1' && event.data.window === window) return event.data;
    if (event.type === 'notifications.digest-opened.v1' && event.data.window === window) return undefined;
  }
  return undefined;
}
