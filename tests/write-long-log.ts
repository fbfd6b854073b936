/** A data folder with a long log, which nobody could type. */
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import type { TidingsEvent } from '../domain/events.ts';
import { cataloguedEvents } from '../app/analytics/catalogue.ts';
import type { ChannelId, DeliveryId, NotificationId, PersonId } from '../domain/shared/ids.ts';
import { instant, type Instant } from '../domain/shared/instant.ts';
import { deliveryStream, messagesStream, notificationStream, userStream } from '../domain/shared/streams.ts';
import { openEventStore } from '../event-store/open.ts';
import { createCodec } from '../ports/event-log/codec.ts';
import { startEmbeddedLog } from '../ports/event-log/embedded.ts';
import { openKeyring } from '../ports/event-log/keyring.ts';
import { startSqliteVault } from '../ports/vault/sqlite.ts';

const APPENDED_TOGETHER = 100;
export const FIRST_MS = Date.parse('2026-03-01T08:00:00.000Z');
const MINUTE_MS = 60_000;

/**
 * Five people in as many channels, in each of which two write a message a minute in turn: so many messages. One notification of the
 * template `order-shipped` is requested, and accepted for one person of two. No process has the folder open.
 */
export async function writeLongLog(folder: string, messages: number): Promise<void> {
  await using store = await openEventStore(join(folder, 'events'), { noSync: true });
  await using vault = await startSqliteVault(join(folder, 'vault.sqlite'));
  const log = startEmbeddedLog(store);
  const codec = createCodec(openKeyring(vault), () => instant(FIRST_MS));
  const append = async (stream: string, events: readonly Said[], after: number) => {
    const encoded = events.map(({ event, actor, at }) => {
      const command = randomUUID();
      return codec.encode(stream, { id: randomUUID(), event, metadata: { $correlationId: command, actor, at, command, request: 'test' } });
    });
    await log.append(stream, await Promise.all(encoded), after < 0 ? 'no-stream' : after);
  };
  const people = Array.from({ length: 5 }, () => randomUUID() as string as PersonId);
  const channels = people.map(() => randomUUID() as string as ChannelId);
  for (const [index, person] of people.entries()) {
    const registered: TidingsEvent = { type: 'people.registered.v1', data: { name: `Person ${index}`, login: randomUUID() } };
    await append(userStream(person), [{ event: registered, actor: person, at: instant(FIRST_MS) }], -1);
  }
  const each = Math.ceil(messages / channels.length);
  for (let seq = 0; seq < each; seq += APPENDED_TOGETHER) {
    const many = Math.min(APPENDED_TOGETHER, each - seq);
    for (const [index, channel] of channels.entries()) {
      const said = Array.from({ length: many }, (_, more) => message(channel, seq + more, people[(index + seq + more) % 2] ?? people[0] ?? ('' as PersonId)));
      await append(messagesStream(channel), said, seq - 1);
    }
  }
  for (const { stream, event } of notified()) await append(stream, [{ event, actor: 'system:test', at: instant(FIRST_MS) }], -1);
}

type Said = { readonly event: TidingsEvent; readonly actor: string; readonly at: Instant };

function message(channel: ChannelId, seq: number, sender: PersonId): Said {
  const at = instant(FIRST_MS + seq * MINUTE_MS);
  const data = { channel, sender, text: `Message ${seq}`, clientId: randomUUID(), at, messageCount: seq + 1 };
  return { event: { type: 'chat.message-posted.v1', data }, actor: sender, at };
}

/** By the examples of the catalogue. */
function notified(): readonly { readonly stream: string; readonly event: TidingsEvent }[] {
  const notification = randomUUID() as string as NotificationId;
  const deliveries = [randomUUID(), randomUUID()] as readonly string[] as readonly DeliveryId[];
  const like = (type: string, ids: object) => {
    const { data } = cataloguedEvents().find((event) => event.type === type)?.example ?? { data: {} };
    return { type, data: { ...data, ...ids } } as TidingsEvent;
  };
  return [
    { stream: notificationStream(notification), event: like('notifications.requested.v1', { notification }) },
    ...deliveries.map((delivery) => ({ stream: deliveryStream(delivery), event: like('notifications.delivery-planned.v1', { delivery, notification }) })),
    { stream: deliveryStream(randomUUID() as string as DeliveryId), event: like('notifications.attempt-accepted.v1', { delivery: deliveries[0] }) },
  ];
}
