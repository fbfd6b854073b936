/** Gossip of a cluster with one node, the leader. Discovering clients ask for it first. */
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import { randomUUID } from 'node:crypto';
import { toTicks } from './wire/positions.ts';
import { uuidMessage } from './wire/uuid.ts';

export function handleGossipRead(address: () => { readonly host: string; readonly port: number }, now: () => number) {
  const instance = uuidMessage(randomUUID());
  return () => {
    const { host, port } = address();
    const member = new gossip.MemberInfo()
      .setInstanceId(instance)
      .setTimeStamp(toTicks(now()))
      .setState(gossip.MemberInfo.VNodeState.LEADER)
      .setIsAlive(true)
      .setHttpEndPoint(new gossip.EndPoint().setAddress(host).setPort(port));
    return Promise.resolve(new gossip.ClusterInfo().setMembersList([member]));
  };
}
