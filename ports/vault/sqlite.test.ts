import test from 'ava';
import { cp, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { PersonId } from '../../domain/shared/ids.ts';
import { temporaryFolder, timesOnDisk } from '../sqlite/test-fixture.ts';
import { startSqliteViews } from '../views/sqlite.ts';
import { vaultContract } from './contract.ts';
import { VaultDamaged, type VaultRecords } from './port.ts';
import { startSqliteVault } from './sqlite.ts';

vaultContract('sqlite', async () => {
  const folder = await temporaryFolder();
  return { start: () => startSqliteVault(join(folder.path, 'vault.sqlite')), manyWrites: 2_000, [Symbol.asyncDispose]: folder[Symbol.asyncDispose] };
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

/** Flips a bit of the first place where the file has the text. */
async function flipBitIn(file: string, text: string): Promise<void> {
  const bytes = await readFile(file);
  const at = bytes.indexOf(text);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  await writeFile(file, bytes);
}

test('a record with a flipped bit is never answered, others are, and verifying tells of it without its id', async (t) => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'vault.sqlite');
  const vault = await startSqliteVault(file);
  await vault.put('subject-key', 'k1', subjectKey('the first key'), { owner: 'ann' });
  await vault.put('subject-key', 'k2', subjectKey('the second key'), { owner: 'bob' });
  t.deepEqual(await vault.verify(), { records: 2, damage: [] });
  await vault[Symbol.asyncDispose]();
  await flipBitIn(file, 'the first key');
  await using damaged = await startSqliteVault(file);
  const isDamaged = {
    instanceOf: VaultDamaged,
    message: 'A record of the vault, of the kind subject-key, isn’t what was written. Restore its newest backup: its records can’t be rebuilt.',
  };
  await t.throwsAsync(damaged.get('subject-key', 'k1'), isDamaged);
  await t.throwsAsync(damaged.owned('subject-key', 'ann'), isDamaged);
  t.deepEqual(await damaged.get('subject-key', 'k2'), subjectKey('the second key'));
  t.deepEqual(await damaged.verify(), { records: 2, damage: [`${file}: ${isDamaged.message}`] });
});

test('a record of another key in its place is damage too', async (t) => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'vault.sqlite');
  const vault = await startSqliteVault(file);
  await vault.put('credential', 'ann', { person: 'ann' as PersonId, passwordHash: 'hash of ann' });
  await vault.put('credential', 'bob', { person: 'bob' as PersonId, passwordHash: 'hash of bob' });
  await vault[Symbol.asyncDispose]();
  const database = new DatabaseSync(file);
  database.exec(`UPDATE records SET slot = (SELECT slot FROM records WHERE id = 'bob') WHERE id = 'ann'`);
  database.close();
  await using damaged = await startSqliteVault(file);
  await t.throwsAsync(damaged.get('credential', 'ann'), { instanceOf: VaultDamaged });
});

test('records of a vault that was made before there were sums are read, and have a sum once they are written anew', async (t) => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'vault.sqlite');
  const vault = await startSqliteVault(file);
  await vault.put('subject-key', 'k1', subjectKey('one'));
  await vault[Symbol.asyncDispose]();
  const database = new DatabaseSync(file);
  database.exec(`UPDATE slots SET bytes = CAST('{"keyId":"key-1","key":"old"}' || '   ' AS BLOB); PRAGMA user_version = 1`);
  database.close();
  await using upgraded = await startSqliteVault(file);
  t.deepEqual(await upgraded.get('subject-key', 'k1'), subjectKey('old'));
  t.deepEqual(await upgraded.verify(), { records: 1, damage: [] });
  await upgraded.put('subject-key', 'k1', subjectKey('new'));
  t.deepEqual(await upgraded.get('subject-key', 'k1'), subjectKey('new'));
  t.is(await timesOnDisk(folder.path, '"old"'), 0);
});
