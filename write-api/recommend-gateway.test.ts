import test from 'ava';
import fc from 'fast-check';
import type { Gateway } from '../ports/presence/port.ts';
import { recommendGateway } from './recommend-gateway.ts';

const gateway = (id: string, of: Partial<Gateway> = {}): Gateway => ({
  id,
  url: `ws://${id}`,
  region: 'here',
  connections: 0,
  capacity: 100,
  draining: false,
  ...of,
});

test('a client gets a gateway of its region, and of another one only when all of its region are full', (t) => {
  const there = gateway('there', { region: 'there' });
  t.is(recommendGateway([there, gateway('here', { connections: 99 })], { region: 'here', chance: 0 })?.id, 'here');
  t.is(recommendGateway([there, gateway('here', { connections: 100 })], { region: 'here', chance: 0 })?.id, 'there');
  t.is(recommendGateway([there], { region: 'nowhere', chance: 0.5 })?.id, 'there');
});

test('a region is the same in either letter case', (t) => {
  const gateways = [gateway('there', { region: 'there' }), gateway('here', { region: 'EU-West' })];
  t.is(recommendGateway(gateways, { region: 'eu-west', chance: 0 })?.id, 'here');
});

test('no client gets a draining gateway, and none when there is none', (t) => {
  t.is(recommendGateway([gateway('going', { draining: true })], { region: 'here', chance: 0 }), undefined);
  t.is(recommendGateway([], { region: 'here', chance: 0 }), undefined);
});

test('when all are full, the one with the lowest load is recommended', (t) => {
  const full = [gateway('a', { connections: 150 }), gateway('b', { connections: 101 }), gateway('c', { connections: 1_200, capacity: 1_000 })];
  t.is(recommendGateway(full, { region: 'here', chance: 0 })?.id, 'b');
});

test('each gateway is picked in proportion to its free capacity', (t) => {
  const gateways = [gateway('a', { connections: 90 }), gateway('b', { connections: 70 }), gateway('c', { connections: 40 })];
  const drawn = Array.from({ length: 100 }, (_, i) => recommendGateway(gateways, { region: 'here', chance: i / 100 })?.id);
  t.deepEqual(
    ['a', 'b', 'c'].map((id) => drawn.filter((one) => one === id).length),
    [10, 30, 60],
  );
});

test('a thousand clients that come back at once spread over the gateways of their region, each by its share of the room', (t) => {
  const CLIENTS = 1_000;
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 1, maxLength: 8 }), (rooms) => {
        const all = rooms.reduce((sum, free) => sum + free, 0);
        if (all === 0) return true;
        const gateways = rooms.map((free, i) => gateway(`g${i}`, { connections: 5_000 - free, capacity: 5_000 }));
        const others = [gateway('draining', { capacity: 100_000, draining: true }), gateway('far', { capacity: 100_000, region: 'there' })];
        const drawn = Array.from({ length: CLIENTS }, (_, i) => recommendGateway([...others, ...gateways], { region: 'here', chance: i / CLIENTS })?.id);
        return rooms.every((free, i) => Math.abs(drawn.filter((id) => id === `g${i}`).length - (CLIENTS * free) / all) <= 1);
      }),
    ),
  );
});

test('the recommended gateway is open, and has free capacity if any has', (t) => {
  const any: fc.Arbitrary<Gateway> = fc.record({
    id: fc.string(),
    url: fc.string(),
    region: fc.constantFrom<string>('here', 'there'),
    connections: fc.nat({ max: 20 }),
    capacity: fc.integer({ min: 1, max: 20 }),
    draining: fc.boolean(),
  });
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.array(any), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (gateways, chance) => {
        const chosen = recommendGateway(gateways, { region: 'here', chance });
        const open = gateways.filter(({ draining }) => !draining);
        const roomy = open.filter(({ connections, capacity }) => connections < capacity);
        if (open.length === 0) return chosen === undefined;
        return chosen !== undefined && (roomy.length === 0 ? open : roomy).includes(chosen);
      }),
    ),
  );
});
