/** All connections are dropped at once while people go on writing: every device reconnects and catches up, without a gap and without duplicates. */
import test from 'ava';
import { v7 } from 'uuid';
import { ADMIN_TOKEN, startTidingsForTest, temporaryFolder } from '../start-for-test.ts';
import { createAcknowledged, recordChannelEvent, type Acknowledged } from './acknowledged.ts';
import { createActors } from './actors.ts';
import { connectDevicesToGroup, type ConnectedDevice } from './devices/connected-devices.ts';
import { findDeviceFaults, findFaults } from './model/model.ts';
import { TEST_TIMEOUT_MS, waitUntil, waitUntilIdle, type SystemUnderTest } from './system-under-test.ts';

const PEOPLE = 12;
const DEVICES_EACH = 18;
const STORMS = 3;
const WRITERS = 6;
const MESSAGES_BETWEEN_STORMS = 60;

test('no device has a gap or a duplicate after over 200 connections were dropped at once, several times, while people write', async (t) => {
  t.timeout(TEST_TIMEOUT_MS);
  await using folder = await temporaryFolder();
  await using tidings = await startTidingsForTest(folder.path);
  const system: SystemUnderTest = { addresses: () => Promise.resolve(tidings.addresses), adminToken: ADMIN_TOKEN };
  const actors = await createActors(system, { run: 'storm', size: PEOPLE });
  const acknowledged = createAcknowledged();
  await using devices = await connectDevicesToGroup(system, actors, DEVICES_EACH);
  t.true(devices.all.length > 200);

  const stop = new AbortController();
  const writing = Promise.all(devices.all.slice(0, WRITERS).map((device) => keepWriting(device, acknowledged, stop.signal)));
  try {
    for (let storm = 0; storm < STORMS; storm++) {
      const [count, connections] = [acknowledged.count, devices.all.map((device) => device.connectionCount())];
      await waitUntil('people write', () => acknowledged.count >= count + MESSAGES_BETWEEN_STORMS);
      const droppedAt = performance.now();
      for (const device of devices.all) device.dropConnection();
      await waitUntil('all have reconnected', () => devices.all.every((device, i) => device.connectionCount() > (connections[i] ?? 0)));
      t.log(`storm ${storm}: ${devices.all.length} reconnected after ${Math.round(performance.now() - droppedAt)} ms`);
    }
  } finally {
    stop.abort();
    await writing;
  }
  await waitUntilIdle(system);
  const scenario = { system, actors, acknowledged };
  t.deepEqual(await findDeviceFaults(scenario, devices), []);
  t.deepEqual(await findFaults(scenario), []);
});

async function keepWriting({ send, owner, channels: [channel = ''] }: ConnectedDevice, acknowledged: Acknowledged, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    const message = { clientId: v7(), text: `${owner.name} in the storm` };
    const outcome = await send({ type: 'send', channel, id: message.clientId, text: message.text });
    if (outcome.outcome === 'refused') throw new Error(`refused: ${outcome.code}`);
    recordChannelEvent(acknowledged, { channel, seq: outcome.seq }, { kind: 'send', sender: owner.id, ...message });
  }
}
