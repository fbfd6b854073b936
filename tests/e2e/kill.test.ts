/** kill -9 in the middle of a mixed load, again and again: nothing acknowledged is missing, and nothing is there twice. */
import test from 'ava';
import { ADMIN_TOKEN, startTidingsProcess, temporaryFolder } from '../start-for-test.ts';
import { gather } from './actors.ts';
import { openPhones, play } from './load.ts';
import { untold } from './notifications-model.ts';
import { createRandom } from './random.ts';
import { nothingYet } from './acknowledged.ts';
import { settled, TEST_TIMEOUT_MS, until, untilNone, type Site } from './installation.ts';
import { faultsIn, faultsOfPhones } from './model.ts';

const SEED = 20_260_711;
const PEOPLE = 8;
const KILLS = 4;

test('killed in the middle of a mixed load, it has everything it acknowledged, once, and so do the clients', async (t) => {
  t.timeout(TEST_TIMEOUT_MS);
  t.log(`seed ${SEED}`);
  const random = createRandom(SEED);
  await using folder = await temporaryFolder();
  let house = await startTidingsProcess(folder.path);
  try {
    let back: Promise<void> = Promise.resolve();
    const site: Site = {
      addresses: async () => {
        await back;
        return house.addresses;
      },
      adminToken: ADMIN_TOKEN,
    };
    const kill = async () => {
      await house.stop('SIGKILL');
      house = await startTidingsProcess(folder.path);
    };

    const cast = await gather(site, { run: 'killed', size: PEOPLE });
    const acknowledged = nothingYet();
    await using phones = await openPhones(site, cast);
    for (let round = 0; round < KILLS; round++) {
      const playing = play(site, cast, phones, acknowledged, { seed: SEED + round, name: `round ${round}`, stepsEach: 20, notifications: 8 });
      const strikeAt = acknowledged.count + 20 + random.below(60);
      let isPlayed = false;
      void playing.finally(() => (isPlayed = true)).catch(() => undefined);
      await until('it is time to strike', () => acknowledged.count >= strikeAt || isPlayed);
      t.false(isPlayed, 'the kill strikes in the middle');
      await (back = kill());
      await playing;
    }
    t.log(`${acknowledged.count} acknowledged over ${KILLS} kills`);
    await settled(site);
    await untilNone('news untold', () => untold(site, cast, acknowledged));
    t.deepEqual(await faultsOfPhones(phones, acknowledged), []);
    t.deepEqual(await faultsIn(site, cast, acknowledged), []);
  } finally {
    await house.stop('SIGKILL');
  }
});
