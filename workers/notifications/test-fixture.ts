/** For tests of deliveries: an app, people enrolled with it who have a device each, their deliveries, and the messages in the outbox. */
import type { RequestNotification } from '../../commands/notifications/notifications.ts';
import { randomUUID } from 'node:crypto';
import { notification } from '../../domain/notifications/notification.ts';
import { template } from '../../domain/notifications/templates/template.ts';
import type { NotificationChannel } from '../../domain/people/notification-channels.ts';
import type { AppId, NotificationId, PersonId, TemplateId } from '../../domain/shared/ids.ts';
import { notificationStream, templateStream } from '../../domain/shared/streams.ts';
import type { Outbox, OutboxMessage } from '../../ports/sender/port.ts';
import type { DeliveryDocument } from '../../projections/read-models/deliveries.ts';
import { startWorkersForTest, type TestWorkers } from '../test-fixture.ts';

const PAGE_MAX = 5_000;
/** By the test's clock: long enough for anything that comes late. */
const LONG_AFTER_MS = 20 * 60_000;
const ENDED: ReadonlySet<string> = new Set(['accepted', 'delivered', 'undelivered', 'failed', 'suppressed', 'cancelled', 'expired', 'digested']);

export async function startDeliveriesForTest(people: number, ...[config, options]: Parameters<typeof startWorkersForTest>) {
  // A hanging vendor costs real time, so the deadline is short.
  const work = await startWorkersForTest({ attemptDeadlineMs: 30, ...config }, options);
  const { commands, by } = work;
  const { id: app } = await commands.registerApp({ name: 'app' }, by('admin'));
  const recipients = await Promise.all(Array.from({ length: people }, (_, i) => recipient(work, `person-${i}`)));
  for (const person of recipients) await commands.enrol({ person, app }, by(person));
  await work.untilIdle();

  const request = async (fields: Partial<RequestNotification> = {}): Promise<NotificationId> => {
    const defaults = {
      source: { kind: 'app', app },
      recipients,
      category: 'news',
      channels: ['push'],
      content: { title: 'News', body: 'Something happened' },
    } as const;
    const { id, handled } = await commands.requestNotification({ ...defaults, ...fields }, by(`app:${app}`));
    if (handled.outcome === 'refused') throw new Error(handled.refusal.code);
    return id;
  };
  const deliveries = (notification: NotificationId): Promise<readonly DeliveryDocument[]> => deliveriesIn(work, [notification]);
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
    /** Moves the time on until every delivery has ended, and then a good while longer, for anything that comes late. */
    untilEnded: async (of: NotificationId | readonly NotificationId[], { count = people, stepMs = 5_000 } = {}): Promise<readonly DeliveryDocument[]> => {
      const notifications = [of].flat();
      await work.advanceUntil(() => ended(notifications, count), { stepMs });
      await work.time.advance(LONG_AFTER_MS);
      await work.untilIdle();
      return deliveriesIn(work, notifications);
    },
    sent: () => sentBy(work.outbox),
    [Symbol.asyncDispose]: () => work[Symbol.asyncDispose](),
  };
}

export const deliveriesIn = ({ views }: Pick<TestWorkers, 'views'>, notifications: readonly NotificationId[]): Promise<readonly DeliveryDocument[]> =>
  Promise.all(notifications.map((notification) => views.find('deliveries', { where: { notification }, limit: PAGE_MAX }))).then((all) => all.flat());

type Unrendered = {
  readonly app: AppId;
  readonly recipients: readonly PersonId[];
  readonly template: TemplateId;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly channels?: readonly NotificationChannel[];
};

/** A notification as earlier versions accepted it: without rendering its template, so that the log may hold one that can't be rendered. */
export async function requestUnrendered(
  work: TestWorkers,
  { app, recipients, template: id, parameters, channels = ['push'] }: Unrendered,
): Promise<NotificationId> {
  const asked = randomUUID() as NotificationId;
  const { state } = await work.loadState(template, templateStream(id));
  const contentFrom = { template: { template: id, state }, parameters };
  const request = { type: 'request', notification: asked, source: { kind: 'app', app }, app: { status: 'active' }, contentFrom } as const;
  const handled = await work.handle(
    notification,
    notificationStream(asked),
    { ...request, recipients, category: 'news', channels, at: work.clock() },
    work.by(`app:${app}`),
  );
  if (handled.outcome === 'refused') throw new Error(handled.refusal.code);
  return asked;
}

/** All pushes in the outbox, however many. */
export async function sentBy({ list }: Pick<Outbox, 'list'>): Promise<readonly OutboxMessage[]> {
  const sent: OutboxMessage[] = [];
  for (let before: string | undefined; ;) {
    const page = await list({ channel: 'push', limit: PAGE_MAX, ...(before === undefined ? {} : { before }) });
    sent.push(...page);
    if (page.length < PAGE_MAX) return sent;
    before = page.at(-1)?.id;
  }
}

async function recipient(work: TestWorkers, name: string): Promise<PersonId> {
  const person = await work.person(name);
  await work.device(person);
  return person;
}
