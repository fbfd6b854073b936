/** For tests of what vendors and clients report: a write API whose vendor is a verifier of the test's own, and deliveries that were attempted. */
import { randomUUID } from 'node:crypto';
import { confirmedContact, type CommandsFixture } from '../../commands/test-fixture.ts';
import { delivery as deliveryDecider } from '../../domain/notifications/delivery/delivery.ts';
import type { DeliveryCommand } from '../../domain/notifications/delivery/delivery-commands.ts';
import { contacts } from '../../domain/people/contacts.ts';
import type { NotificationChannel } from '../../domain/people/notification-channels.ts';
import type { AppId, DeliveryId, EndpointId, NotificationId, PersonId } from '../../domain/shared/ids.ts';
import { DAY_MS, plus } from '../../domain/shared/instant.ts';
import { contactsStream, deliveryStream } from '../../domain/shared/streams.ts';
import type { CallbackVerifier, VendorCallback } from '../../ports/sender/callbacks.ts';
import { givenWriteApi, type WriteApiFixture } from '../test-fixture.ts';

const KEY = 'the key of a vendor';

/** Tells in JSON what it tells, and signs by naming its key. */
const vendor: CallbackVerifier = {
  vendor: 'acme-eu',
  verify: ({ headers, rawBody }) => (headers['x-key'] === KEY ? (JSON.parse(rawBody.toString('utf8')) as readonly VendorCallback[]) : { refused: 'key-wrong' }),
};

export type ReceiptsFixture = AsyncDisposable & {
  readonly api: WriteApiFixture;
  /** Answers the status. */
  readonly callBack: (callbacks: readonly Partial<VendorCallback>[], headers?: Readonly<Record<string, string>>) => Promise<number>;
  readonly counted: () => readonly object[];
  /** Attempted once, at the person's confirmed address. */
  readonly attempted: (person: PersonId, channel?: NotificationChannel, to?: EndpointId) => Promise<DeliveryId>;
  readonly command: (delivery: DeliveryId, command: DeliveryCommand) => Promise<unknown>;
  readonly load: (delivery: DeliveryId) => Promise<ReturnType<typeof deliveryDecider.evolve>>;
};

export async function givenReceipts(): Promise<ReceiptsFixture> {
  const api = await givenWriteApi({ vendorCallbacks: { publicUrl: 'https://tidings.example', accounts: [{ kind: 'acme', verifier: vendor }] } });
  const given = api.commands;
  const process = given.process();
  const command = (delivery: DeliveryId, asked: DeliveryCommand) => process.commands.commandDelivery({ delivery, command: asked }, given.context('worker'));
  let told = 0;
  return {
    api,
    callBack: async (callbacks, headers = { 'x-key': KEY }) => {
      const full = callbacks.map((callback) => ({ callback: `event-${told++}`, at: given.now, ...callback }));
      return (await api.request('anonymous', 'POST', '/v1/callbacks/acme/acme-eu', { raw: JSON.stringify(full), headers })).status;
    },
    counted: () => api.events.flatMap((event) => (event.type === 'callbacks-recorded' ? [event.counts] : [])),
    command,
    load: async (delivery) => (await process.loadState(deliveryDecider, deliveryStream(delivery))).state,
    attempted: async (recipient, channel = 'email', to) => {
      const { kind, address } = ADDRESSES[channel === 'sms' ? 'sms' : 'email'];
      const { state } = await process.loadState(contacts, contactsStream(recipient));
      const endpoint = to ?? state[kind] ?? (await confirmedContact(given, process, { person: recipient, kind, address }));
      return await attemptedDelivery(given, { recipient, channel, endpoint });
    },
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  };
}

const ADDRESSES = { email: { kind: 'email', address: 'ann@example.org' }, sms: { kind: 'phone', address: '+4930123456' } } as const;

type Planned = { readonly recipient: PersonId; readonly channel: NotificationChannel; readonly endpoint: EndpointId };

/** Planned, and attempted once. */
export async function attemptedDelivery(given: CommandsFixture, planned: Planned): Promise<DeliveryId> {
  const { commands } = given.process();
  const delivery = randomUUID() as DeliveryId;
  const { now: at } = given;
  const plan = {
    ...planned,
    delivery,
    notification: randomUUID() as NotificationId,
    source: { kind: 'app', app: randomUUID() as AppId },
    category: 'news',
    critical: false,
    atMostOnce: false,
    priority: 'normal',
    expiresAt: plus(at, DAY_MS),
  } as const;
  const attempt = { vendor: 'acme-eu', endpoint: planned.endpoint, deadline: plus(at, 10_000), at };
  await commands.commandDelivery(
    { delivery, command: { type: 'plan', ...plan, decision: { action: 'send', vendor: 'acme-eu' }, at } },
    given.context('worker'),
  );
  await commands.commandDelivery({ delivery, command: { type: 'start-attempt', ...attempt } }, given.context('worker'));
  return delivery;
}
