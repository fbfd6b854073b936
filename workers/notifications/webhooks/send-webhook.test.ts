import test from 'ava';
import { startDeliveriesForTest } from '../test-fixture.ts';
import { ENDPOINTS_REMEMBERED_MS } from './known-endpoints.ts';

test('no message goes out unsigned: where its secret is missing it waits until the webhook is set again', async (t) => {
  const signatures: (string | undefined)[] = [];
  const outbound = {
    post: async ({ headers }: { readonly headers: Readonly<Record<string, string>> }) => {
      signatures.push(headers['webhook-signature']);
      return { outcome: 'answered', status: 204, headers: {}, body: Buffer.alloc(0), isCut: false } as const;
    },
  };
  await using given = await startDeliveriesForTest(1, {}, { outbound });
  const { work, app } = given;
  const set = () => work.commands.setWebhook({ app, url: 'https://shop.example/', events: ['delivery.accepted'] }, work.by('operator'));
  await set();
  await work.untilIdle();
  await work.time.advance(ENDPOINTS_REMEMBERED_MS);
  // As where the process that set it was killed before it had made one.
  await work.vault.remove('webhook-secret', app);
  await given.untilEnded(await given.request());
  const reasons = async () => (await work.views.find('webhook-messages', { where: { app }, limit: 10 })).map(({ reason }) => reason);
  t.deepEqual([signatures, await reasons()], [[], ['secret-missing']]);
  await set();
  await work.advanceUntil(() => signatures.length > 0, { stepMs: 60_000 });
  t.regex(signatures[0] ?? '', /^v1,/);
});

test('a message that is queued when its webhook is removed goes nowhere, and says why', async (t) => {
  const asked: string[] = [];
  const outbound = {
    post: async ({ url }: { readonly url: string }) => {
      asked.push(url);
      return { outcome: 'answered', status: 500, headers: {}, body: Buffer.alloc(0), isCut: false } as const;
    },
  };
  await using given = await startDeliveriesForTest(1, {}, { outbound });
  const { work, app } = given;
  await work.commands.setWebhook({ app, url: 'https://shop.example/', events: ['delivery.accepted'] }, work.by('operator'));
  await work.untilIdle();
  await work.time.advance(ENDPOINTS_REMEMBERED_MS);
  await given.untilEnded(await given.request());
  const messages = () => work.views.find('webhook-messages', { where: { app }, limit: 10 });
  await work.advanceUntil(async () => (await messages()).some(({ attempts }) => attempts > 0), { stepMs: 0 });
  await work.untilIdle();
  const before = asked.length;
  await work.commands.removeWebhook({ app }, work.by('operator'));
  await work.advanceUntil(async () => (await messages()).some(({ reason }) => reason === 'webhook-removed'), { stepMs: 60_000 });
  t.true(before > 0);
  t.is(asked.length, before);
});
