/**
 * The queue for hashing passwords, which is expensive and open to strangers. Networks take turns, and within a network its addresses,
 * so that one that asks for a lot waits behind itself; where the queue is full, the newest of whoever has most in it makes room. People
 * on a device that has logged in before have a lane of their own, for however many strangers there are.
 */
import { clientKeyOf, networkOf } from '../network/addresses.ts';
import { PasswordQueueFull } from '../problem.ts';

/** Whose turn it is that hashing takes. `known-device`: the secret of a device that has logged in before came with it. */
export type HashingShare = { readonly lane: 'known-device' | 'anybody'; readonly address: string };

export type HashingQueue = <Result>(share: HashingShare, task: () => Promise<Result>) => Promise<Result>;

type Waiting = { readonly start: () => void; readonly refuse: (error: Error) => void };
/** By network, then by address. The one whose turn was longest ago comes first. */
type Lane = Map<string, Map<string, Waiting[]>>;

/** `running`: tasks at once; `waiting`: tasks that wait in each lane. Throws `PasswordQueueFull` in a task's place where there is no room for it. */
export function createHashingQueue(max: { readonly running: number; readonly waiting: number }): HashingQueue {
  const lanes: Readonly<Record<HashingShare['lane'], Lane>> = { 'known-device': new Map(), anybody: new Map() };
  let running = 0;
  let nextLane: HashingShare['lane'] = 'known-device';

  const takeNext = (): Waiting | undefined => {
    const other = nextLane === 'anybody' ? 'known-device' : 'anybody';
    const next = shiftFrom(lanes[nextLane]) ?? shiftFrom(lanes[other]);
    nextLane = other;
    return next;
  };

  const wait = ({ lane: laneName, address }: HashingShare): Promise<void> =>
    new Promise((start, refuse) => {
      const lane = lanes[laneName];
      const [network, client] = [networkOf(address), clientKeyOf(address)];
      if (waitingIn(lane) >= max.waiting && !makeRoom(lane, { network, client })) return refuse(new PasswordQueueFull('passwords'));
      const clients = lane.get(network) ?? new Map<string, Waiting[]>();
      const line = clients.get(client) ?? [];
      line.push({ start, refuse });
      clients.set(client, line);
      lane.set(network, clients);
    });

  return async (share, task) => {
    if (running < max.running) running++;
    else await wait(share); // a finished task hands its place on
    try {
      return await task();
    } finally {
      const next = takeNext();
      if (next === undefined) running--;
      else next.start();
    }
  };
}

/** Takes from the first address of the first network; both go to the end, or leave when nothing of theirs waits any more. */
function shiftFrom(lane: Lane): Waiting | undefined {
  for (const [network, clients] of lane) {
    for (const [client, line] of clients) {
      const next = line.shift();
      lane.delete(network);
      clients.delete(client);
      if (line.length > 0) clients.set(client, line);
      if (clients.size > 0) lane.set(network, clients);
      return next;
    }
  }
  return undefined;
}

/** Refuses the newest task of the network, and there of the address, that has the most; false where nobody has clearly more than the newcomer. */
function makeRoom(lane: Lane, newcomer: { readonly network: string; readonly client: string }): boolean {
  const network = keyWithMore(lane, waitingOf, newcomer.network) ?? newcomer.network;
  const clients = lane.get(network);
  if (clients === undefined) return false;
  const client = keyWithMore(clients, ({ length }) => length, network === newcomer.network ? newcomer.client : undefined);
  const line = client === undefined ? undefined : clients.get(client);
  if (client === undefined || line === undefined) return false;
  line.pop()?.refuse(new PasswordQueueFull('passwords'));
  if (line.length === 0) clients.delete(client);
  if (clients.size === 0) lane.delete(network);
  return true;
}

/** The key with the most, if that is more than the newcomer's key would have with one more. */
function keyWithMore<Value>(map: ReadonlyMap<string, Value>, sizeOf: (value: Value) => number, newcomer: string | undefined): string | undefined {
  const own = newcomer === undefined ? undefined : map.get(newcomer);
  let most = newcomer === undefined ? 0 : (own === undefined ? 0 : sizeOf(own)) + 1;
  let found: string | undefined;
  for (const [key, value] of map) {
    const size = sizeOf(value);
    if (size > most || (size === most && found !== undefined)) [found, most] = [key, size]; // of several, the one whose turn is last
  }
  return found;
}

const waitingOf = (clients: ReadonlyMap<string, readonly Waiting[]>): number => clients.values().reduce((sum, { length }) => sum + length, 0);
const waitingIn = (lane: Lane): number => lane.values().reduce((sum, clients) => sum + waitingOf(clients), 0);
