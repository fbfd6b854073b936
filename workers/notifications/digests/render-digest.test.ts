import test from 'ava';
import type { Content } from '../../../domain/notifications/request-fields.ts';
import type { RequestedNotification } from '../../../domain/notifications/planning/plan.ts';
import type { NotificationChannel } from '../../../domain/people/notification-channels.ts';
import { erased } from '../../../domain/shared/event.ts';
import type { AppId, NotificationId } from '../../../domain/shared/ids.ts';
import { HOUR_MS, instant, plus } from '../../../domain/shared/instant.ts';
import { renderDigestWith } from './render-digest.ts';

const at = instant(Date.UTC(2027, 0, 10));
const source = { kind: 'app', app: 'shop' as AppId } as const;

type Item = Partial<Pick<RequestedNotification, 'content' | 'collapseKey' | 'expiresAt'>> & { readonly cancelled?: true };

const requestOf = (name: string, { cancelled, ...fields }: Item) => {
  const requested = { notification: name, source, category: 'orders', content: { body: name }, expiresAt: plus(at, HOUR_MS), ...fields };
  return { cancelled: cancelled === true, requested: requested as unknown as RequestedNotification };
};

/** What a digest of these says on a channel. A notification whose content is a fault can't be rendered. */
async function rendered(
  items: Readonly<Record<string, Item>>,
  { channel = 'email' as NotificationChannel, template = undefined as Content | 'fault' | undefined } = {},
) {
  const renderDigest = renderDigestWith({
    loadState: (decider, stream) => Promise.resolve({ state: decider.initialState, stream, revision: -1 }),
    loadNotification: (id) => Promise.resolve(items[id] === undefined ? undefined : requestOf(id, items[id])),
    render: ({ content, digestOf }) => {
      if (digestOf !== undefined) return Promise.resolve(template === 'fault' || template === undefined ? { fault: 'none' } : { content: template });
      return Promise.resolve((content as Content).body === 'fault' ? { fault: 'a fault' } : { content: content as Content });
    },
    clock: () => at,
  });
  const digestOf = [...Object.keys(items), 'unknown'] as NotificationId[];
  const digest = { source, category: 'orders', channels: [channel], digestOf, ...(template !== undefined && { template: { template: 't', version: 1 } }) };
  return renderDigest(digest as unknown as RequestedNotification, { language: undefined });
}

const bodyOf = (digest: Awaited<ReturnType<typeof rendered>>) => (digest === 'void' ? undefined : digest.content.body);

test('what was cancelled or erased, is over or says nothing drops out', async (t) => {
  const gone: Readonly<Record<string, Item>> = {
    cancelled: { cancelled: true },
    over: { expiresAt: at },
    erased: { content: erased },
    faulty: { content: { body: 'fault' } },
  };
  t.is(bodyOf(await rendered({ one: {}, ...gone, two: {} })), 'two\none');
  t.is(bodyOf(await rendered({ ...gone, one: {} })), 'one');
  t.is(await rendered(gone), 'void');
});

test('of those that replace each other on a device the last one counts', async (t) => {
  const score = { collapseKey: 'score' };
  t.like(await rendered({ '0:1': score, other: {}, '0:2': score }), { content: { title: 'orders (2)', body: '0:2\nother' } });
});

test('a push and a text list five, an email twenty', async (t) => {
  const items = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`n${i}`, {}]));
  const lines = async (channel: NotificationChannel) => bodyOf(await rendered(items, { channel }))?.split('\n');
  t.deepEqual(await lines('push'), ['n29', 'n28', 'n27', 'n26', 'n25', 'and 25 more']);
  t.deepEqual(await lines('sms'), await lines('push'));
  t.is((await lines('email'))?.length, 21);
  t.is((await lines('email'))?.at(-1), 'and 10 more');
});

test('a template says it, but where it can’t or where one is left', async (t) => {
  const template = { body: 'in our words' };
  t.is(bodyOf(await rendered({ one: {}, two: {} }, { template })), 'in our words');
  t.is(bodyOf(await rendered({ one: {}, two: {} }, { template: 'fault' })), 'two\none');
  t.is(bodyOf(await rendered({ one: {} }, { template })), 'one');
});
