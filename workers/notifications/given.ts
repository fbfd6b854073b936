/** What the tests of deliveries begin with: an app, people enrolled with it who have a device each, and what became of what was sent to them. */
import type { RequestNotification } from '../../commands/notifications/notifications.ts';
import type { NotificationId, PersonId } from '../../domain/shared/ids.ts';
import type { Delivery } from '../../projections/deliveries.ts';
import { givenWorkers, type Workplace } from '../given.ts';

const LOOK_MAX = 5_000;
/** Long enough on the clock of the test for whatever is still to come. */
const LONG_AFTER_MS = 20 * 60_000;
const ENDED: ReadonlySet<string> = new Set(['accepted', 'delivered', 'undelivered', 'failed', 'suppressed', 'cancelled', 'expired']);

export async function givenDeliveries(people: number, ...[config, options]: Parameters<typeof givenWorkers>) {
  // A vendor that hangs costs real time, and little of it.
  const work = await givenWorkers({ attemptDeadlineMs: 30, ...config }, options);
  const { commands, by, views } = work;
  const { id: app } = await commands.registerApp({ name: 'app' }, by('admin'));
  const recipients = await Promise.all(Array.from({ length: people }, (_, i) => recipient(work, `person-${i}`)));
  for (const person of recipients) await commands.enrol({ person, app }, by(person));
  await work.quiet();

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
  const deliveries = (notification: NotificationId): Promise<readonly Delivery[]> => views.find('deliveries', { where: { notification }, limit: LOOK_MAX });
  const ended = async (notification: NotificationId, count = people) => {
    const all = await deliveries(notification);
    return all.length === count && all.every(({ status }) => ENDED.has(status));
  };
  return {
    work,
    app,
    recipients,
    request,
    deliveries,
    /** Lets time go by until every delivery has come to its end, and then a good while longer, for what comes too late. */
    untilEnded: async (notification: NotificationId, { count = people, stepMs = 5_000 } = {}): Promise<readonly Delivery[]> => {
      await work.timeUntil(() => ended(notification, count), { stepMs });
      await work.time.advance(LONG_AFTER_MS);
      await work.quiet();
      return deliveries(notification);
    },
    sent: () => work.outbox.list({ channel: 'push', limit: LOOK_MAX }),
    [Symbol.asyncDispose]: () => work[Symbol.asyncDispose](),
  };
}

async function recipient(work: Workplace, name: string): Promise<PersonId> {
  const person = await work.person(name);
  await work.device(person);
  return person;
}
