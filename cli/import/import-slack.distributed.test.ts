/** Two operators import a workspace at once, each by another process of the distributed profile: everything comes once. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startCluster, TWO_WITH_ALL_ROLES } from '../../tests/cluster/cluster.ts';
import { testWith } from '../../tests/servers/availability.ts';
import { temporaryFolder } from '../../tests/start-for-test.ts';
import { parsed, runCliAt } from '../test-fixture.ts';
import { channel, message, slackArchiveOf, ts, user } from './testing/slack.ts';

const MESSAGES = 600;
const CREW = 110;
const TIMEOUT_MS = 5 * 60_000;

testWith('redis-server', 'secantusd-py')('an import by two processes at once brings everything once, in its order', async (t) => {
  t.timeout(TIMEOUT_MS);
  await using folder = await temporaryFolder();
  await using cluster = await startCluster({ layout: TWO_WITH_ALL_ROLES });
  const users = Array.from({ length: CREW }, (_, n) => user(`U1${String(n).padStart(3, '0')}`, `sailor-${n}`));
  const ids = users.map(({ id }) => String(id));
  const messages = Array.from({ length: MESSAGES }, (_, n) =>
    message(ids[n % CREW] ?? '', n, `Wave ${n}`, {
      ...(n % 7 === 6 && { thread_ts: ts(n - 6) }),
      ...(n % 5 === 0 && { reactions: [{ name: '+1', users: [ids[0], ids[1]], count: 2 }] }),
    }),
  );
  const archive = join(folder.path, 'slack.zip');
  const channels = [channel('C01', 'fleet', ids), channel('C02', 'pier', ids.slice(0, 5))];
  await writeFile(archive, slackArchiveOf({ users, channels, days: { 'fleet/2023-01-01.json': messages, 'pier/2023-01-01.json': messages.slice(0, 20) } }));

  const run = async (url: string, args: readonly string[]) => {
    const result = await runCliAt(url, cluster.adminToken, args);
    if (result.code !== 0) throw new Error(result.err);
    return parsed(result);
  };
  const urls = cluster.processes.map(({ urls: { operations = '' } }) => operations);
  const importing = (url: string) => run(url, ['import', 'slack', archive, '--json']);
  await Promise.all(urls.map(importing));
  const all = CREW + channels.length + MESSAGES + 20;
  t.like((await importing(urls[0] ?? '')).at(-1), { imported: 0, unchanged: all, leftOut: {}, without: {} });

  const reveal = ['--reveal', '--reason', 'a test'];
  const posted = await run(urls[1] ?? '', ['log', 'read', '--types', 'chat.message-posted.v1', '--json', ...reveal]);
  const fleet = posted.map(({ data }) => data as Readonly<Record<string, unknown>>).filter(({ clientId }) => String(clientId).startsWith('slack/C01/'));
  t.deepEqual(
    fleet.map(({ text, imported, messageCount }) => [text, imported, messageCount]),
    messages.map((_, n) => [`Wave ${n}`, n + 1, n + 1]),
  );
  t.is(posted.length, MESSAGES + 20);
  const countOf = async (type: string) => (await run(urls[0] ?? '', ['log', 'read', '--types', type, '--json'])).length;
  t.is(await countOf('people.registered.v1'), CREW);
  t.is(await countOf('chat.channel-opened.v1'), 2);
  t.is(await countOf('chat.member-joined.v1'), CREW - 1, 'but for the owner of the announcement channel');
});
