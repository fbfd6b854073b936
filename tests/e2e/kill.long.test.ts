/** kill -9 in the middle of a mixed load, several times: nothing acknowledged is missing, and nothing is there twice. */
import test from 'ava';
import { ADMIN_TOKEN, startTidingsProcess, temporaryFolder } from '../start-for-test.ts';
import { createAcknowledged } from './acknowledged.ts';
import { createActors } from './actors.ts';
import { connectDevices } from './devices/connected-devices.ts';
import { uploadFiles } from './load/file-actions.ts';
import { runLoad } from './load/load.ts';
import { findDeviceFaults, findFaults } from './model/model.ts';
import { listPendingNotifications } from './model/notifications-model.ts';
import { createRandom } from './load/random.ts';
import { TEST_TIMEOUT_MS, waitUntil, waitUntilIdle, waitUntilNone, type SystemUnderTest } from './system-under-test.ts';

const SEED = 20_260_711;
const PEOPLE = 8;
const KILLS = 4;

test('has everything it acknowledged, once, after being killed in the middle of a mixed load, and so do the clients', async (t) => {
  t.timeout(TEST_TIMEOUT_MS);
  t.log(`seed ${SEED}`);
  const random = createRandom(SEED);
  await using folder = await temporaryFolder();
  let tidings = await startTidingsProcess(folder.path);
  try {
    let restarting: Promise<void> = Promise.resolve();
    const system: SystemUnderTest = {
      addresses: async () => {
        await restarting;
        return tidings.addresses;
      },
      adminToken: ADMIN_TOKEN,
    };
    const kill = async () => {
      await tidings.stop('SIGKILL');
      tidings = await startTidingsProcess(folder.path);
    };

    const actors = await createActors(system, { run: 'killed', size: PEOPLE });
    const acknowledged = createAcknowledged();
    const scenario = { system, actors, acknowledged, files: await uploadFiles(system, actors) };
    await using devices = await connectDevices(system, actors);
    for (let round = 0; round < KILLS; round++) {
      const load = runLoad(scenario, devices, { seed: SEED + round, name: `round ${round}`, stepsEach: 20, notifications: 8 });
      const killAt = acknowledged.count + 20 + random.below(60);
      let isLoadDone = false;
      void load.finally(() => (isLoadDone = true)).catch(() => undefined);
      await waitUntil('it is time to kill', () => acknowledged.count >= killAt || isLoadDone);
      t.false(isLoadDone, 'the process is killed in the middle of the load');
      await (restarting = kill());
      await load;
    }
    t.log(`${acknowledged.count} acknowledged over ${KILLS} kills`);
    await waitUntilIdle(system);
    await waitUntilNone('pending notifications', () => listPendingNotifications(scenario));
    t.deepEqual(await findDeviceFaults(scenario, devices), []);
    t.deepEqual(await findFaults(scenario), []);
  } finally {
    await tidings.stop('SIGKILL');
  }
});
