import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { v7 } from 'uuid';
import type { PersonId } from '../../domain/shared/ids.ts';
import { instant, type Instant } from '../../domain/shared/instant.ts';
import { openEventStore } from '../../event-store/open.ts';
import { startSqliteVault } from '../../ports/vault/sqlite.ts';
import { temporaryFolder } from '../../tests/start-for-test.ts';
import { installationSecret } from '../data-folder.ts';
import { fingerprintOf } from '../start-checks/vault-identity.ts';
import { addToErasedList, readErasedList } from './erased-list.ts';
import { makeBackup, type BackupSource } from './make-backup.ts';
import { BackupFailed, readComplete } from './manifest.ts';
import { restoreLog, restoreMedia, restoreVault } from './restore-files.ts';
import { verifyBackup } from './verify-backup.ts';

const RECORDS = 40;
const NOW = '2026-11-30T12:00:00.000Z' as Instant;
const person = (number: number) => `person-${number}` as PersonId;

async function givenSource(folder: string) {
  await using starting = new AsyncDisposableStack();
  const eventStore = starting.use(await openEventStore(join(folder, 'events')));
  const vault = starting.use(await startSqliteVault(join(folder, 'vault.sqlite')));
  await installationSecret(vault, 'login-names');
  const grow = async (count: number) => {
    const event = () => ({ id: v7(), type: 'grown', data: Buffer.from('{"a":1}'), metadata: Buffer.from('{}') });
    await eventStore.append(`stream-${v7()}`, Array.from({ length: count }, event), 'no-stream');
  };
  for (let number = 0; number < RECORDS; number++)
    await vault.put('subject-key', person(number), { keyId: `${number}`, key: `key ${number}` }, { owner: person(number) });
  mkdirSync(join(folder, 'media/kept'), { recursive: true });
  for (const name of ['one', 'two', 'three']) writeFileSync(join(folder, 'media/kept', name), name.repeat(100));
  writeFileSync(join(folder, 'media/notes.txt'), 'somebody’s own, of no key');
  const source: BackupSource = {
    eventStore,
    vaultFile: join(folder, 'vault.sqlite'),
    mediaFolder: join(folder, 'media'),
    installation: await fingerprintOf(vault),
    epoch: 0,
    clock: () => instant(Date.now()),
  };
  const started = starting.move();
  return { source, vault, grow, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

test('a restore that goes on leaves nothing of whoever was erased after it had begun, and what was copied for a replay is none', async (t) => {
  await using folder = await temporaryFolder();
  const [data, backup, there] = ['data', 'backup', 'there'].map((name) => join(folder.path, name)) as [string, string, string];
  mkdirSync(data);
  mkdirSync(there);
  await using given = await givenSource(data);
  await given.grow(3);
  await given.vault.put('session-use', 'session', { usedAt: NOW }, { owner: person(1) });
  await makeBackup(given.source, { folder: backup });
  const opened = { folder: backup, ...(await readComplete(backup)) };
  const vaultFile = join(there, 'vault.sqlite');
  await restoreVault(vaultFile, opened, { erased: new Map(), signal: undefined });
  await restoreVault(vaultFile, opened, { erased: new Map([[person(1), NOW]]), signal: undefined });
  {
    await using restored = await startSqliteVault(vaultFile);
    t.deepEqual(await restored.get('subject-key', person(1)), { erasedAt: NOW });
    t.is(await restored.get('session-use', 'session'), undefined);
  }
  await makeBackup(given.source, { folder: backup, vault: 'replay' });
  const { complete } = await readComplete(backup);
  t.like(complete.vault, { only: 'replay', records: RECORDS + 1 });
  t.false(readFileSync(join(backup, complete.vault.file), 'utf8').includes('session'));
  t.deepEqual((await verifyBackup(backup)).damage, []);
});

test('wherever runs are interrupted, the next one goes on, and what is restored from it is what there was; also where the restore is interrupted', async (t) => {
  t.timeout(120_000);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 14 })), { minLength: 1, maxLength: 3 }),
      fc.nat(3),
      async (runs, cut) => {
        await using folder = await temporaryFolder();
        const [data, backup, there] = ['data', 'backup', 'there'].map((name) => join(folder.path, name)) as [string, string, string];
        mkdirSync(data);
        await using given = await givenSource(data);
        for (const [events, steps] of runs) {
          await given.grow(events);
          const stopping = new AbortController();
          let left = steps;
          const onProgress = () => void (--left === 0 && stopping.abort(new Error('interrupted')));
          await makeBackup(given.source, { folder: backup, segmentBytes: 1_500, signal: stopping.signal, onProgress }).catch((error: Error) =>
            t.is(error.message, 'interrupted'),
          );
        }
        await makeBackup(given.source, { folder: backup, segmentBytes: 1_500 });
        t.deepEqual((await verifyBackup(backup)).damage, []);

        mkdirSync(there);
        const opened = { folder: backup, ...(await readComplete(backup)) };
        const erased = new Map([[person(7) as string, NOW]]);
        const restore = async (stopAfter: number) => {
          const stopping = new AbortController();
          const signal = stopping.signal;
          if (stopAfter === 0) stopping.abort(new Error('interrupted'));
          await restoreVault(join(there, 'vault.sqlite'), opened, { erased, signal: undefined });
          await restoreLog(join(there, 'events'), opened, {
            to: undefined,
            signal,
            onWritten: () => stopAfter === 1 && stopping.abort(new Error('interrupted')),
          });
          await restoreMedia(join(there, 'media'), opened, { signal, onCopied: () => stopAfter === 2 && stopping.abort(new Error('interrupted')) });
        };
        await restore(cut).catch((error: Error) => t.is(error.message, 'interrupted'));
        await restore(Infinity);

        await using store = await openEventStore(join(there, 'events'));
        t.deepEqual(await Array.fromAsync(store.readAll()), await Array.fromAsync(given.source.eventStore.readAll()));
        await using vault = await startSqliteVault(join(there, 'vault.sqlite'));
        for (let number = 0; number < RECORDS; number++) {
          const expected = number === 7 ? { erasedAt: NOW } : await given.vault.get('subject-key', person(number));
          t.deepEqual(await vault.get('subject-key', person(number)), expected);
          t.is((await vault.owned('subject-key', person(number))).length, number === 7 ? 0 : 1, 'records have their owners');
        }
        t.is(readFileSync(join(there, 'media/kept/three'), 'utf8'), 'three'.repeat(100));
      },
    ),
    { numRuns: 4 },
  );
});

test('the list of erased subjects only grows, has each once, and takes a line that was cut off for one that was never written', async (t) => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'beside/erased.ndjson');
  const subjects = (...names: readonly string[]) => ({ installation: 'ours', subjects: names.map((subject) => ({ subject, erasedAt: NOW })) });
  t.is(await readErasedList(path), undefined);
  t.is(await addToErasedList(path, subjects()), 0);
  t.deepEqual(await readErasedList(path), subjects(), 'there is a list, with nobody on it');
  t.is(await addToErasedList(path, subjects('ann', 'bob', 'ann')), 2);
  t.is(await addToErasedList(path, subjects('bob', 'carl')), 1);
  appendFileSync(path, '{"subject":"da');
  t.deepEqual(await readErasedList(path), subjects('ann', 'bob', 'carl'));
  t.is(await addToErasedList(path, subjects('dan')), 1);
  t.deepEqual(await readErasedList(path), subjects('ann', 'bob', 'carl', 'dan'));
  await t.throwsAsync(addToErasedList(path, { ...subjects('eve'), installation: 'theirs' }), { instanceOf: BackupFailed });
  appendFileSync(path, '{"installation":"ours"}\n');
  t.is((await readErasedList(path))?.subjects.length, 4, 'two began it at one moment');
  appendFileSync(path, 'nonsense\n');
  await t.throwsAsync(readErasedList(path), { instanceOf: BackupFailed, message: /damaged/ });
});
