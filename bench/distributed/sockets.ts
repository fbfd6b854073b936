/** Clients of gateways: their first frames, what they send, and what they count. */
import { v7 } from 'uuid';
import type { ChannelId } from '../../domain/shared/ids.ts';
import type { Cluster } from '../../tests/cluster/cluster.ts';
import { bodyOf } from '../chat/message-body.ts';
import { connectAll, type LoadSocket } from '../chat/load.ts';
import type { Account } from './people.ts';

export const urlOf = (cluster: Cluster, gateway: string): string => cluster.process(gateway).urls.gateway ?? '';

/** Each with one cursor, in the channel of the same index; resolves when all are welcome. */
export const connectTo = (url: string, accounts: readonly Account[], channels: readonly ChannelId[]): Promise<readonly LoadSocket[]> =>
  connectAll(
    url,
    accounts.map(({ token }, n) => ({ type: 'hello', token, device: 'bench', ...(channels[n] === undefined ? {} : { cursors: { [channels[n]]: -1 } }) })),
    { isReady: (data) => data.includes('"type":"welcome"') },
  );

/** The first of so many numbers that no message had yet: one that comes late is not taken for another. */
export function takeNumbers(count: number): number {
  numbersTaken += count;
  return numbersTaken - count;
}

let numbersTaken = 0;

export const messageFrame = (channel: ChannelId, n: number): string => JSON.stringify({ type: 'send', channel, id: v7(), text: bodyOf(n) });

export const isRefusal = (frame: Buffer): boolean => frame.includes('"type":"refused"');
