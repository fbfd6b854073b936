/**
 * Forgets deliveries and notifications that are older than their category is kept: each gets one last event, by which the views give it
 * up and its stream is truncated (`truncate-forgotten.ts`). What is due is found in the views, so wherever this is cut off, the rest is
 * found again.
 */
import type { Commands } from '../../../commands/commands.ts';
import type { CommandContext } from '../../../commands/handling/command-context.ts';
import type { CommandResult } from '../../../commands/handling/results.ts';
import { forgottenUpTo, keptDaysOf, type KeptFor } from '../../../domain/notifications/categories/kept-for.ts';
import { ENDED } from '../../../domain/notifications/delivery/delivery-state.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { Position } from '../../../ports/event-log/port.ts';
import { merge } from '../../../ports/event-log/position.ts';
import type { DocumentPage } from '../../../ports/views/port.ts';
import { endOfPlanned, type DeliveryDocument } from '../../../projections/read-models/deliveries.ts';
import { endOfExpires, type NotificationDocument } from '../../../projections/read-models/notifications.ts';
import type { TidingsViews } from '../../../projections/view-access/tidings-views.ts';
import type { WorkerViews } from '../../dependencies.ts';
import type { Sleep } from '../../jobs/sleep.ts';

export const PAGE_DOCUMENTS = 500;
const PAGE_BYTES_MAX = 2 * 1_024 * 1_024;
const AT_ONCE = 16;
/** The deliveries that were forgotten have to be gone before one asks whether a notification has any. */
const VIEW_DEADLINE_MS = 30_000;

export type ForgettingDependencies = {
  readonly views: Pick<TidingsViews, 'find' | 'findPage'>;
  readonly waitForViews: WorkerViews['waitForViews'];
  readonly commands: Pick<Commands, 'commandDelivery' | 'forgetNotification'>;
  readonly monotonicMs: () => number;
  readonly sleep: Sleep;
};

export type Forgetting = {
  readonly keptFor: KeptFor;
  readonly now: Instant;
  /** In whose name. */
  readonly contextOf: (type: string, body: object) => CommandContext;
  readonly signal: AbortSignal;
};

/** Of one category, so far. */
export type Forgotten = { readonly category: string; readonly days: number; readonly deliveries: number; readonly notifications: number };

/** How much is due, without forgetting it. `notifications`: at most; one with a delivery that stays is kept as well. */
export function countOld(dependencies: Pick<ForgettingDependencies, 'views'>, forgetting: Pick<Forgetting, 'keptFor' | 'now' | 'signal'>) {
  return eachDue(dependencies, forgetting, { deliveries: async ({ length }) => length, notifications: async ({ length }) => length });
}

/** Tells after each page how much of its category it has forgotten so far. As long as it works, it rests. */
export function forgetOld(dependencies: ForgettingDependencies, forgetting: Forgetting): AsyncIterable<Forgotten> {
  const { views, waitForViews, commands, monotonicMs, sleep } = dependencies;
  const { contextOf, now: at, signal } = forgetting;
  let told: Position | undefined;
  const forgetEach = async <One>(ones: readonly One[], forget: (one: One) => Promise<CommandResult>): Promise<number> => {
    let forgotten = 0;
    for (let from = 0; from < ones.length; from += AT_ONCE) {
      signal.throwIfAborted();
      const startedMs = monotonicMs();
      for (const result of await Promise.all(ones.slice(from, from + AT_ONCE).map(forget))) {
        if (result.outcome !== 'appended') continue;
        forgotten += 1;
        told = merge(told, result.position);
      }
      await sleep(monotonicMs() - startedMs, signal);
    }
    return forgotten;
  };
  const forgetNotifications = async (old: readonly NotificationDocument[], upTo: Instant) => {
    if (told !== undefined) await waitForViews(['deliveries'], told, { deadlineMs: VIEW_DEADLINE_MS });
    const left = await Promise.all(old.map(({ notification }) => views.find('deliveries', { where: { notification }, order: { _id: 1 }, limit: 1 })));
    const alone = old.filter((_, i) => left[i]?.length === 0);
    return forgetEach(alone, ({ notification }) => commands.forgetNotification({ notification, upTo }, contextOf('forget-notification', { notification })));
  };
  return eachDue(dependencies, forgetting, {
    deliveries: (old, upTo) =>
      forgetEach(old, ({ delivery }) =>
        commands.commandDelivery({ delivery, command: { type: 'forget', upTo, at } }, contextOf('forget-delivery', { delivery })),
      ),
    notifications: forgetNotifications,
  });
}

/** What becomes of a page; answers of how many. */
type Acts = {
  readonly deliveries: (old: readonly DeliveryDocument[], upTo: Instant) => Promise<number>;
  readonly notifications: (old: readonly NotificationDocument[], upTo: Instant) => Promise<number>;
};

async function* eachDue(
  { views }: Pick<ForgettingDependencies, 'views'>,
  { keptFor, now, signal }: Pick<Forgetting, 'keptFor' | 'now' | 'signal'>,
  acts: Acts,
): AsyncGenerator<Forgotten, void, undefined> {
  for (const category of await categoriesIn(views)) {
    const days = keptDaysOf(keptFor, category);
    if (days === undefined) continue;
    const upTo = forgottenUpTo(now, days);
    let [deliveries, notifications] = [0, 0];
    for await (const page of oldDeliveries(views, category, upTo)) {
      signal.throwIfAborted();
      deliveries += await acts.deliveries(page, upTo);
      yield { category, days, deliveries, notifications };
    }
    for await (const page of oldNotifications(views, category, upTo)) {
      signal.throwIfAborted();
      notifications += await acts.notifications(page, upTo);
      yield { category, days, deliveries, notifications };
    }
  }
}

/** However apps spell them. Each is found by the one before it. */
async function categoriesIn(views: ForgettingDependencies['views']): Promise<readonly string[]> {
  const categories = new Set<string>();
  const orders = [
    ['deliveries', 'planned'],
    ['notifications', 'expires'],
  ] as const;
  for (const [collection, then] of orders) {
    for (let after: string | undefined; ;) {
      const range = after === undefined ? {} : { range: { field: 'category', after } };
      const [next]: readonly { readonly category: string }[] = await views.find(collection, { ...range, order: { category: 1, [then]: 1 }, limit: 1 });
      if (next === undefined) break;
      categories.add((after = next.category));
    }
  }
  return [...categories];
}

const FORGETTABLE: readonly DeliveryDocument['status'][] = [...ENDED, 'accepted'];

/** Of those that were planned and changed last before then. */
async function* oldDeliveries(views: ForgettingDependencies['views'], category: string, upTo: Instant): AsyncGenerator<readonly DeliveryDocument[]> {
  for (let after: string | undefined; ;) {
    const range = { field: 'planned', until: endOfPlanned(upTo), ...(after !== undefined && { after }) };
    const query = { where: { category }, range, order: { planned: 1 }, limit: PAGE_DOCUMENTS, bytesMax: PAGE_BYTES_MAX } as const;
    const { documents, more }: DocumentPage<DeliveryDocument> = await views.findPage('deliveries', query);
    yield documents.filter(({ status, changedAt }) => changedAt <= upTo && FORGETTABLE.includes(status));
    after = documents.at(-1)?.planned;
    if (!more || after === undefined) return;
  }
}

/** Of those of which nothing was planned any more from then on. */
async function* oldNotifications(views: ForgettingDependencies['views'], category: string, upTo: Instant): AsyncGenerator<readonly NotificationDocument[]> {
  for (let after: string | undefined; ;) {
    const range = { field: 'expires', until: endOfExpires(upTo), ...(after !== undefined && { after }) };
    const query = { where: { category }, range, order: { expires: 1 }, limit: PAGE_DOCUMENTS, bytesMax: PAGE_BYTES_MAX } as const;
    const { documents, more }: DocumentPage<NotificationDocument> = await views.findPage('notifications', query);
    yield documents;
    after = documents.at(-1)?.expires;
    if (!more || after === undefined) return;
  }
}
