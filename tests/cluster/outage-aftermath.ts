/** After an outage: everything that was asked for is there, once, whether it was acknowledged at once or when it was tried again. */
import { expectStatus, expectThat, pollUntil, type JsonObject } from '../client/expectations.ts';
import { contentOf, outboxOf } from './outage-attempts.ts';
import { askOnce, bearer, listedFor, PASSWORD, type Asked, type OutageClients } from './outage-clients.ts';

const THERE_WITHIN_MS = 60_000;

/** Throws what is lost, doubled or otherwise wrong. */
export async function checkAftermath(clients: OutageClients): Promise<void> {
  const { asked, sent, annsDevice, ann, bob, cluster, channel } = clients;
  for (const one of asked) await tryAgain(clients, one);
  for (const message of sent) expectThat((await annsDevice.send(message, THERE_WITHIN_MS)) === 'works', 'a message sent again is acknowledged', message);

  const of = (kind: Asked['kind']) => asked.filter((one) => one.kind === kind);
  const clientIds = [...of('message').map(({ key }) => key), ...sent.map(({ id }) => id)];
  await eachOnce('the channel', clientIds, async () => {
    const messages = await listedFor(cluster, bob, `/v1/channels/${channel}/messages?limit=100`, 'messages');
    expectThat(isGapless(messages.map(({ seq }) => Number(seq))), 'there is no gap', messages);
    return messages.map(({ clientId }) => clientId);
  });
  const idsOf = (items: readonly JsonObject[]) => items.map(({ id }) => id);
  const answered = (kind: Asked['kind']) => of(kind).map(({ answer }) => String(answer?.['id']));
  await eachOnce('the feed', answered('post'), async () => idsOf(await listedFor(cluster, bob, '/v1/me/feed?limit=100', 'posts')));
  for (const id of answered('channel')) {
    const opened = async () => (await askOnce(`${(await cluster.directAddresses()).read}/v1/channels/${id}`, { headers: bearer(ann) })).outcome === 'works';
    await pollUntil(`there is the channel ${id}`, opened, THERE_WITHIN_MS);
  }
  const bodies = of('notification').map(({ body }) => contentOf(body));
  await eachOnce('the outbox', bodies, async () => (await outboxOf(clients)).map(({ body }) => body));
  await checkDevice(clients);
  for (const { body } of of('person')) await logsIn(clients, String(body['loginName']));
}

/** The answer is the first one, where there was one. */
async function tryAgain({ repeat }: OutageClients, one: Asked): Promise<void> {
  const { body } = expectStatus([200, 201], await repeat(one));
  const { answer = body } = one;
  expectThat(answer['id'] === body['id'] && answer['seq'] === body['seq'], `the same answer to ${one.path}`, { answer, body });
  one.answer = answer;
}

async function eachOnce(where: string, wanted: readonly string[], list: () => Promise<readonly unknown[]>): Promise<void> {
  let missing: readonly string[] = wanted;
  await pollUntil(
    `${where} has all ${wanted.length}`,
    async () => {
      const seen = await list();
      const timesOf = (id: string) => seen.filter((one) => one === id).length;
      const doubled = wanted.filter((id) => timesOf(id) > 1);
      expectThat(doubled.length === 0, `${where} has each once`, doubled);
      missing = wanted.filter((id) => timesOf(id) === 0);
      return missing.length === 0;
    },
    THERE_WITHIN_MS,
  ).catch((error: unknown) => {
    throw new Error(`${where} lacks ${missing.join(', ')}`, { cause: error });
  });
}

/** Bob's device has every message, each once on a connection and in one place. */
async function checkDevice({ asked, sent, bobsDevice }: OutageClients): Promise<void> {
  const texts = [...asked.filter(({ kind }) => kind === 'message').map(({ body }) => String(body['text'])), ...sent.map(({ text }) => text)];
  await eachOnce('the device', texts, async () => [...bobsDevice.received().values()]);
  expectThat(bobsDevice.doubled().length === 0, 'no message arrives twice on a connection', bobsDevice.doubled());
}

async function logsIn({ cluster }: OutageClients, loginName: string): Promise<void> {
  const { write } = await cluster.directAddresses();
  const body = JSON.stringify({ loginName, password: PASSWORD });
  const logIn = async () => (await askOnce(`${write}/v1/sessions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).outcome;
  await pollUntil(`${loginName} logs in`, async () => (await logIn()) === 'works', THERE_WITHIN_MS);
}

function isGapless(seqs: readonly number[]): boolean {
  const sorted = seqs.toSorted((one, other) => one - other);
  return sorted.every((seq, at) => at === 0 || seq === (sorted[at - 1] ?? 0) + 1);
}
