/** The log belongs to one vault. */
import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import test from 'ava';
import { createHandling } from '../../commands/handling/handle.ts';
import { instant } from '../../domain/shared/instant.ts';
import { vaultStream } from '../../domain/shared/streams.ts';
import { openEventStore } from '../../event-store/open.ts';
import { createCodec } from '../../ports/event-log/codec.ts';
import { startEmbeddedLog } from '../../ports/event-log/embedded.ts';
import { openKeyring } from '../../ports/event-log/keyring.ts';
import { partitionedLog } from '../../ports/event-log/partitioned.ts';
import type { EventLog } from '../../ports/event-log/port.ts';
import { evenSlotTable } from '../../ports/event-log/slots.ts';
import { startSqliteVault } from '../../ports/vault/sqlite.ts';
import { startTidingsForTest, startTidingsProcess, temporaryFolder } from '../../tests/start-for-test.ts';
import { signUp } from '../../cli/test-fixture.ts';
import { CannotStart } from '../cannot-start.ts';
import { adoptVault } from './vault-identity.ts';

async function givenLogs(count: number) {
  await using starting = new AsyncDisposableStack();
  const folder = starting.use(await temporaryFolder());
  const logs = await Promise.all(
    Array.from({ length: count }, async (_, log) => startEmbeddedLog(await openEventStore(join(folder.path, `events-${log}`)), { log, name: `log-${log}` })),
  );
  const log: EventLog = starting.use(partitionedLog(logs, evenSlotTable(count)));
  const vaults = starting.use(new AsyncDisposableStack());
  const dependenciesOf = async (name: string) => {
    const vault = vaults.use(await startSqliteVault(join(folder.path, `${name}.sqlite`)));
    const codec = createCodec(openKeyring(vault));
    return { ...createHandling({ log, codec }), log, vault, codec, clock: () => instant(Date.now()) };
  };
  const started = starting.move();
  return { log, dependenciesOf, [Symbol.asyncDispose]: () => started[Symbol.asyncDispose]() };
}

const eventsIn = async (log: EventLog, logNumber: number) => (await Array.fromAsync(log.readStream(vaultStream('identity', logNumber)))).length;

test('the first vault is adopted by each log once, and another is refused', async (t) => {
  await using given = await givenLogs(2);
  const ours = await given.dependenciesOf('ours');
  await adoptVault(ours);
  await adoptVault(ours);
  t.deepEqual([await eventsIn(given.log, 0), await eventsIn(given.log, 1)], [1, 1]);
  const theirs = await given.dependenciesOf('theirs');
  await t.throwsAsync(adoptVault(theirs), { instanceOf: CannotStart, message: /log-0 belongs to another vault .*--adopt-vault/ });
  await adoptVault(theirs, { adoption: 'replacing' });
  await adoptVault(theirs);
  await t.throwsAsync(adoptVault(ours), { instanceOf: CannotStart });
});

test('of two first starts at the same moment with two vaults, one is refused; with one vault, none', async (t) => {
  await using given = await givenLogs(1);
  const [ours, theirs] = await Promise.all([given.dependenciesOf('ours'), given.dependenciesOf('theirs')]);
  const outcomes = await Promise.allSettled([adoptVault(ours), adoptVault(theirs)]);
  t.deepEqual(outcomes.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
  await using same = await givenLogs(1);
  const shared = await same.dependenciesOf('ours');
  await Promise.all([adoptVault(shared), adoptVault(shared)]);
  t.is(await eventsIn(same.log, 0), 1);
});

test('a process whose vault is gone is refused with a sentence, and started again by the operator’s word', async (t) => {
  await using folder = await temporaryFolder();
  {
    await using tidings = await startTidingsForTest(folder.path);
    await signUp(tidings.addresses);
  }
  for (const end of ['', '-wal', '-shm']) await rm(join(folder.path, `vault.sqlite${end}`), { force: true });
  const refused = await t.throwsAsync(startTidingsProcess(folder.path));
  t.regex(refused?.message ?? '', /belongs to another vault.*can’t start/);
  await using adopted = await startTidingsProcess(folder.path, {}, ['--adopt-vault']);
  await signUp(adopted.addresses, 'bob');
  await adopted.stop('SIGTERM');
  await using _again = await startTidingsProcess(folder.path);
});
