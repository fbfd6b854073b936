/** Gossip of a cluster with one node, the leader. Discovering clients ask for it first. */
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import { randomUUID } from 'node:crypto';
import type { CallContext } from './calls/calls.ts';
import type { NodeAddress } from './calls/node-address.ts';
import { toTicks } from './wire/positions.ts';
import { uuidMessage } from './wire/uuid.ts';

/** `addressFor` takes the authority by which the client found this node. */
export function handleGossipRead(addressFor: (authority: string) => NodeAddress, now: () => number) {
  const instance = uuidMessage(randomUUID());
  return (_request: unknown, { authority }: CallContext) => {
    const { host, port } = addressFor(authority);
    const member = new gossip.MemberInfo()
      .setInstanceId(instance)
      .setTimeStamp(toTicks(now()))
      .setState(gossip.MemberInfo.VNodeState.LEADER)
      .setIsAlive(true)
      .setHttpEndPoint(new gossip.EndPoint().setAddress(host).setPort(port));
    return Promise.resolve(new gossip.ClusterInfo().setMembersList([member]));
  };
}
