/** The log belongs to one vault. */
import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import test from 'ava';
import { vaultStream } from '../../domain/shared/streams.ts';
import type { EventLog } from '../../ports/event-log/port.ts';
import { startTidingsForTest, startTidingsProcess, temporaryFolder } from '../../tests/start-for-test.ts';
import { signUp } from '../../cli/test-fixture.ts';
import { CannotStart } from '../cannot-start.ts';
import { givenLogs } from './test-fixture.ts';
import { adoptVault } from './vault-identity.ts';

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
