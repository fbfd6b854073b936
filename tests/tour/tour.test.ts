import test, { type ExecutionContext } from 'ava';
import { ADMIN_TOKEN, startTidingsForTest, startTidingsProcess, temporaryFolder, type TidingsProcess } from '../start-for-test.ts';
import { ask, type Answer } from './client.ts';
import { tellTour, type Told } from './tour.ts';

test('the tour is told to its end through the public APIs', async (t) => {
  await using folder = await temporaryFolder();
  await using house = await startTidingsForTest(folder.path);
  const lines: string[] = [];
  const told = await tellTour({ addresses: () => Promise.resolve(house.addresses), adminToken: ADMIN_TOKEN, run: 'once', say: (line) => lines.push(line) });
  t.is(lines.length, told.steps);
});

test('SIGTERM drains and exits 0, and starting again goes on where it was', async (t) => {
  await using folder = await temporaryFolder();
  let told: Told;
  {
    await using house = await startTidingsProcess(folder.path);
    told = await tellTour({ addresses: () => Promise.resolve(house.addresses), adminToken: ADMIN_TOKEN, run: 'stopped', say: () => {} });
    t.is(await house.stop('SIGTERM'), 0);
    t.is(house.lines.at(-1)?.msg, 'stopped');
  }
  await using again = await startTidingsProcess(folder.path);
  await nothingMissingNothingTwice(t, told, again);
});

test('killed in the middle of the tour, again and again, it is told to its end: nothing missing, nothing twice', async (t) => {
  await using folder = await temporaryFolder();
  let house = await startTidingsProcess(folder.path);
  try {
    let restarting: Promise<void> = Promise.resolve();
    const kill = async () => {
      await house.stop('SIGKILL');
      house = await startTidingsProcess(folder.path);
    };
    const told = await tellTour({
      addresses: async () => {
        await restarting;
        return house.addresses;
      },
      adminToken: ADMIN_TOKEN,
      run: 'killed',
      say: () => {},
      // The kill strikes while the step is under way.
      pause: async (step) => {
        if (step % 3 === 1) setTimeout(() => void (restarting = kill()), 5 + step * 7);
      },
    });
    await restarting;
    await nothingMissingNothingTwice(t, told, house);
  } finally {
    await house.stop('SIGKILL');
  }
});

async function nothingMissingNothingTwice(t: ExecutionContext, told: Told, house: TidingsProcess): Promise<void> {
  const read = (path: string, token: string | undefined) =>
    ask(() => Promise.resolve(house.addresses.read), path, { headers: { authorization: `Bearer ${token}` } });
  const list = (answer: Answer, name: string) => answer.body[name] as readonly Readonly<Record<string, unknown>>[];

  for (const token of Object.values(told.people)) {
    const feed = await read('/v1/me/feed', token);
    t.deepEqual(
      list(feed, 'posts').map((post) => [post['id'], post['likes']]),
      [[told.post, 1]],
    );
  }
  const history = list(await read(`/v1/channels/${told.channel}/messages`, told.people['ann']), 'messages');
  t.deepEqual(
    history.map((message) => message['text']),
    told.messages,
  );
  t.deepEqual(
    history.map((message) => message['seq']),
    told.messages.map((_, i) => i),
  );
  // A push that a device made needless just in time is in the list as well, with its reason.
  const notifications = list(await read('/v1/me/notifications', told.people['bob']), 'notifications').filter(
    ({ source, status }) => source !== 'chat' || status !== 'suppressed',
  );
  t.deepEqual(notifications.map(({ source, status }) => `${String(source)} ${String(status)}`).toSorted(), ['app accepted', 'app suppressed', 'chat accepted']);
  const outbox = await (await fetch(`${house.addresses.ops}/outbox/outbox.json`)).json();
  const deliveries = (outbox as { messages: readonly { delivery: string }[] }).messages.map(({ delivery }) => delivery);
  t.is(new Set(deliveries).size, 3);
}
