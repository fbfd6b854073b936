/** The services as the generated stubs define them, with our own encoding in place of the generated classes for calls that carry many events. */
import features from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import gossip from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import type persistentPb from '@eventstore/db-client/generated/persistent_pb.js';
import persistent from '@eventstore/db-client/generated/persistent_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type { MethodDefinition } from '@grpc/grpc-js';
import { decodeBatchRequest, type BatchRequest } from './batch-append.ts';

const identity = (bytes: Buffer) => bytes;

function sendingBytes<Request>(method: MethodDefinition<Request, unknown>): MethodDefinition<Request, Buffer> {
  return { ...method, responseSerialize: identity, responseDeserialize: identity };
}

/**
 * The generated classes trust the lengths that a message claims: a dozen bytes from any client can keep them busy with billions of bytes
 * that don't exist. They are given an array here that throws beyond its end, so that such a message is refused.
 */
function bounded<Request, Response>(method: MethodDefinition<Request, Response>): MethodDefinition<Request, Response> {
  const { requestType } = method as unknown as { readonly requestType: { deserializeBinary(bytes: Uint8Array): Request } };
  return { ...method, requestDeserialize: (bytes) => requestType.deserializeBinary(throwingBeyondEnd(bytes)) };
}

function throwingBeyondEnd({ buffer, byteOffset, length }: Buffer): Uint8Array {
  return new Proxy(new Uint8Array(buffer, byteOffset, length), {
    get: (bytes, key) => {
      const value: unknown = bytes[key as keyof Uint8Array];
      if (value === undefined) throw new RangeError('The message is truncated.');
      return typeof value === 'function' && key !== 'constructor' ? (value.bind(bytes) as unknown) : value;
    },
  });
}

const batchAppend: MethodDefinition<BatchRequest, Buffer> = {
  ...sendingBytes<unknown>(streams.StreamsService.batchAppend as MethodDefinition<unknown, unknown>),
  requestSerialize: () => {
    throw new Error('A server only reads these requests.');
  },
  requestDeserialize: decodeBatchRequest,
};

export const streamsDefinition = {
  read: sendingBytes<streamsPb.ReadReq>(bounded(streams.StreamsService.read as MethodDefinition<streamsPb.ReadReq, unknown>)),
  append: bounded(streams.StreamsService.append),
  delete: bounded(streams.StreamsService.delete),
  tombstone: bounded(streams.StreamsService.tombstone),
  batchAppend,
};

const { read, create, update, delete: remove, getInfo, replayParked, list, restartSubsystem } = persistent.PersistentSubscriptionsService;

export const persistentSubscriptionsDefinition = {
  create: bounded(create),
  update: bounded(update),
  delete: bounded(remove),
  read: sendingBytes<persistentPb.ReadReq>(bounded(read as MethodDefinition<persistentPb.ReadReq, unknown>)),
  getInfo: bounded(getInfo),
  replayParked: bounded(replayParked),
  list: bounded(list),
  restartSubsystem: bounded(restartSubsystem),
};

export const gossipDefinition = { read: bounded(gossip.GossipService.read) };

export const featuresDefinition = { getSupportedMethods: bounded(features.ServerFeaturesService.getSupportedMethods) };
