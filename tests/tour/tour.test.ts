import test, { type ExecutionContext } from 'ava';
import { callApi } from '../client/call-api.ts';
import { listOf } from '../client/expectations.ts';
import { ADMIN_TOKEN, startTidingsForTest, startTidingsProcess, temporaryFolder, type TidingsProcess } from '../start-for-test.ts';
import { authorizationOf } from './tour-context.ts';
import { runTour, type TourResult } from './tour.ts';

test('the tour completes through the public APIs', async (t) => {
  await using folder = await temporaryFolder();
  await using tidings = await startTidingsForTest(folder.path);
  const lines: string[] = [];
  const { steps } = await runTour({
    addresses: () => Promise.resolve(tidings.addresses),
    adminToken: ADMIN_TOKEN,
    run: 'once',
    onStep: (line) => lines.push(line),
  });
  t.is(lines.length, steps);

  const metrics = await (await fetch(`${tidings.addresses.ops}/metrics`)).text();
  const countedBy = (quantity: string) =>
    Array.from(metrics.matchAll(new RegExp(`^tidings_cache_${quantity}_total\\{cache="([^"]+)"\\} [1-9]`, 'gm')), ([, cache = '']) => cache);
  const cachesAsked = [
    'sessions',
    'verified-tokens',
    'app-secrets',
    'channel-members',
    'subject-keys',
    'stream-states',
    'written-documents',
    'decoded-events',
    'endpoints',
    'registrations',
  ];
  t.deepEqual(['feed', 'documents', ...cachesAsked].toSorted(), [...new Set([...countedBy('hits'), ...countedBy('misses')])].toSorted());
});

test('drains on SIGTERM and exits 0, and has everything after a restart', async (t) => {
  await using folder = await temporaryFolder();
  let result: TourResult;
  {
    await using tidings = await startTidingsProcess(folder.path);
    result = await runTour({ addresses: () => Promise.resolve(tidings.addresses), adminToken: ADMIN_TOKEN, run: 'stopped', onStep: () => {} });
    t.is(await tidings.stop('SIGTERM'), 0);
    t.is(tidings.lines.at(-1)?.msg, 'stopped');
  }
  await using restarted = await startTidingsProcess(folder.path);
  await assertNothingMissingOrTwice(t, result, restarted);
});

test('the tour completes although the process is killed several times in the middle: nothing is missing and nothing is there twice', async (t) => {
  await using folder = await temporaryFolder();
  let tidings = await startTidingsProcess(folder.path);
  try {
    let restarting: Promise<void> = Promise.resolve();
    const kill = async () => {
      await tidings.stop('SIGKILL');
      tidings = await startTidingsProcess(folder.path);
    };
    const result = await runTour({
      addresses: async () => {
        await restarting;
        return tidings.addresses;
      },
      adminToken: ADMIN_TOKEN,
      run: 'killed',
      onStep: () => {},
      // The timer kills the process while the step is under way.
      beforeStep: async (step) => {
        if (step % 3 === 1) setTimeout(() => void (restarting = kill()), 5 + step * 7);
      },
    });
    await restarting;
    await assertNothingMissingOrTwice(t, result, tidings);
  } finally {
    await tidings.stop('SIGKILL');
  }
});

async function assertNothingMissingOrTwice(t: ExecutionContext, { tokens, post, channel, messages }: TourResult, { addresses }: TidingsProcess): Promise<void> {
  const read = (path: string, token: string) => callApi(() => Promise.resolve(addresses.read), path, { headers: authorizationOf({ token }) });

  for (const token of Object.values(tokens)) {
    const feed = await read('/v1/me/feed', token);
    t.deepEqual(
      listOf(feed, 'posts').map(({ id, likes }) => [id, likes]),
      [[post, 1]],
    );
  }
  const history = listOf(await read(`/v1/channels/${channel}/messages`, tokens.ann), 'messages');
  t.deepEqual(
    history.map(({ text }) => text),
    messages,
  );
  t.deepEqual(
    history.map(({ seq }) => seq),
    messages.map((_, i) => i),
  );
  // A message whose push was suppressed because a device received it just in time is listed too.
  const notifications = listOf(await read('/v1/me/notifications', tokens.bob), 'notifications');
  t.deepEqual([...new Set(notifications.map(({ source, status }) => `${String(source)} ${String(status)}`))].toSorted(), ['app delivered', 'chat delivered']);
  t.is(notifications.filter(({ source }) => source === 'app').length, 1, 'what he opted out of is not there');
  const outbox = await (await fetch(`${addresses.ops}/outbox/outbox.json`)).json();
  const { messages: sent } = outbox as { messages: readonly { delivery: string; category: string }[] };
  const deliveries = sent.filter(({ category }) => category !== 'account').map(({ delivery }) => delivery);
  t.is(new Set(deliveries).size, 3);
}
