/** Which gateway a client is sent to. */
import type { Gateway } from '../ports/presence/port.ts';

/**
 * One of the region that has room, else one of anywhere. Drawn by `chance` (0 up to 1) in proportion to the room it has: what
 * gateways announce is seconds old, and if everyone went to the emptiest it would soon be the fullest. Undefined where none is left.
 */
export function recommendGateway(gateways: readonly Gateway[], { region, chance }: { readonly region: string; readonly chance: number }): Gateway | undefined {
  const open = gateways.filter(({ draining }) => !draining);
  const withRoom = open.filter((gateway) => roomOf(gateway) > 0);
  const near = withRoom.filter((gateway) => gateway.region === region);
  return drawn(near.length > 0 ? near : withRoom, chance) ?? fullestLast(open);
}

const roomOf = ({ connections, capacity }: Gateway): number => Math.max(0, capacity - connections);

function drawn(gateways: readonly Gateway[], chance: number): Gateway | undefined {
  let left = chance * gateways.reduce((room, gateway) => room + roomOf(gateway), 0);
  return gateways.find((gateway) => (left -= roomOf(gateway)) < 0) ?? gateways.at(-1);
}

/** Where all are full, the one that is the least over: it may refuse, but it may also have lost some since. */
const fullestLast = (gateways: readonly Gateway[]): Gateway | undefined =>
  gateways.toSorted((one, other) => one.connections / one.capacity - other.connections / other.capacity)[0];
