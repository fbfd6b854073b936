/** What the system says it has notified people of, and what the outbox was given in place of the vendors. */
import type { JsonObject } from '../../client/expectations.ts';
import { signRequest } from '../../client/sign-request.ts';
import { authorizationOf, type Actors, type Person } from '../actors.ts';
import { callReadApi, fetchAllPages, type SystemUnderTest } from '../system-under-test.ts';

const PAGE_LIMIT = 50;
const OUTBOX_PAGE_LIMIT = 1_000;

export type OutboxMessage = {
  readonly id: string;
  readonly delivery: string;
  readonly to: string;
  readonly category: string;
  readonly collapseKey: string;
  /** What the message is about. */
  readonly data?: Readonly<Record<string, string>>;
};

/** Without the codes of accounts: they are in no list of notifications, and tell of nothing that anybody did. */
export async function fetchOutbox(system: SystemUnderTest): Promise<readonly OutboxMessage[]> {
  const all: OutboxMessage[] = [];
  for (let before = ''; ;) {
    const path = `/outbox/outbox.json?limit=${OUTBOX_PAGE_LIMIT}${before === '' ? '' : `&before=${before}`}`;
    const response = await fetch((await system.addresses()).ops + path);
    const { messages, next } = (await response.json()) as { readonly messages: readonly OutboxMessage[]; readonly next: string | null };
    all.push(...messages.filter(({ category }) => category !== 'account'));
    if (next === null) return all;
    before = next;
  }
}

/** All deliveries of an app's notification, with their histories. */
export function fetchDeliveries(system: SystemUnderTest, { app }: Actors, notification: string): Promise<readonly JsonObject[]> {
  const get = (query: string) => {
    const path = `/v1/notifications/${notification}?${query}`;
    return callReadApi(system, path, { headers: () => signRequest(app, 'GET', path) });
  };
  return fetchAllPages(get, { list: 'deliveries', cursor: 'after', limit: PAGE_LIMIT });
}

export function fetchNotifications(system: SystemUnderTest, person: Person): Promise<readonly JsonObject[]> {
  const get = (query: string) => callReadApi(system, `/v1/me/notifications?${query}`, { headers: authorizationOf(person) });
  return fetchAllPages(get, { list: 'notifications', cursor: 'before', limit: PAGE_LIMIT });
}
