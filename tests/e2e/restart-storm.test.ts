/** All sockets cut at once while people go on writing: everyone is back and has caught up, without a gap and without anything twice. */
import test from 'ava';
import { v7 } from 'uuid';
import { ADMIN_TOKEN, startTidingsForTest, temporaryFolder } from '../start-for-test.ts';
import { gather, type Cast } from './actors.ts';
import type { Phones } from './load.ts';
import { openPhone } from './device.ts';
import { keepSaid, nothingYet, type Acknowledged } from './acknowledged.ts';
import { settled, TEST_TIMEOUT_MS, until, type Site } from './installation.ts';
import { faultsIn, faultsOfPhones } from './model.ts';

const PEOPLE = 12;
const DEVICES_EACH = 18;
const STORMS = 3;
const SAYERS = 6;
/** Between a storm and the next one. */
const SAID_BETWEEN = 60;

test('over 200 sockets are cut at once while people write, again and again: no gap and nothing twice on any device', async (t) => {
  t.timeout(TEST_TIMEOUT_MS);
  await using folder = await temporaryFolder();
  await using house = await startTidingsForTest(folder.path);
  const site: Site = { addresses: () => Promise.resolve(house.addresses), adminToken: ADMIN_TOKEN };
  const cast = await gather(site, { run: 'storm', size: PEOPLE });
  const acknowledged = nothingYet();
  await using phones = await openAll(site, cast);
  t.true(phones.all.length > 200);

  const stop = new AbortController();
  const writing = Promise.all(phones.all.slice(0, SAYERS).map((phone) => keepWriting(phone, acknowledged, stop.signal)));
  try {
    for (let storm = 0; storm < STORMS; storm++) {
      const [said, connections] = [acknowledged.count, phones.all.map((phone) => phone.connections())];
      await until('people write', () => acknowledged.count >= said + SAID_BETWEEN);
      const cutAt = performance.now();
      for (const phone of phones.all) phone.cut();
      await until('all are back', () => phones.all.every((phone, i) => phone.connections() > (connections[i] ?? 0)));
      t.log(`storm ${storm}: ${phones.all.length} back after ${Math.round(performance.now() - cutAt)} ms`);
    }
  } finally {
    stop.abort();
    await writing;
  }
  await settled(site);
  t.deepEqual(await faultsOfPhones(phones, acknowledged), []);
  t.deepEqual(await faultsIn(site, cast, acknowledged), []);
});

/** All of them listen to the group of all. */
async function openAll(site: Site, { people, channels }: Cast): Promise<Phones> {
  const group = channels.find(({ members }) => members.length === people.length)?.id ?? '';
  const opening = people.flatMap((owner) =>
    Array.from({ length: DEVICES_EACH }, async (_, n) => {
      const phone = await openPhone(site, owner, { device: `device-${owner.number}-${n}`, channels: [group], manner: n === 0 ? 'careful' : 'careless' });
      return { ...phone, owner, channels: [group] };
    }),
  );
  const all = await Promise.all(opening);
  return { all, [Symbol.asyncDispose]: async () => void (await Promise.all(all.map((phone) => phone[Symbol.asyncDispose]()))) };
}

async function keepWriting({ say, owner, channels: [channel = ''] }: Phones['all'][number], acknowledged: Acknowledged, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    const sent = { clientId: v7(), text: `${owner.name} in the storm` };
    const said = await say({ type: 'send', channel, id: sent.clientId, text: sent.text });
    if (said.outcome === 'refused') throw new Error(`refused: ${said.code}`);
    keepSaid(acknowledged, { channel, seq: said.seq }, { kind: 'send', sender: owner.id, ...sent });
  }
}
