/** Sets a contact and confirms it with the code from the outbox, as its owner would: a code that doesn't arrive is asked for again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { callApi, type Addresses } from './call-api.ts';
import { expectStatus, listOf } from './expectations.ts';
import { UnexpectedResult } from './unexpected-result.ts';

const POLL_INTERVAL_MS = 50;
/** A message whose outcome is unknown, after a kill, is not sent a second time. */
const CODE_AWAITED_MS = 15_000;
const CODES_ASKED_FOR_MAX = 3;

type ContactToConfirm = {
  readonly kind: 'email' | 'phone';
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The idempotency keys of the commands begin with it. */
  readonly key: string;
};

export async function confirmContact(addresses: () => Promise<Addresses>, { kind, address, headers, key }: ContactToConfirm): Promise<void> {
  const path = `/v1/me/contacts/${kind}`;
  const write = async () => (await addresses()).write;
  for (let asked = 0; asked < CODES_ASKED_FOR_MAX; asked++) {
    const earlier = new Set((await messagesTo(addresses, kind, address)).map(({ id }) => id));
    expectStatus([200, 201], await callApi(write, path, { method: 'PUT', headers, key: `${key}-set-${asked}`, body: { address } }));
    const code = await awaitCode(addresses, { kind, address, earlier });
    if (code === undefined) continue;
    expectStatus([200, 201], await callApi(write, `${path}/confirm`, { method: 'POST', headers, key: `${key}-confirm-${asked}`, body: { code } }));
    return;
  }
  throw new UnexpectedResult(`no code arrived at ${address}`);
}

type Awaited = { readonly kind: 'email' | 'phone'; readonly address: string; readonly earlier: ReadonlySet<string> };

async function awaitCode(addresses: () => Promise<Addresses>, { kind, address, earlier }: Awaited): Promise<string | undefined> {
  const giveUpAt = Date.now() + CODE_AWAITED_MS;
  while (Date.now() < giveUpAt) {
    const message = (await messagesTo(addresses, kind, address)).find(({ id }) => !earlier.has(id));
    const code = /^\d+/.exec(message?.body ?? '')?.[0];
    if (code !== undefined) return code;
    await sleep(POLL_INTERVAL_MS);
  }
  return undefined;
}

type Message = { readonly id: string; readonly to: string; readonly category: string; readonly body: string };

async function messagesTo(addresses: () => Promise<Addresses>, kind: 'email' | 'phone', address: string): Promise<readonly Message[]> {
  const path = `/outbox/outbox.json?channel=${kind === 'email' ? 'email' : 'sms'}&limit=1000`;
  const page = await callApi(async () => (await addresses()).ops, path, {});
  return (listOf(page, 'messages') as unknown as readonly Message[]).filter(({ to, category }) => to === address && category === 'account');
}
