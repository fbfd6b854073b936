/** What whoever keeps public pictures on the way is told. */
import { randomUUID } from 'node:crypto';
import test from 'ava';
import type { OperatorId, PersonId, PostId } from '../../domain/shared/ids.ts';
import { instant, MINUTE_MS, SECOND_MS } from '../../domain/shared/instant.ts';
import { startOutbound } from '../../ports/outbound/https.ts';
import { startReceiver } from '../../tests/webhooks/receiver.ts';
import { webhookHeaders } from '../notifications/webhooks/sign-webhook.ts';
import { startWorkersForTest, type TestWorkers } from '../test-fixture.ts';

const secret = `whsec_${Buffer.alloc(32, 'a secret').toString('base64')}`;

test('the addresses of what was deleted, hidden, changed or erased are told, signed, until they are taken', async (t) => {
  await using hook = await startReceiver();
  await using outbound = startOutbound({ privateNetworks: ['127.0.0.1/32'], ca: hook.ca });
  await using work = await startWorkersForTest({ mediaPurge: { url: `${hook.url}/purge`, secret } }, { outbound });
  const [ann, bob] = [await work.person(randomUUID()), await work.person(randomUUID())];
  const [pictured, plain, hidden, last] = [
    await publish(work, ann, true),
    await publish(work, ann, false),
    await publish(work, ann, true),
    await publish(work, bob, true),
  ];
  hook.answer(503);
  await work.commands.deletePost({ author: ann, post: plain }, work.by(ann));
  await work.commands.deletePost({ author: ann, post: pictured }, work.by(ann));
  await work.untilIdle();
  const toldOf = () => hook.received.map(({ body }) => (JSON.parse(body) as { readonly prefixes: readonly string[] }).prefixes);
  t.true(
    toldOf().length > 0 && toldOf().every((prefixes) => prefixes.join() === `/v1/posts/${pictured}/media/`),
    'a post without pictures is nobody’s to purge',
  );
  const refused = hook.received.length;
  hook.answer(204);
  await work.advanceUntil(() => hook.received.length > refused, { stepMs: MINUTE_MS });
  await work.commands.hidePost({ subject: { kind: 'post', post: hidden }, by: 'mod' as OperatorId, violation: 'spam' }, work.by('operator:mod'));
  await work.commands.changeProfile({ person: ann, picture: null }, work.by(ann));
  await work.commands.changeProfile({ person: ann, about: 'Nothing of a picture.' }, work.by(ann));
  await work.untilIdle();
  await work.commands.erasePerson({ person: bob }, work.by(bob));
  await work.untilIdle();
  const told = toldOf().slice(refused).flat();
  for (const prefix of [`/v1/posts/${hidden}/media/`, `/v1/people/${ann}/picture/`, `/v1/people/${bob}/picture/`, `/v1/posts/${last}/media/`])
    t.true(told.includes(prefix), prefix);
  const [first] = hook.received;
  const { 'webhook-id': id = '', 'webhook-timestamp': seconds = '', 'webhook-signature': signature } = first?.headers ?? {};
  t.is(webhookHeaders([secret], { id, body: first?.body ?? '', at: instant(Number(seconds) * SECOND_MS) })['webhook-signature'], signature);
});

/** With a picture of where its link leads, or without any. */
async function publish(work: TestWorkers, author: PersonId, pictured: boolean): Promise<PostId> {
  const { id } = await work.commands.publishPost({ author, text: randomUUID() }, work.by(author));
  if (pictured) await work.commands.addPostPreview({ post: id, of: 0, preview: { url: 'https://a.example/', title: 'A' } }, work.by('system:test'));
  await work.untilIdle();
  return id;
}
