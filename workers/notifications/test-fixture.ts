/** What the tests of deliveries begin with: an app, people enrolled with it who have a device each, and what became of what was sent to them. */
import type { RequestNotification } from '../../commands/notifications/notifications.ts';
import type { NotificationId, PersonId } from '../../domain/shared/ids.ts';
import type { Outbox } from '../../ports/sender/outbox.ts';
import type { OutboxMessage } from '../../ports/sender/outbox-files.ts';
import type { Delivery } from '../../projections/read-models/deliveries.ts';
import { startWorkersForTest, type TestWorkers } from '../test-fixture.ts';

const LOOK_MAX = 5_000;
/** Long enough on the clock of the test for whatever is still to come. */
const LONG_AFTER_MS = 20 * 60_000;
const ENDED: ReadonlySet<string> = new Set(['accepted', 'delivered', 'undelivered', 'failed', 'suppressed', 'cancelled', 'expired']);

export async function startDeliveriesForTest(people: number, ...[config, options]: Parameters<typeof startWorkersForTest>) {
  // A vendor that hangs costs real time, and little of it.
  const work = await startWorkersForTest({ attemptDeadlineMs: 30, ...config }, options);
  const { commands, by } = work;
  const { id: app } = await commands.registerApp({ name: 'app' }, by('admin'));
  const recipients = await Promise.all(Array.from({ length: people }, (_, i) => recipient(work, `person-${i}`)));
  for (const person of recipients) await commands.enrol({ person, app }, by(person));
  await work.untilIdle();

  const request = async (asked: Partial<RequestNotification> = {}): Promise<NotificationId> => {
    const usual = {
      source: { kind: 'app', app },
      recipients,
      category: 'news',
      channels: ['push'],
      content: { title: 'News', body: 'Something happened' },
    } as const;
    const { id, handled } = await commands.requestNotification({ ...usual, ...asked }, by(`app:${app}`));
    if (handled.outcome === 'refused') throw new Error(handled.refusal.code);
    return id;
  };
  const deliveries = (notification: NotificationId): Promise<readonly Delivery[]> => deliveriesIn(work, [notification]);
  const ended = async (notifications: readonly NotificationId[], count: number) => {
    const all = await deliveriesIn(work, notifications);
    return all.length === count && all.every(({ status }) => ENDED.has(status));
  };
  return {
    work,
    app,
    recipients,
    request,
    deliveries,
    /** Lets time go by until every delivery has come to its end, and then a good while longer, for what comes too late. */
    untilEnded: async (asked: NotificationId | readonly NotificationId[], { count = people, stepMs = 5_000 } = {}): Promise<readonly Delivery[]> => {
      const notifications = [asked].flat();
      await work.advanceUntil(() => ended(notifications, count), { stepMs });
      await work.time.advance(LONG_AFTER_MS);
      await work.untilIdle();
      return deliveriesIn(work, notifications);
    },
    sent: () => sentBy(work.outbox),
    [Symbol.asyncDispose]: () => work[Symbol.asyncDispose](),
  };
}

export const deliveriesIn = ({ views }: Pick<TestWorkers, 'views'>, notifications: readonly NotificationId[]): Promise<readonly Delivery[]> =>
  Promise.all(notifications.map((notification) => views.find('deliveries', { where: { notification }, limit: LOOK_MAX }))).then((all) => all.flat());

/** Every push that was handed over, however many. */
export async function sentBy({ list }: Pick<Outbox, 'list'>): Promise<readonly OutboxMessage[]> {
  const sent: OutboxMessage[] = [];
  for (let before: string | undefined; ;) {
    const page = await list({ channel: 'push', limit: LOOK_MAX, ...(before === undefined ? {} : { before }) });
    sent.push(...page);
    if (page.length < LOOK_MAX) return sent;
    before = page.at(-1)?.id;
  }
}

async function recipient(work: TestWorkers, name: string): Promise<PersonId> {
  const person = await work.person(name);
  await work.device(person);
  return person;
}
