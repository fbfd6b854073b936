/** All workers with the real sender of one vendor, and people whom it reaches. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { AppId, DeviceId, NotificationId, PersonId } from '../../../domain/shared/ids.ts';
import { DAY_MS, SECOND_MS, type Instant } from '../../../domain/shared/instant.ts';
import type { Outbox, Sender } from '../../../ports/sender/port.ts';
import type { VendorAddress } from '../../../ports/sender/vendor-https.ts';
import type { DeliveryDocument } from '../../../projections/read-models/deliveries.ts';
import { confirmContact, startWorkersForTest, type TestWorkers } from '../../test-fixture.ts';
import { deliveriesIn } from '../test-fixture.ts';
import type { FaultyVendor } from './vendors.ts';

type Started = Parameters<typeof startWorkersForTest>;
/** The clock stands still while messages are sent, so an attempt that waited for the vendor's pace would wait for ever. */
const UNPACED = { perSecond: 1_000_000, burst: 1_000_000 };
/** Longer than any of the faults, by the test's clock. */
const TTL_SECONDS = (7 * DAY_MS) / SECOND_MS;
/** One person gets more than a person should. */
const UNCAPPED = 1_000_000;
/** All numbers are of one block. */
const UNLIMITED = { countryPerHourMax: 1_000_000, blockPerHourMax: 1_000_000 };
const POLL_MS = 2;

type Vendor = { readonly vendor: FaultyVendor; readonly connect: VendorAddress };

/** `isAsking`: a vendor is being asked about an attempt, which the workers bound by the test's clock. */
export type VendorWorkers = TestWorkers & { readonly isAsking: () => boolean };

/** Codes by which people confirm their numbers and addresses go to the outbox. */
export async function startVendorWorkers({ vendor, connect }: Vendor, [config, options = {}]: Started = []): Promise<VendorWorkers> {
  let asking = 0;
  const senderFor = ({ clock, outbox }: { readonly clock: () => Instant; readonly outbox: Outbox }): Sender => {
    const sender = vendor.startSender(clock, connect);
    const codes = outbox.senders.find(({ channel }) => channel === vendor.channel);
    const { resolveAttempt } = sender;
    return {
      ...sender,
      send: (attempt) => (attempt.category === 'account' && codes !== undefined ? codes : sender).send(attempt),
      ...(resolveAttempt !== undefined && {
        resolveAttempt: async (attempt) => {
          asking += 1;
          try {
            return await resolveAttempt(attempt);
          } finally {
            asking -= 1;
          }
        },
      }),
    };
  };
  const paces = { [vendor.name.split(',')[0] ?? '']: UNPACED };
  const work = await startWorkersForTest(
    { paces, notificationsPerDayMax: UNCAPPED, smsLimits: UNLIMITED, ...config },
    { ...options, startSenders: (given) => [senderFor(given)] },
  );
  return Object.assign(work, { isAsking: () => asking > 0 });
}

export type Actors = { readonly app: AppId; readonly recipients: readonly PersonId[] };

export async function enrolPeople(work: VendorWorkers, vendor: FaultyVendor, people: number): Promise<Actors> {
  const { id: app } = await work.commands.registerApp({ name: 'app' }, work.by('admin'));
  const count = Math.min(people, vendor.device?.devicesMax ?? people);
  const recipients = await Promise.all(Array.from({ length: count }, (_, n) => work.person(`person-${n}`)));
  for (const [n, person] of recipients.entries()) {
    const { device, channel } = vendor;
    if (device !== undefined) {
      const registered = { person, device: randomUUID() as DeviceId, platform: device.platform, token: device.tokenOf(n) };
      await work.commands.registerDevice(registered, work.by(person));
    } else if (channel === 'sms') await confirmContact(work, { person, kind: 'phone', address: `+4179123${1_000 + n}` });
    else await confirmContact(work, { person, kind: 'email', address: `person-${n}@example.org` });
    await work.commands.enrol({ person, app }, work.by(person));
  }
  await work.untilIdle();
  return { app, recipients };
}

type Asked = { readonly work: TestWorkers; readonly vendor: FaultyVendor; readonly actors: Actors };

/** One that got no answer is repeated under the same key. */
export async function requestOf(
  { work, vendor, actors: { app } }: Asked,
  key: string,
  { recipients, body }: { readonly recipients: readonly PersonId[]; readonly body: string },
) {
  const asked = {
    source: { kind: 'app', app },
    recipients,
    category: 'news',
    channels: [vendor.channel],
    content: { title: 'News', body },
    ttlSeconds: TTL_SECONDS,
  } as const;
  const result = work.contextFor({ actor: `app:${app}`, type: 'request-notification', key, body: asked, at: work.clock() });
  if (result.outcome === 'refused') throw new Error(result.refusal.code);
  const { id, handled } = await work.commands.requestNotification(asked, result.context);
  if (handled.outcome === 'refused') throw new Error(handled.refusal.code);
  return id;
}

type Until = { readonly notifications: readonly NotificationId[]; readonly count: number; readonly stepMs: number };

/** Moves the time on until the condition holds, in steps that are shorter than a vendor is waited for when it is asked. */
export async function advanceUntil(work: VendorWorkers, holds: () => Promise<boolean> | boolean, stepMs = 5_000): Promise<void> {
  await work.advanceUntil(
    async () => {
      while (work.isAsking()) await delay(POLL_MS);
      return await holds();
    },
    { stepMs },
  );
}

const SETTLED: ReadonlySet<string> = new Set(['accepted', 'delivered', 'undelivered', 'failed', 'suppressed', 'cancelled', 'expired']);

export async function untilSettled(work: VendorWorkers, { notifications, count, stepMs }: Until): Promise<readonly DeliveryDocument[]> {
  const isSettled = async () => {
    const all = await deliveriesIn(work, notifications);
    return all.length === count && all.every(({ status }) => SETTLED.has(status));
  };
  await advanceUntil(work, isSettled, stepMs);
  return await deliveriesIn(work, notifications);
}
