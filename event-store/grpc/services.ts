/** The services as the generated stubs define them, but where events pass in bulk our own encoding takes the place of the generated classes. */
import type persistentPb from '@eventstore/db-client/generated/persistent_pb.js';
import persistent from '@eventstore/db-client/generated/persistent_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type { MethodDefinition } from '@grpc/grpc-js';
import { decodeBatchPart, type BatchPart } from './wire/batch-append.ts';

const asItIs = (bytes: Buffer) => bytes;

function sendingBytes<Request>(method: MethodDefinition<Request, unknown>): MethodDefinition<Request, Buffer> {
  return { ...method, responseSerialize: asItIs, responseDeserialize: asItIs };
}

const batchAppend: MethodDefinition<BatchPart, Buffer> = {
  ...sendingBytes<unknown>(streams.StreamsService.batchAppend as MethodDefinition<unknown, unknown>),
  requestSerialize: () => {
    throw new Error('A server reads these requests and writes none.');
  },
  requestDeserialize: decodeBatchPart,
};

export const streamsDefinition = {
  read: sendingBytes<streamsPb.ReadReq>(streams.StreamsService.read as MethodDefinition<streamsPb.ReadReq, unknown>),
  append: streams.StreamsService.append,
  delete: streams.StreamsService.delete,
  tombstone: streams.StreamsService.tombstone,
  batchAppend,
};

const { read, create, update, delete: remove, getInfo, replayParked, list, restartSubsystem } = persistent.PersistentSubscriptionsService;

export const persistentSubscriptionsDefinition = {
  create,
  update,
  delete: remove,
  read: sendingBytes<persistentPb.ReadReq>(read as MethodDefinition<persistentPb.ReadReq, unknown>),
  getInfo,
  replayParked,
  list,
  restartSubsystem,
};
