/** Picks a gateway for a client. */
import type { Gateway } from '../ports/presence/port.ts';

/**
 * A gateway of the region with free capacity, else of any region. Picked by `chance` (0 up to 1) in proportion to its free capacity:
 * the announced figures are seconds old, and if every client went to the emptiest gateway it would soon be the fullest. Undefined
 * when there is no gateway that isn't draining.
 */
export function recommendGateway(gateways: readonly Gateway[], { region, chance }: { readonly region: string; readonly chance: number }): Gateway | undefined {
  const open = gateways.filter(({ draining }) => !draining);
  const withRoom = open.filter((gateway) => roomOf(gateway) > 0);
  const near = withRoom.filter((gateway) => gateway.region.toLowerCase() === region.toLowerCase());
  return pickByRoom(near.length > 0 ? near : withRoom, chance) ?? leastOverfull(open);
}

const roomOf = ({ connections, capacity }: Gateway): number => Math.max(0, capacity - connections);

function pickByRoom(gateways: readonly Gateway[], chance: number): Gateway | undefined {
  let left = chance * gateways.reduce((room, gateway) => room + roomOf(gateway), 0);
  return gateways.find((gateway) => (left -= roomOf(gateway)) < 0) ?? gateways.at(-1);
}

/** For when all are full: the gateway with the lowest load. It may refuse, but some of its connections may have ended since. */
const leastOverfull = (gateways: readonly Gateway[]): Gateway | undefined =>
  gateways.toSorted((one, other) => one.connections / one.capacity - other.connections / other.capacity)[0];
