/**
 * Connections that this process opens to its own listeners, on which it speaks for its clients as a trusted proxy does. A listener knows
 * them by their other end: while a connection is open, no other program can have its port.
 */
import type { Socket } from 'node:net';
import { canonicalAddress } from './addresses.ts';

type Peer = { readonly remoteAddress?: string | undefined; readonly remotePort?: number | undefined };

export type OwnConnections = {
  /** As soon as it is open, and before anything is sent on it. Adding one twice changes nothing. */
  add(socket: Socket): void;
  /** Whether the other end of a listener's connection is one of these. */
  has(peer: Peer): boolean;
};

export function createOwnConnections(): OwnConnections {
  const ends = new Set<string>();
  const endOf = (address: string | undefined, port: number | undefined): string => `${canonicalAddress(address ?? '') ?? ''} ${port ?? ''}`;
  const register = (socket: Socket): void => {
    const end = endOf(socket.localAddress, socket.localPort);
    if (ends.has(end)) return;
    ends.add(end);
    socket.once('close', () => ends.delete(end));
  };
  return {
    add: (socket) => {
      if (socket.connecting) socket.once('connect', () => register(socket));
      else if (!socket.destroyed) register(socket);
    },
    has: ({ remoteAddress, remotePort }) => ends.has(endOf(remoteAddress, remotePort)),
  };
}
