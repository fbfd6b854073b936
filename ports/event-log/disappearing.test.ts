/** Texts that disappear: sealed under their sender's key and a day's of their channel together. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import type { TidingsEvent } from '../../domain/events.ts';
import { erased, isErased, type Recorded } from '../../domain/shared/event.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, instant, plus, type Instant } from '../../domain/shared/instant.ts';
import { emptyTally } from '../cache-tallies.ts';
import type { Vault } from '../vault/port.ts';
import { startSqliteVault } from '../vault/sqlite.ts';
import { createCodec, type Codec } from './codec.ts';
import { keepDerivedDays, nextDay } from './derived-days.ts';
import { openKeyring, type Keyring } from './keyring.ts';
import type { Position, StoredEvent } from './port.ts';
import { dayNumberOf, openRatchets, type DayKey } from './ratchets.ts';

const noon = instant(Date.UTC(2031, 4, 1, 12));
const TEXT = 'the heron nests';
const posted = (expiresAt?: Instant, sender = 'ann'): TidingsEvent => ({
  type: 'chat.message-posted.v1',
  data: {
    channel: 'room' as ChannelId,
    sender: sender as PersonId,
    text: TEXT,
    clientId: 'k',
    at: noon,
    ...(expiresAt !== undefined && { expiresAt }),
    messageCount: 1,
  },
});

/** A process: it has caches of its own, and a clock that may be wrong. */
type Process = { readonly keyring: Keyring; readonly codec: Codec; now: Instant };

async function givenVault() {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-disappearing-'));
  const vault = await startSqliteVault(join(folder, 'vault.sqlite'));
  const start = (now: Instant = noon): Process => {
    const keyring = openKeyring(vault);
    const process: Process = { keyring, codec: createCodec(keyring, () => process.now), now };
    return process;
  };
  return {
    vault,
    folder,
    start,
    [Symbol.asyncDispose]: async () => {
      await vault[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function say({ codec }: Process, event: TidingsEvent): Promise<StoredEvent> {
  const metadata = { $correlationId: 'c', actor: 'ann', at: noon, command: 'c', request: 'r' };
  const stream = 'messages-room';
  return { ...(await codec.encode(stream, { id: randomUUID(), event, metadata })), stream, revision: 0, position: '0.0' as Position };
}

/** For who may not see it, it is erased no sooner and no later. */
async function textIn({ codec }: Process, event: StoredEvent): Promise<unknown> {
  const [opened, left] = [await codec.decode(event), (await codec.decodeSealed([event]))[0]];
  const textOf = ({ data }: Recorded) => (data as { readonly text: unknown }).text;
  if (left === undefined || left instanceof Error) throw new Error('It was not decoded without being opened.', { cause: left });
  if (isErased(textOf(left)) !== isErased(textOf(opened))) throw new Error('It is erased for some and not for others.');
  return textOf(opened);
}

test('a text is read until its time, and by nobody from that moment on, while its key is still there', async (t) => {
  await using given = await givenVault();
  const [writer, reader] = [given.start(), given.start()];
  const end = plus(noon, HOUR_MS);
  const said = await say(writer, posted(end));
  t.false(Buffer.from(said.data).includes('heron'));
  for (const process of [writer, reader]) {
    t.is(await textIn(process, said), TEXT);
    process.now = plus(end, -1);
    t.is(await textIn(process, said), TEXT);
    process.now = end;
    t.deepEqual(await textIn(process, said), erased);
  }
});

test('destroying the day’s key erases the text, and so does destroying its sender’s', async (t) => {
  await using given = await givenVault();
  const writer = given.start();
  const said = await say(writer, posted(plus(noon, HOUR_MS)));
  const other = await say(writer, posted(plus(noon, DAY_MS)));
  t.is(await writer.keyring.ratchets.advanceTo(plus(noon, DAY_MS)), 1);
  // Whatever the clock of the reader says: what it was sealed under is nowhere any more.
  for (const process of [writer, given.start()]) {
    t.deepEqual(await textIn(process, said), erased);
    t.is(await textIn(process, other), TEXT);
  }
  await writer.keyring.erase('ann', noon);
  for (const process of [writer, given.start()]) t.deepEqual(await textIn(process, other), erased);
});

test('a day’s key leaves the disk when the next day’s takes its place', async (t) => {
  await using given = await givenVault();
  const writer = given.start();
  await say(writer, posted(plus(noon, HOUR_MS)));
  const before = await given.vault.get('channel-ratchet', 'room');
  if (before === undefined) return t.fail('there is no ratchet');
  const onDisk = async (text: string) => {
    const files = (await readdir(given.folder)).filter((name) => name.startsWith('vault.sqlite'));
    return (await Promise.all(files.map((name) => readFile(join(given.folder, name))))).some((bytes) => bytes.includes(text));
  };
  t.true(await onDisk(before.key));
  await writer.keyring.ratchets.advanceTo(plus(noon, DAY_MS));
  t.false(await onDisk(before.key));
  t.like(await given.vault.get('channel-ratchet', 'room'), { ratchet: before.ratchet, day: before.day + 1 });
});

test('where nothing disappears there is no ratchet, and events are sealed as ever', async (t) => {
  await using given = await givenVault();
  const writer = given.start();
  const said = await say(writer, posted());
  t.is(await given.vault.get('channel-ratchet', 'room'), undefined);
  t.deepEqual(Object.keys((JSON.parse(Buffer.from(said.data).toString()) as { text: object }).text), ['$sealed', '$by']);
  await say(writer, posted(plus(noon, HOUR_MS)));
  await writer.keyring.ratchets.advanceTo(plus(noon, 400 * DAY_MS));
  const later = given.start(plus(noon, 400 * DAY_MS));
  t.is(await textIn(later, said), TEXT, 'what was said before the channel got a time to live stays');
});

test('a short time to live is sealed under its own day, also where the channel began with a long one', async (t) => {
  await using given = await givenVault();
  const writer = given.start();
  await say(writer, posted(plus(noon, 365 * DAY_MS)));
  const short = await say(writer, posted(plus(noon, HOUR_MS)));
  await writer.keyring.ratchets.advanceTo(plus(noon, DAY_MS));
  t.deepEqual(await textIn(given.start(), short), erased);
});

test('what a process with a slow clock says after its day was destroyed is readable until its time', async (t) => {
  await using given = await givenVault();
  const [right, slow] = [given.start(), given.start(plus(noon, -2 * DAY_MS))];
  await say(right, posted(plus(noon, HOUR_MS)));
  await right.keyring.ratchets.advanceTo(noon);
  const said = await say(slow, posted(plus(slow.now, HOUR_MS)));
  for (const process of [slow, given.start(slow.now)]) t.is(await textIn(process, said), TEXT);
  t.deepEqual(await textIn(right, said), erased);
});

test('of a ratchet that the vault lost, and begun another, texts are erased and hide no other event', async (t) => {
  await using given = await givenVault();
  const said = await say(given.start(), posted(plus(noon, HOUR_MS)));
  await given.vault.remove('channel-ratchet', 'room');
  t.deepEqual(await textIn(given.start(), said), erased);
  const again = await say(given.start(), posted(plus(noon, HOUR_MS)));
  const reader = given.start();
  t.deepEqual(await textIn(reader, said), erased);
  t.is(await textIn(reader, again), TEXT);
});

test('two processes that begin a channel’s ratchet at once have the same one', async (t) => {
  await using given = await givenVault();
  const processes = Array.from({ length: 8 }, () => given.start());
  const said = await Promise.all(processes.map((process) => say(process, posted(plus(noon, HOUR_MS)))));
  for (const process of [...processes, given.start()]) for (const event of said) t.is(await textIn(process, event), TEXT);
});

/** A process whose clock is set by the test, and which counts what it derives. */
function ratchetsOf(vault: Vault) {
  const process = { minutes: 0, derivations: 0 };
  const monotonicMs = () => process.minutes * MINUTE_MS;
  const next = (key: Uint8Array) => {
    process.derivations += 1;
    return nextDay(key);
  };
  const ratchets = openRatchets(vault, monotonicMs, emptyTally(), keepDerivedDays(monotonicMs, next));
  const bytes = (key: DayKey | undefined) => key && Buffer.from(key.with({ keyId: 'k', key: Buffer.alloc(32) })).toString('hex');
  return {
    process,
    ratchets,
    keyUntil: async (until: Instant) => bytes(await ratchets.sealingKeyOf('room', { now: noon, until })),
    keyOf: async (ratchet: string, day: number) => bytes(await ratchets.openingKeyOf('room', { ratchet, day })),
  };
}

test('what ends in ten years walks them once, and not each time that the vault is asked again', async (t) => {
  await using given = await givenVault();
  const { process, ratchets, keyUntil, keyOf } = ratchetsOf(given.vault);
  const until = plus(noon, 3_650 * DAY_MS);
  const first = await keyUntil(until);
  t.is(process.derivations, 3_650);
  for (; process.minutes < 300; process.minutes += 10) t.is(await keyUntil(until), first);
  t.is(process.derivations, 3_650);
  await keyUntil(plus(until, DAY_MS));
  t.is(process.derivations, 3_651, 'a day follows from the one before');

  const { ratchet } = await ratchets.sealingKeyOf('room', { now: noon, until });
  const fresh = ratchetsOf(given.vault);
  for (let back = 0; back < 100; back++) {
    const day = dayNumberOf(until) - 31 * back;
    t.is(await keyOf(ratchet, day), await fresh.keyOf(ratchet, day));
    if (back % 20 === 3) t.is(await ratchetsOf(given.vault).keyOf(ratchet, day), await keyOf(ratchet, day));
  }
  t.true(process.derivations < 4 * 3_650, `${process.derivations} derivations for a hundred days, backwards`);
  t.true(fresh.process.derivations < 4 * 3_650, `${fresh.process.derivations} where none was known`);

  process.minutes += 24 * 60;
  const before = process.derivations;
  t.is(await keyUntil(until), first);
  t.true(process.derivations - before <= 128, 'the vault still has the day');

  process.minutes += 2 * 60;
  await ratchets.sealingKeyOf('another room', { now: noon, until: plus(noon, DAY_MS) });
  const kept = process.derivations;
  t.is(await keyUntil(until), first);
  t.is(process.derivations - kept, 3_650, 'of a channel that nobody asks about, nothing stays in memory');
});

test('keys that were derived go when the vault has destroyed their day, or has another ratchet', async (t) => {
  await using given = await givenVault();
  const { process, keyUntil, keyOf } = ratchetsOf(given.vault);
  const other = ratchetsOf(given.vault);
  const days = [1, 2, 40].map((ahead) => plus(noon, ahead * DAY_MS));
  const keys = [];
  for (const until of days) keys.push(await keyUntil(until));
  const record = await given.vault.get('channel-ratchet', 'room');
  if (record === undefined) return t.fail('there is no ratchet');
  const opened = async () => Promise.all(days.map((until) => keyOf(record.ratchet, dayNumberOf(until))));
  t.deepEqual(await opened(), keys);

  await other.ratchets.advanceTo(plus(noon, 2 * DAY_MS));
  process.minutes += 2;
  const walked = process.derivations;
  t.deepEqual(await opened(), [undefined, keys[1], keys[2]]);
  t.is(process.derivations, walked, 'what lives is still known');

  await given.vault.put('channel-ratchet', 'room', record);
  process.minutes += 2;
  t.deepEqual(await opened(), keys);
  t.true(process.derivations > walked, 'of the destroyed day nothing was left');

  await given.vault.remove('channel-ratchet', 'room');
  process.minutes += 2;
  t.deepEqual(await opened(), [undefined, undefined, undefined]);
  const begun = await keyUntil(plus(noon, 40 * DAY_MS));
  t.not(begun, keys[2]);
  t.is(begun, await ratchetsOf(given.vault).keyUntil(plus(noon, 40 * DAY_MS)));
});

type Step =
  | { readonly kind: 'say'; readonly by: number; readonly hours: number }
  | { readonly kind: 'clock'; readonly by: number; readonly hours: number }
  | { readonly kind: 'advance'; readonly by: number }
  | { readonly kind: 'restart'; readonly by: number };

test('whatever clocks do, a text is read exactly until its time by each clock, or until its day was destroyed', async (t) => {
  const by = fc.integer({ min: 0, max: 1 });
  const steps: fc.Arbitrary<Step> = fc.oneof(
    fc.record({ kind: fc.constant('say' as const), by, hours: fc.integer({ min: 1, max: 100 }) }),
    fc.record({ kind: fc.constant('clock' as const), by, hours: fc.integer({ min: -30, max: 60 }) }),
    fc.record({ kind: fc.constant('advance' as const), by }),
    fc.record({ kind: fc.constant('restart' as const), by }),
  );
  await using given = await givenVault();
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { maxLength: 25 }), async (run) => {
      await given.vault.remove('channel-ratchet', 'room');
      const processes = [given.start(), given.start()];
      const said: { readonly event: StoredEvent; readonly end: Instant; readonly day: number }[] = [];
      let oldestDay = 0;
      const processOf = (number: number): Process => processes[number] ?? given.start();
      for (const step of run) {
        const process = processOf(step.by);
        if (step.kind === 'clock') process.now = plus(process.now, step.hours * HOUR_MS);
        if (step.kind === 'restart') processes[step.by] = given.start(process.now);
        if (step.kind === 'advance') {
          await process.keyring.ratchets.advanceTo(process.now);
          oldestDay = (await given.vault.get('channel-ratchet', 'room'))?.day ?? oldestDay;
          processes.forEach((other, number) => (processes[number] = given.start(other.now))); // what a cache may still know is another test's
        }
        if (step.kind === 'say') {
          const end = plus(process.now, step.hours * HOUR_MS);
          const event = await say(process, posted(end));
          said.push({ event, end, day: (JSON.parse(Buffer.from(event.data).toString()) as { readonly text: { readonly $day: number } }).text.$day });
        }
      }
      for (const { event, end, day } of said)
        for (const { now } of processes) {
          const shown = await textIn(given.start(now), event);
          if (end > now && day >= oldestDay) t.is(shown, TEXT);
          else t.deepEqual(shown, erased);
        }
    }),
    { numRuns: 40 },
  );
});
