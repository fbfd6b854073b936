import test from 'ava';
import { cp, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PersonId } from '../../domain/shared/ids.ts';
import { temporaryFolder, timesOnDisk } from '../sqlite/test-fixture.ts';
import { startSqliteViews } from '../views/sqlite.ts';
import { vaultContract } from './contract.ts';
import type { VaultRecords } from './port.ts';
import { startSqliteVault } from './sqlite.ts';

vaultContract('sqlite', async () => {
  const folder = await temporaryFolder();
  return { start: () => startSqliteVault(join(folder.path, 'vault.sqlite')), [Symbol.asyncDispose]: folder[Symbol.asyncDispose] };
});

const subjectKey = (key: string): VaultRecords['subject-key'] => ({ keyId: 'key-1', key });

test('only its owner may read the vault and the files beside it', async (t) => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'vault.sqlite');
  await using vault = await startSqliteVault(file);
  await vault.put('subject-key', 'k1', subjectKey('one'));
  for (const name of [file, `${file}-wal`, `${file}-shm`]) t.is((await stat(name)).mode & 0o777, 0o600, name);
});

test('nothing of removed keys is left on the disk, however often records came and went', async (t) => {
  await using folder = await temporaryFolder();
  await using vault = await startSqliteVault(join(folder.path, 'vault.sqlite'));
  const people = Array.from({ length: 600 }, (_, i) => `person-${(i * 7_919) % 600}` as PersonId);
  const words = (person: string, round: number) => `secret-of-${person} `.repeat(1 + ((round * 13 + person.length * 5 + Number(person.slice(7))) % 40));
  for (let round = 0; round < 6; round++) {
    await Promise.all(
      people.map(async (person, i) => {
        if ((i + round) % 5 === 0) await vault.remove('credential', person);
        else await vault.put('credential', person, { person, passwordHash: words(person, round) }, { owner: person });
      }),
    );
  }
  t.true((await timesOnDisk(folder.path, 'secret-of-')) > 500);
  await Promise.all(people.slice(1).map((person) => vault.removeOwned(person)));
  await vault.put('subject-key', 'k1', subjectKey('the only one'), { owner: people[0] ?? '' });
  await vault.removeOwned(people[0] ?? '');
  t.is(await timesOnDisk(folder.path, 'secret-of-'), 0);
  t.is(await timesOnDisk(folder.path, 'the only one'), 0);
});

test('old bytes that a kill left in the write-ahead log don’t stay there', async (t) => {
  await using folder = await temporaryFolder();
  await using killed = await temporaryFolder();
  await using vault = await startSqliteVault(join(folder.path, 'vault.sqlite'));
  await vault.put('subject-key', 'k1', subjectKey('one'));
  await cp(folder.path, killed.path, { recursive: true });
  const wal = join(killed.path, 'vault.sqlite-wal');
  t.true((await stat(wal)).size > 0);
  await using started = await startSqliteVault(join(killed.path, 'vault.sqlite'));
  t.is((await stat(wal)).size, 0);
  t.deepEqual(await started.get('subject-key', 'k1'), subjectKey('one'));
});

test('slots of removed records are used again, so that sessions that come and go don’t fill the disk', async (t) => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'vault.sqlite');
  await using vault = await startSqliteVault(file);
  const churn = async () => {
    await Promise.all(Array.from({ length: 500 }, (_, i) => vault.put('subject-key', `k${i}`, subjectKey('x'.repeat(100)), { owner: 'ann' })));
    await vault.removeOwned('ann');
  };
  await churn();
  const { size } = await stat(file);
  for (let round = 0; round < 5; round++) await churn();
  t.is((await stat(file)).size, size);
});

test('refuses a file that is no database, and leaves it as it is', async (t) => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'vault.sqlite');
  await writeFile(file, 'no database at all, but long enough to be looked at'.repeat(100));
  const { size } = await stat(file);
  await t.throwsAsync(startSqliteVault(file), { message: /vault\.sqlite is damaged, or not the vault of Tidings/ });
  t.is((await stat(file)).size, size);
});

test('another database of Tidings is not taken for the vault', async (t) => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'views.sqlite');
  await (await startSqliteViews(file))[Symbol.asyncDispose]();
  await t.throwsAsync(startSqliteVault(file), { message: /is a database, but not the vault of Tidings/ });
});
