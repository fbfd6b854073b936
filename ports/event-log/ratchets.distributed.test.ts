/** The keys of texts that disappear, in a vault that several processes share. */
import { randomBytes } from 'node:crypto';
import { testWith } from '../../tests/servers/availability.ts';
import { startMongoServer } from '../../tests/servers/mongodb.ts';
import { DAY_MS, HOUR_MS, instant, plus } from '../../domain/shared/instant.ts';
import { connectMongo } from '../mongodb/connect.ts';
import { startMongoVault } from '../vault/mongodb.ts';
import type { Vault } from '../vault/port.ts';
import { openRatchets, type DayKey } from './ratchets.ts';

const PATIENT = { selectionTimeoutMs: 60_000, answerTimeoutMs: 60_000, connectTimeoutMs: 60_000 };
const CHANNELS = Array.from({ length: 40 }, (_, n) => `room-${n}`);
const now = instant(Date.UTC(2031, 4, 1, 12));

testWith('secantusd-py')('processes that begin and advance ratchets at once agree on every key, and none comes back that was destroyed', async (t) => {
  await using starting = new AsyncDisposableStack();
  const { url } = starting.use(await startMongoServer());
  const sealing = { id: 'k1', bytes: randomBytes(32) };
  const startVault = async (): Promise<Vault> => {
    const connection = starting.use(await connectMongo({ url, name: 'ratchets-test', ...PATIENT }));
    return starting.use(
      await startMongoVault(
        {
          connection,
          onError: (error) => {
            throw error;
          },
        },
        [sealing],
      ),
    );
  };
  const vaults = [await startVault(), await startVault()];
  const ratchetsOf = () => vaults.map((vault) => openRatchets(vault, () => performance.now()));
  const bytes = (key: DayKey | undefined) => key && Buffer.from(key.with({ keyId: 'k', key: Buffer.alloc(32) })).toString('hex');

  const begun = await Promise.all(
    CHANNELS.map((channel) => Promise.all(ratchetsOf().map((one) => one.sealingKeyOf(channel, { now, until: plus(now, HOUR_MS) })))),
  );
  for (const [one, other] of begun) t.is(bytes(one), bytes(other));
  const later = await Promise.all(CHANNELS.map(async (channel) => await ratchetsOf()[0]?.sealingKeyOf(channel, { now, until: plus(now, 3 * DAY_MS) })));

  const tomorrow = plus(now, DAY_MS);
  const advanced = await Promise.all(ratchetsOf().map((one) => one.advanceTo(tomorrow)));
  t.true(advanced.every((count) => count <= CHANNELS.length) && Math.max(...advanced) > 0);
  t.deepEqual(await Promise.all(ratchetsOf().map((one) => one.advanceTo(now))), [0, 0], 'a clock that was set back');
  for (const [n, channel] of CHANNELS.entries()) {
    const [gone, kept] = [begun[n]?.[0], later[n]];
    if (gone === undefined || kept === undefined) return t.fail('there is no key');
    for (const one of ratchetsOf()) {
      t.is(await one.openingKeyOf(channel, gone), undefined);
      t.is(bytes(await one.openingKeyOf(channel, kept)), bytes(kept));
    }
  }
});
