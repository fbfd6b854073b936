/** The devices of a scenario: who has how many, and which channels each of them follows. */
import { usesGateway, type Actors, type Channel, type Person } from '../actors.ts';
import { connectDevice, type Device } from './device.ts';
import type { SystemUnderTest } from '../system-under-test.ts';

export type ConnectedDevice = Device & { readonly owner: Person; readonly channels: readonly string[] };
export type ConnectedDevices = AsyncDisposable & { readonly all: readonly ConnectedDevice[] };

/** People with an even number have two devices; the devices of every third person send no receipts. */
export function connectDevices(system: SystemUnderTest, { people, channels }: Actors): Promise<ConnectedDevices> {
  const connecting = people.filter(usesGateway).flatMap((owner) => {
    const kinds = owner.number % 2 === 0 ? ['phone', 'tablet'] : ['phone'];
    const receipts = owner.number % 3 === 0 ? 'omitted' : 'sent';
    return kinds.map((kind) => connect(system, owner, { device: `${kind}-${owner.number}`, channels: channelsOf(owner, channels), receipts }));
  });
  return collect(connecting);
}

/** So many devices for each person, all of which follow the channel that everyone is in; each person's first device sends receipts. */
export function connectDevicesToGroup(system: SystemUnderTest, { people, channels }: Actors, devicesEach: number): Promise<ConnectedDevices> {
  const group = channels.find(({ members }) => members.length === people.length)?.id ?? '';
  const connecting = people.flatMap((owner) =>
    Array.from({ length: devicesEach }, (_, n) =>
      connect(system, owner, { device: `device-${owner.number}-${n}`, channels: [group], receipts: n === 0 ? 'sent' : 'omitted' }),
    ),
  );
  return collect(connecting);
}

const channelsOf = (owner: Person, channels: readonly Channel[]): readonly string[] =>
  channels.filter(({ members }) => members.includes(owner)).map(({ id }) => id);

async function connect(system: SystemUnderTest, owner: Person, config: Parameters<typeof connectDevice>[2]): Promise<ConnectedDevice> {
  return { ...(await connectDevice(system, owner, config)), owner, channels: config.channels };
}

async function collect(connecting: readonly Promise<ConnectedDevice>[]): Promise<ConnectedDevices> {
  const all = await Promise.all(connecting);
  return { all, [Symbol.asyncDispose]: async () => void (await Promise.all(all.map((device) => device[Symbol.asyncDispose]()))) };
}
